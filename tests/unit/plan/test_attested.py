"""Manual steps by somebody's word: read strictly, before anything is touched."""

from datetime import UTC, datetime

import pytest

from hopsdrill.core.errors import UsageError
from hopsdrill.model.events import Phase
from hopsdrill.plan.attested import attested


NOW = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
DETECT = "detect=Ada,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z"


def test_both_steps_are_read_and_the_second_begins_where_the_first_ends():
    """`decide` needs one time where `detect` stands before it; the order of the journal is the phases' own."""
    detect, decide = attested([DETECT, "decide=Bo Li (CTO),2026-11-26T22:20:00+01:00"], NOW)
    assert (detect.phase, detect.who, detect.began) == (Phase.DETECT, "Ada", "2026-11-26T21:00:00.000Z")
    assert (decide.phase, decide.who) == (Phase.DECIDE, "Bo Li (CTO)")
    assert (decide.began, decide.ended) == (detect.ended, "2026-11-26T21:20:00.000Z")
    turned = attested(["decide=Bo,2026-11-26T21:04:00Z,2026-11-26T21:20:00Z", DETECT], NOW)
    assert [each.phase for each in turned] == [Phase.DETECT, Phase.DECIDE]


def test_a_file_holds_one_a_line(tmp_path):
    """Remarks and empty lines are left out."""
    path = tmp_path / "steps.txt"
    path.write_text(f"# the game day of November\n\n{DETECT}\ndecide=Bo,2026-11-26T21:20:00Z\n")
    assert len(attested([f"@{path}"], NOW)) == 2


def test_nothing_given_is_nothing_attested():
    """The common case."""
    assert attested([], NOW) == ()


WRONG = {
    "detect": "does not say who",
    "detect=": "does not say who",
    "detect=,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z": "does not say who",
    f"detect={'x' * 101},2026-11-26T21:00:00Z,2026-11-26T21:04:00Z": "does not say who",
    "detect=A\x1b[31m,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z": "does not say who",
    "detect=Ada": "needs two times",
    "detect=Ada,2026-11-26T21:00:00Z": "needs two times",
    "decide=Ada,2026-11-26T21:00:00Z": "needs two times",
    "detect=Ada,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z,2026-11-26T21:05:00Z": "needs two times",
    "detect=Ada,2026-11-26T21:00:00,2026-11-26T21:04:00": "no time zone",
    "detect=Ada,yesterday,today": "Invalid isoformat",
    "detect=Ada,2026-11-26T21:04:00Z,2026-11-26T21:00:00Z": "before it begins",
    "detect=Ada,2026-11-26T21:00:00Z,2026-11-26T22:00:01Z": "lies in the future",
    "restore=Ada,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z": "restore is measured",
    "notice=Ada,2026-11-26T21:00:00Z,2026-11-26T21:04:00Z": "not a valid Phase",
}


@pytest.mark.parametrize("text", WRONG, ids=[f"{n}" for n in range(len(WRONG))])
def test_what_cannot_be_taken_is_refused_with_its_reason(text):
    """And with the form it should have."""
    with pytest.raises(UsageError) as caught:
        attested([text], NOW)
    assert WRONG[text] in caught.value.message
    assert "detect=WHO" in caught.value.hint


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (DETECT, "attested twice"),
        ("decide=Bo,2026-11-26T21:05:00Z,2026-11-26T21:20:00Z", "decide begins at 2026-11-26T21:05:00.000Z"),
    ],
)
def test_two_words_must_fit_together(second, why):
    """No phase twice, no gap between them, in whichever order they are given."""
    for texts in ([DETECT, second], [second, DETECT]):
        with pytest.raises(UsageError, match=why):
            attested(texts, NOW)


def test_a_file_that_cannot_be_read_or_holds_nothing_is_refused(tmp_path):
    """Named by its path."""
    empty = tmp_path / "empty"
    empty.write_text("# nothing\n")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    long = tmp_path / "long"
    long.write_text(f"{DETECT}\n" * 21)
    for path in (tmp_path / "absent", empty, binary, long):
        with pytest.raises(UsageError, match=path.name):
            attested([f"@{path}"], NOW)
