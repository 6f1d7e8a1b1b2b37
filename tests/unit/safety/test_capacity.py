"""Time, space and versions: judged where enough is known, said to be unknown where it is not."""

from datetime import timedelta

import pytest

from hopsdrill.safety.capacity import Room, Timed, estimate, size_text, space_for, time_for, versions_agree


MIB, GIB = 1 << 20, 1 << 30
RTO = timedelta(minutes=15)
ONE = [Timed("run-2", 10 * MIB, 40.0)]
LIKE = [*ONE, Timed("run-1", 10 * MIB, 60.0)]
APART = [*ONE, Timed("run-1", 110 * MIB, 90.0)]  # 35 s, and 2 MiB a second


def told(at_size, timed, rto=RTO):
    """``ok`` or ``no``, or ``unknown``, and the words."""
    found = time_for(rto, at_size, timed)
    return ("ok" if found.ok else "no") if found.known else "unknown", str(found)


def test_without_an_earlier_restore_nothing_is_known():
    """And nothing is assumed."""
    assert told(None, [])[0] == told(GIB, [])[0] == "unknown"
    assert "no earlier run" in told(None, [])[1]


def test_two_sizes_tell_a_fixed_time_from_a_rate():
    """35 s and 2 MiB a second: the arithmetic says so, and whose it is."""
    assert estimate(200 * MIB, APART)[:2] == (135.0, 135.0)
    judged, text = told(200 * MIB, APART)
    assert judged == "ok"
    assert text == (
        "200 MiB, 35 s + size / 2 MiB/s, measured by 2 earlier restores (run-2, ...) = 2 min 15 s, objective 15 min"
    )


def test_a_size_that_cannot_be_restored_in_time_is_refused_with_the_settings_to_change():
    """2 GiB need 18 minutes by that rate."""
    judged, text = told(2 * GIB, APART)
    assert judged == "no"
    assert "= 17 min 39 s, objective 15 min; change `objectives.rto` or `objectives.at_size`" in text


def test_with_one_size_the_time_is_known_between_two_bounds_only():
    """None of it grows with the size, or all of it."""
    assert estimate(100 * MIB, ONE)[:2] == (40.0, 400.0)
    assert told(100 * MIB, ONE)[0] == "ok"  # at most 400 s
    assert told(GIB, ONE)[0] == "unknown"  # 40 s to 68 min
    assert told(GIB, ONE, timedelta(seconds=39))[0] == "no"  # not even the 40 s


def test_the_slowest_rate_bounds_the_time_above_and_the_fastest_below():
    """Of several restores of one size."""
    assert estimate(100 * MIB, LIKE)[:2] == (40.0, 600.0)
    assert estimate(12 * MIB, LIKE)[:2] == (40.0, 60.0)


def test_more_data_in_less_time_gives_no_rate():
    """Then it is not known what grows with the size."""
    odd = [Timed("b", 10 * MIB, 60.0), Timed("a", 100 * MIB, 40.0)]
    assert estimate(GIB, odd)[0] == 40.0
    assert told(GIB, odd)[0] == "unknown"


def test_what_earlier_runs_missed_may_be_tried_again():
    """Without a size of its own a plan is not refused: what made them slow may have been mended."""
    assert told(None, LIKE, timedelta(seconds=50))[0] == "unknown"
    assert told(None, LIKE, timedelta(seconds=30))[0] == "unknown"
    assert told(None, LIKE, timedelta(seconds=60))[0] == "ok"


def test_space_is_held_against_what_was_backed_up_last():
    """A place that is too small is named, one that nobody knows is said to be unknown."""
    rooms = [Room("node a", GIB), Room("node b", MIB), Room("object store", None, "S3 has no call for it")]
    wide, narrow, unknown = space_for(10 * MIB, rooms)
    assert (wide.ok, wide.known, str(wide)) == (
        True,
        True,
        "node a 1 GiB free, 10 MiB backed up by the newest earlier run",
    )
    assert not narrow.ok
    assert "change node b: free space" in str(narrow)
    assert (unknown.ok, unknown.known) == (True, False)
    assert str(unknown) == "not known: object store unknown: S3 has no call for it"


def test_without_an_earlier_run_free_space_is_told_and_not_judged():
    """Nobody knows how much is needed."""
    (found,) = space_for(None, [Room("node a", GIB)])
    assert not found.known
    assert "node a 1 GiB free; no earlier run" in str(found)


@pytest.mark.parametrize(
    ("said", "ok", "known"),
    [
        ({"the chart": "1.0"}, True, True),
        ({"the chart": "1.0", "the release": "1.1"}, False, True),
        ({"the chart": ""}, True, False),
        ({"the chart": "", "the release": "1.1"}, False, True),
        ({}, True, False),
    ],
)
def test_versions_that_differ_are_refused_and_unknown_ones_said(said, ok, known):
    """The one that differs is named."""
    found = versions_agree("1.0", said)
    assert (found.ok, found.known) == (ok, known)
    if not ok:
        assert "the profile's `version`, or the release" in found.change


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (500 * GIB, "500 GiB"), (1 << 70, "1.049e+06 PiB")],
)
def test_sizes_are_told_for_people(count, text):
    """Powers of 1024."""
    assert size_text(count) == text
