"""The one way to wait."""

import threading
import time
from contextlib import nullcontext

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


class Hand:
    """A bell that is rung by the test."""

    def __init__(self) -> None:
        self.rung = threading.Event()

    def wait(self, seconds):
        """As the real one."""
        self.rung.wait(seconds)
        self.rung.clear()


def test_a_watch_ends_a_wait_long_before_the_next_look():
    """The interval is a minute here; the bell is rung after a tenth of a second."""
    bell, state = Hand(), ["InProgress"]

    def complete():
        state[0] = "Completed"
        bell.rung.set()

    timer = threading.Timer(0.1, complete)
    timer.start()
    done = wait_for(
        lambda: state[0], what="x", until="Completed".__eq__, deadline=60, interval=60, watch=nullcontext(bell)
    )
    timer.join()
    assert done.elapsed < 1
    assert done.at.mono == done.observations[-1].at.mono


def test_a_watch_that_says_nothing_costs_an_interval_and_nothing_else():
    """The poll is the safety net."""
    done = wait_for(
        feed("New", "Completed"),
        what="x",
        until="Completed".__eq__,
        deadline=60,
        interval=0.1,
        watch=nullcontext(Hand()),
    )
    assert 0.09 < done.elapsed < 5


def test_a_burst_of_changes_is_one_look():
    """A bell that never stops does not make a wait busy."""

    class Alarm:
        def wait(self, _seconds):
            """It rings already."""

    looks = []
    with pytest.raises(DeadlineExceeded):
        wait_for(lambda: looks.append(1), what="x", until=bool, deadline=0.2, interval=0.2, watch=nullcontext(Alarm()))
    assert 2 <= len(looks) <= 12


def test_how_late_the_end_may_have_been_seen_is_measured():
    """From the look before, which did not see it, to the one that did, however slow they are."""

    def slow():
        time.sleep(0.05)
        return next(values)

    values = iter(["New", "New", "Completed"])
    done = wait_for(slow, what="x", until="Completed".__eq__, deadline=60, interval=0.1)
    assert 0.2 <= done.late < done.elapsed
