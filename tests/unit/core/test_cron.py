"""When a schedule fires next."""

from datetime import UTC, datetime

import pytest

from hopsdrill.core.cron import NICKNAMES, fault, next_after


WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "next_one"),
    [
        ("@weekly", datetime(2026, 11, 29, tzinfo=UTC)),
        ("30 2 * * *", datetime(2026, 11, 26, 2, 30, tzinfo=UTC)),
        ("0 12 * * 3", datetime(2026, 12, 2, 12, tzinfo=UTC)),
        ("every week", None),
        ("@every 1h", None),
    ],
)
def test_the_next_firing_is_strictly_later_and_nonsense_has_none(schedule, next_one):
    """On UTC."""
    assert next_after(schedule, WEDNESDAY) == next_one


def test_every_nickname_fires():
    """None is misspelt."""
    assert all(next_after(each, WEDNESDAY) for each in NICKNAMES)


@pytest.mark.parametrize(
    "schedule", ["every week", "61 * * * *", "* * * *", "* * * * * *", "", "0 0 30 2 *", "@every 1h", "@weekli"]
)
def test_what_is_no_expression_of_five_fields_is_named(schedule):
    """A sixth field, for seconds, is nothing Kubernetes takes."""
    assert "is no backup schedule" in fault(schedule)


@pytest.mark.parametrize("schedule", [*NICKNAMES, "* * * * *", "0 2 * * 0"])
def test_an_expression_has_no_fault(schedule):
    """Nor has a nickname."""
    assert fault(schedule) == ""
