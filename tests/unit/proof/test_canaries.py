"""What canaries show: the moment a store's data stands for lies within what is stated, and so does the skew of two."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.proof.canaries import Measured, Point, matrix, newer_messages, point_of, widest


START = datetime(2026, 1, 1, tzinfo=UTC)
DISASTER = START + timedelta(seconds=200)


@dataclass(frozen=True)
class Write:
    """A write, and when the store really took it."""

    number: int
    sent: datetime
    taken: datetime
    acked: datetime | None


def at(seconds: float) -> datetime:
    """A moment of the drill."""
    return START + timedelta(seconds=seconds)


def written(interval: float, there: float, back: float, count: int = 400) -> list[Write]:
    """A beat, the store's taking somewhere between sending and acknowledgement."""
    times = [number * interval for number in range(count)]
    return [
        Write(number, at(sent), at(sent + there), at(sent + there + back))
        for number, sent in enumerate(times, 1)
        if sent + there + back < 200
    ]


def newest(writes: list[Write], point: datetime) -> int | None:
    """The newest that a backup of that moment holds."""
    return max((each.number for each in writes if each.taken <= point), default=None)


DELAYS = st.floats(0.001, 0.4)
INTERVALS = st.floats(0.5, 5)
POINTS = st.floats(20, 150)


@given(INTERVALS, DELAYS, DELAYS, POINTS)
def test_the_true_recovery_point_is_within_what_is_stated(interval, there, back, true):
    """Wherever between sending and acknowledgement the store takes a write."""
    writes = written(interval, there, back)
    found = point_of(writes, newest(writes, at(true)), DISASTER)
    assert found is not None
    assert found.after <= at(true) <= found.before
    age = found.to(DISASTER)
    assert abs(age.seconds - (200 - true)) <= age.error + 1e-5
    assert age.error <= (interval + there + back) / 2 + 1e-5


@given(st.tuples(INTERVALS, INTERVALS), st.tuples(DELAYS, DELAYS), st.tuples(POINTS, POINTS))
def test_the_true_skew_is_within_its_error(beats, delays, moments):
    """Two stores on beats of their own."""
    (one, other), (there, back), (first, second) = beats, delays, moments
    writes = {"rondb": written(one, there, back), "opensearch": written(other, back, there)}
    true = {"rondb": first, "opensearch": second}
    points = {store: point_of(each, newest(each, at(true[store])), DISASTER) for store, each in writes.items()}
    (pair,) = matrix(points)
    assert (pair.first, pair.second) == ("rondb", "opensearch")
    assert pair.value is not None
    assert abs(pair.value.seconds - (first - second)) <= pair.value.error + 1e-5


def test_a_half_second_beat_leaves_less_than_a_second_of_skew_open():
    """With writes that take 50 ms."""
    writes = written(0.5, 0.02, 0.03)
    (pair,) = matrix({store: point_of(writes, newest(writes, at(30.1)), DISASTER) for store in ("a", "b")})
    assert pair.value is not None
    assert pair.value.error < 0.6


def test_without_a_survivor_there_is_no_point_and_no_widest_pair():
    """Nothing came back: that is no skew of nothing."""
    writes = written(1, 0.1, 0.1)
    assert point_of(writes, None, DISASTER) is None
    pairs = matrix({"rondb": Point(at(1), at(2)), "opensearch": None})
    assert pairs[0].value is None
    assert widest(pairs) is None
    assert widest([]) is None


def test_a_store_that_lost_nothing_stands_for_a_moment_up_to_the_disaster():
    """Its last canary and the disaster bound it."""
    writes = written(1, 0.1, 0.1)
    found = point_of(writes, len(writes), DISASTER)
    assert found == Point(writes[-1].sent, DISASTER)


def test_a_write_without_an_acknowledgement_bounds_nothing():
    """It may never have been taken: the next acknowledged one does."""
    writes = written(1, 0.1, 0.1)
    cut = [each if each.number != 31 else Write(31, each.sent, each.taken, None) for each in writes]
    found = point_of(cut, 30, DISASTER)
    assert found == Point(writes[29].sent, writes[31].acked)


def test_the_widest_pair_counts_its_error():
    """What is judged is what may be."""
    points = {"a": Point(at(0), at(1)), "b": Point(at(10), at(30)), "c": Point(at(20), at(21))}
    pair = widest(matrix(points))
    assert pair is not None
    assert (pair.first, pair.second) == ("a", "b")
    assert pair.value == Measured(-19.5, 10.5)


def test_the_gap_to_a_broker_is_counted_in_messages():
    """Those that it keeps and the store has not seen."""
    writes = written(1, 0.1, 0.1, count=20)
    assert newer_messages(writes, set(range(1, 21)), Point(at(9.5), at(10.5))) == 9
    assert newer_messages(writes, set(), Point(at(9.5), at(10.5))) == 0
