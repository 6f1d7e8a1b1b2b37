"""States compared thing by thing: every kind of difference is named, and nothing secret is shown."""

from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import compare, printed


KEY = Key()


def state(**things):
    """A state of things with their fields."""
    return {title: printed(fields, KEY) for title, fields in things.items()}


def test_equal_states_have_no_difference():
    """The order of a mapping's keys does not count."""
    assert compare(state(a={"x": {"p": 1, "q": 2}}), state(a={"x": {"q": 2, "p": 1}})).all == []


def test_every_difference_is_named_with_old_and_new():
    """Missing, changed, a field gone, a field more, something nobody expected."""
    before = state(gone={"x": 1}, changed={"x": 1, "lost": True})
    found = compare(before, state(changed={"x": 2, "more": 0}, added={"x": 1}))
    assert found.differences == [
        "gone: missing",
        "changed lost: true -> absent",
        "changed more: absent -> 0",
        "changed x: 1 -> 2",
    ]
    assert found.all[-1] == "added: should not be there"


def test_hidden_fields_are_compared_and_never_shown():
    """A secret's difference says that there is one."""
    old, new = (printed({"data.token": value}, KEY, ("data",)) for value in ("s3cret", "0ther"))
    (line,) = compare({"a": old}, {"a": new}).differences
    assert "hidden" in line
    assert "s3cret" not in line
    assert "0ther" not in line
