"""What was lost, and what must not have been."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.proof.loss import Window, account, account_changes


START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = Window(START + timedelta(seconds=10), START + timedelta(seconds=11))


@dataclass(frozen=True)
class Write:
    """A write."""

    number: int
    sent: datetime
    acked: datetime | None


def written(count: int = 20) -> list[Write]:
    """One write a second, each acknowledged after half a second."""
    times = [START + timedelta(seconds=number) for number in range(count)]
    return [Write(number, at, at + timedelta(milliseconds=500)) for number, at in enumerate(times, 1)]


def test_writes_after_the_point_are_expected_to_be_lost():
    """What was sent after the recovery point is lost as expected, and nothing else is."""
    loss = account(written(), range(1, 12), WINDOW)
    assert loss.as_expected
    assert loss.expected_lost == list(range(13, 21))
    assert loss.newest == 11


def test_a_missing_write_from_before_the_point_is_a_loss():
    """An acknowledged write from before the point that is gone is named."""
    loss = account(written(), {*range(1, 12)} - {4}, WINDOW)
    assert not loss.as_expected
    assert loss.unexpected_lost == [4]


def test_a_hole_before_the_newest_survivor_is_a_loss_even_about_the_point():
    """A write about the point is lost when a later one of the same writer survived."""
    writes = [
        *written(11),
        Write(12, START + timedelta(seconds=10, milliseconds=200), START + timedelta(seconds=10, milliseconds=400)),
    ]
    loss = account(writes, {*range(1, 13)} - {11}, WINDOW)
    assert loss.unexpected_lost == [11]


def test_a_write_from_after_the_point_that_is_there_is_kept_unexpectedly():
    """The backup cannot hold what was sent after it: such a row came from somewhere else."""
    loss = account(written(), range(1, 16), WINDOW)
    assert not loss.as_expected
    assert loss.unexpected_kept == [13, 14, 15]


def test_a_row_nobody_wrote_is_kept_unexpectedly():
    """A number that was never written does not belong there."""
    assert account(written(), [*range(1, 12), 99], WINDOW).unexpected_kept == [99]


def test_everything_lost_is_unexpected_for_what_the_backup_should_hold():
    """An empty table after the restore loses every write from before the point."""
    loss = account(written(), [], WINDOW)
    assert loss.unexpected_lost == list(range(1, 11))
    assert loss.newest is None


def test_a_write_without_acknowledgement_may_be_there_or_not():
    """Nothing is concluded from a write whose outcome is unknown, unless it was sent after the point."""
    unknown = Write(5, START + timedelta(seconds=4), None)
    writes = [unknown if write.number == 5 else write for write in written()]
    assert account(writes, {*range(1, 12)} - {5}, WINDOW).as_expected
    assert account(writes, range(1, 12), WINDOW).as_expected


def test_the_window_moves_with_the_clocks_offset_and_widens_by_its_error():
    """A server whose clock is ahead is corrected; the error makes more writes undecided, never fewer."""
    moved = WINDOW.widened(2.0, 0.5)
    assert moved.after == WINDOW.after - timedelta(seconds=2.5)
    assert moved.before == WINDOW.before - timedelta(seconds=1.5)


@given(st.integers(0, 20))
def test_a_run_of_survivors_about_the_point_is_always_as_expected(kept):
    """Exactly the runs that end within the undecided writes are as expected."""
    loss = account(written(), range(1, kept + 1), WINDOW)
    assert loss.as_expected == (10 <= kept <= 12)


POINT = {"same": 1, "changed": 1, "deleted": 1}
DISASTER = {"same": 1, "changed": 2, "added": 1}


def test_changes_that_a_restore_took_back_are_lost_as_expected():
    """Changed, deleted, added: each is as it was at the recovery point."""
    found = account_changes(POINT, DISASTER, POINT)
    assert found.made == 3
    assert found.expected_lost == ["added", "changed", "deleted"]
    assert not [*found.left, *found.unexpected_lost, *found.unexpected_kept]


@pytest.mark.parametrize(
    ("live", "lost", "kept"),
    [
        ({**POINT, "same": 2}, ["same"], []),
        ({"changed": 1, "deleted": 1}, ["same"], []),
        ({**POINT, "changed": 2}, [], ["changed"]),
        ({**POINT, "changed": 3}, ["changed"], []),
        ({"same": 1, "changed": 1}, [], ["deleted"]),
        ({**POINT, "added": 1}, [], ["added"]),
        ({**POINT, "added": 2}, [], ["added"]),
        ({**POINT, "nobody's": 1}, [], ["nobody's"]),
        (DISASTER, [], ["added", "changed", "deleted"]),
        ({}, ["changed", "same"], ["deleted"]),
    ],
)
def test_any_other_end_of_a_thing_is_told(live, lost, kept):
    """What the recovery point holds is lost or damaged; what came after it is there; what nobody made is there."""
    found = account_changes(POINT, DISASTER, live)
    assert (found.unexpected_lost, found.unexpected_kept, found.left) == (lost, kept, [])


def test_what_was_added_may_be_left_by_a_restore_that_removes_nothing():
    """Only as it was added, and nothing else."""
    assert account_changes(POINT, DISASTER, {**POINT, "added": 1}, additions_stay=True).left == ["added"]
    assert account_changes(POINT, DISASTER, {**POINT, "added": 2}, additions_stay=True).unexpected_kept == ["added"]
    assert account_changes(POINT, DISASTER, DISASTER, additions_stay=True).unexpected_kept == ["changed", "deleted"]
    assert account_changes(POINT, DISASTER, {**POINT, "nobody's": 1}, additions_stay=True).unexpected_kept == [
        "nobody's"
    ]


STATES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


@given(STATES, STATES, STATES, st.booleans())
def test_every_thing_is_in_one_place_and_only_a_restored_state_is_as_expected(point, disaster, live, stays):
    """Nothing unexpected is told exactly when the live state is the recovery point's, but for what may stay."""
    found = account_changes(point, disaster, live, additions_stay=stays)
    places = [found.expected_lost, found.left, found.unexpected_lost, found.unexpected_kept]
    titles = [title for place in places for title in place]
    assert len(titles) == len(set(titles))
    assert set(titles) >= {title for title in {*point, *disaster, *live} if point.get(title) != live.get(title)}
    unexpected = found.unexpected_lost or found.unexpected_kept
    cleaned = {title: value for title, value in live.items() if title not in found.left}
    assert (not unexpected) == (cleaned == point)
    assert found.made == sum(point.get(title) != disaster.get(title) for title in {*point, *disaster})
