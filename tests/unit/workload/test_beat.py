"""A beat writes number after number, survives a lost session, and costs no more than it may."""

import time
from contextlib import contextmanager

import pytest

from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.workload import beat as module
from hopsdrill.workload.beat import Beat, Bound


BOUND = Bound(1000, "lengthen the beat")


@pytest.fixture
def begin(monkeypatch):
    """Start a beat over a store that is a function; it is ended with the test."""
    monkeypatch.setattr(module, "REOPEN", 0.01)
    made = []

    def run(put, interval=0.01, bound=BOUND):
        @contextmanager
        def session():
            yield put

        made.append(Beat("canary", interval, session, bound))
        made[-1].start()
        return made[-1]

    yield run
    for each in made:
        each.end()


def await_writes(beat, count):
    """Until there are so many."""
    wait_for(lambda: len(beat.writes), what="writes", until=lambda seen: seen >= count, deadline=5, interval=0.01)


def test_numbers_have_no_hole_and_each_is_acknowledged_after_it_was_sent(begin):
    """From 1 on; a write is in the list when its store has answered."""
    beat = begin(lambda *_: None)
    await_writes(beat, 5)
    writes = beat.stop()
    assert [each.number for each in writes] == list(range(1, len(writes) + 1))
    assert all(each.acked is not None and each.acked >= each.sent for each in writes)


def test_a_lost_session_leaves_one_write_unknown_and_is_opened_again(begin):
    """It is not tried again under the same number: that could be a second one."""
    calls = []

    def put(number, _):
        calls.append(number)
        if number == 2:
            msg = "gone"
            raise ConnectionLost(msg)

    beat = begin(put)
    await_writes(beat, 4)
    writes = beat.stop()
    assert [each.number for each in writes if each.acked is None] == [2]
    assert calls.count(2) == 1


def test_a_refusal_ends_a_beat_that_does_not_survive_it(begin):
    """And stopping it says so."""

    def put(number, _):
        if number > 1:
            msg = "refused by the store"
            raise OperationError(msg)

    beat = begin(put)
    wait_for(lambda: beat.failure, what="the failure", until=bool, deadline=5, interval=0.01)
    with pytest.raises(OperationError, match="until the disaster: refused by the store"):
        beat.stop()


def test_a_store_that_stays_away_ends_the_beat(begin):
    """It is opened again a few times, not for ever; the last words are told."""

    def put(number, _):
        if number > 1:
            msg = "no answer"
            raise OperationError(msg)

    beat = begin(put, bound=Bound(1000, "", OperationError))
    wait_for(lambda: beat.failure, what="the failure", until=bool, deadline=5, interval=0.01)
    assert "lost 5 times; last: no answer" in beat.failure


def test_a_beat_rests_as_long_as_its_write_took(begin):
    """A slow store is not written to without a pause: half of the time is the bound."""
    beat = begin(lambda *_: time.sleep(0.05), interval=0.01)
    await_writes(beat, 6)
    beat.stop()
    assert 0.3 < beat.load.busy <= 0.6
    assert beat.load.median_ms >= 50
    assert beat.load.worst_ms >= beat.load.median_ms
    assert 0 <= beat.load.cpu < 0.5


def test_memory_is_bounded(begin):
    """At its bound a beat ends, and says what to change."""
    beat = begin(lambda *_: None, interval=0.001, bound=Bound(10, "lengthen the beat"))
    wait_for(lambda: beat.failure, what="the bound", until=bool, deadline=5, interval=0.01)
    assert len(beat.writes) == 10
    with pytest.raises(OperationError, match="bound of 10 writes; lengthen the beat"):
        beat.stop()


def test_a_beat_that_never_began_has_nothing_to_tell():
    """Ending it is harmless."""
    beat = Beat("canary", 1, lambda: None, BOUND)
    assert beat.stop() == ()
