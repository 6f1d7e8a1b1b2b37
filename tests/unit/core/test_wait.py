"""The one way to wait."""

import pytest

from hopsdrill.core.errors import DeadlineExceeded, OperationError
from hopsdrill.core.wait import wait_for


def feed(*values):
    """An observation that gives one value after the other, then the last for ever."""
    rest = list(values)
    return lambda: rest.pop(0) if len(rest) > 1 else rest[0]


def test_wait_returns_each_distinct_observation():
    """Repeated values are one observation; the order is kept."""
    done = wait_for(
        feed("New", "New", "InProgress", "Completed"), what="x", until="Completed".__eq__, deadline=5, interval=0
    )

    assert [seen.value for seen in done.observations] == ["New", "InProgress", "Completed"]
    assert done.value == "Completed"


def test_wait_stops_at_a_bad_terminal_state():
    """A state that can never become good ends the wait at once, with its reason."""
    with pytest.raises(OperationError, match="PartiallyFailed is final"):
        wait_for(
            feed("InProgress", "PartiallyFailed"),
            what="the restore",
            until="Completed".__eq__,
            broken=lambda phase: f"{phase} is final" if phase == "PartiallyFailed" else None,
            deadline=60,
            interval=0,
        )


def test_wait_ends_at_its_deadline_with_the_last_observation():
    """A state that never comes ends the wait, and the message shows what was seen last."""
    with pytest.raises(DeadlineExceeded, match=r"for the restore; last seen: 'InProgress'"):
        wait_for(feed("InProgress"), what="the restore", until="Completed".__eq__, deadline=0.05, interval=0.01)


def test_a_good_state_at_the_last_moment_counts():
    """The state is observed before the clock is asked, so a deadline of zero still sees a good state."""
    assert wait_for(feed("Completed"), what="x", until="Completed".__eq__, deadline=0).value == "Completed"
