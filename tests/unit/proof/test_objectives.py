"""The worst case by schedule."""

from datetime import timedelta

import pytest

from hopsdrill.core.errors import PlanError
from hopsdrill.proof.objectives import longest_gap, worst_case


@pytest.mark.parametrize(
    ("schedule", "gap"),
    [
        ("@weekly", timedelta(days=7)),
        ("@hourly", timedelta(hours=1)),
        ("*/15 * * * *", timedelta(minutes=15)),
        ("0 2 * * 1-5", timedelta(days=3)),
        ("@monthly", timedelta(days=31)),
        ("0 3 29 2 *", timedelta(days=8 * 365 + 1)),
    ],
)
def test_the_longest_gap_is_found_and_not_the_usual_one(schedule, gap):
    """Week-ends, long months and leap years make a gap longer than it looks."""
    assert longest_gap(schedule) == gap


def test_the_worst_case_is_a_disaster_just_before_the_next_backup_ends():
    """The backup's own duration counts."""
    assert worst_case("@weekly", 30.0) == 7 * 86400 + 30


@pytest.mark.parametrize("schedule", ["weekly", "* * *", "61 * * * *", "", "0 0 30 2 *"])
def test_a_schedule_that_is_none_is_refused(schedule):
    """A schedule that cannot be read, or never fires, is an error with an example of what to write."""
    with pytest.raises(PlanError, match=r"schedule"):
        longest_gap(schedule)
