"""How far another clock is off: whatever it tells, the true offset is inside what is stated."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.core import bracket
from hopsdrill.core.bracket import Reading, measure, offset_of
from hopsdrill.core.errors import OperationError


START = datetime(2026, 1, 1, tzinfo=UTC)


def cut(moment: datetime, step: float) -> datetime:
    """What a clock tells that shows no more than its step."""
    since = (moment - START) // timedelta(seconds=step)
    return START + since * timedelta(seconds=step)


def readings(offset: float, step: float, count: int = 30, there: float = 0.004, back: float = 0.011) -> list[Reading]:
    """Readings every 50 ms of a clock that is off, the way there shorter than the way back."""
    found = []
    for number in range(count):
        asked = START + timedelta(seconds=100.3 + number * 0.05)
        seen = asked + timedelta(seconds=there)
        found.append(Reading(asked, seen + timedelta(seconds=back), cut(seen + timedelta(seconds=offset), step)))
    return found


@given(st.floats(-50, 50), st.sampled_from([1.0, 0.001]))
def test_the_true_offset_is_within_the_error(offset, step):
    """Whichever way of a round trip is the longer one."""
    found = offset_of(readings(offset, step), step)
    assert found is not None
    assert abs(found.seconds - offset) <= found.error + 1e-5


def test_a_clock_of_whole_seconds_is_known_to_a_fraction_of_one():
    """Once it was seen on both sides of its change."""
    found = offset_of(readings(0.37, 1.0), 1.0)
    assert found is not None
    assert found.error < 0.05
    alone = offset_of(readings(0.37, 1.0, count=1), 1.0)
    assert alone is not None
    assert alone.error > 0.5


def test_a_clock_that_was_set_meanwhile_is_told():
    """No offset fits both halves."""
    listed = [*readings(0.0, 1.0), *readings(9.0, 1.0)]
    assert offset_of(listed, 1.0) is None
    told = iter([START, *(START + timedelta(days=1) for _ in range(99))])
    with pytest.raises(OperationError, match="set meanwhile"):
        measure(lambda: next(told), 0.001)


def test_a_clock_is_read_until_it_has_changed(monkeypatch):
    """This machine's own, cut to a tenth of a second, is off by nothing."""
    monkeypatch.setattr(bracket, "PAUSE", 0.005)
    seen = []

    def read():
        now = datetime.now(UTC)
        seen.append(now)
        return now.replace(microsecond=now.microsecond // 100_000 * 100_000)

    found = measure(read, 0.1)
    assert (seen[-1] - seen[0]).total_seconds() >= 0.1
    assert abs(found.seconds) <= found.error <= 0.03
