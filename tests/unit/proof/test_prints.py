"""States compared thing by thing: every kind of difference is named, and nothing secret is shown."""

from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import compare, printed, total
from hopsdrill.proof.sums import EMPTY


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


STATES = st.dictionaries(st.text(max_size=2), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2)), max_size=6)


@given(STATES, st.text(max_size=2))
def test_the_digests_of_shards_add_up_to_that_of_the_whole(things, cut):
    """Wherever the titles are cut."""
    below = {title: fields for title, fields in things.items() if title < cut}
    above = {title: fields for title, fields in things.items() if title >= cut}
    assert total(state(**below), KEY) + total(state(**above), KEY) == total(state(**things), KEY)
    assert total({}, KEY) == EMPTY


@given(STATES, STATES)
def test_two_states_have_one_digest_only_if_nothing_differs(one, other):
    """Any field of anything, anything more or less, values swapped between two things."""
    same = compare(state(**one), state(**other)).all == []
    assert (total(state(**one), KEY) == total(state(**other), KEY)) == same


def test_things_that_swap_what_they_say_have_another_digest():
    """And so has a thing under another name."""
    before = total(state(a={"x": 1}, b={"x": 2}), KEY)
    assert total(state(b={"x": 1}, a={"x": 2}), KEY) != before
    assert total(state(a={"x": 1}, c={"x": 2}), KEY) != before
