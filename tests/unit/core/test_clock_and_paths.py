"""Time texts and places."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hopsdrill.core.clock import now, parse_utc, utc_text
from hopsdrill.core.errors import InternalError
from hopsdrill.core.paths import cache_dir, data_dir, state_dir


def test_utc_text_is_utc_with_milliseconds():
    """Any zone is written as UTC with exactly three decimals and a Z."""
    berlin = datetime(2026, 11, 24, 16, 0, 0, 123999, tzinfo=timezone(timedelta(hours=1)))

    assert utc_text(berlin) == "2026-11-24T15:00:00.123Z"
    assert parse_utc(utc_text(berlin)) == datetime(2026, 11, 24, 15, 0, 0, 123000, tzinfo=UTC)


def test_a_time_without_zone_is_refused():
    """A time whose zone is unknown is no evidence."""
    with pytest.raises(ValueError, match="no time zone"):
        parse_utc("2026-11-24T15:00:00")


def test_the_clocks_move_on():
    """Both clocks are read, and neither goes back."""
    first, second = now(), now()

    assert second.mono >= first.mono
    assert first.utc.tzinfo is UTC


def test_own_variables_win_over_xdg(monkeypatch, tmp_path):
    """HOPSDRILL_CACHE and HOPSDRILL_STATE name the folders themselves; XDG ones their parents."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path / "mine"))
    monkeypatch.delenv("HOPSDRILL_CACHE", raising=False)

    assert cache_dir() == tmp_path / "xdg" / "hopsdrill"
    assert state_dir() == tmp_path / "mine"


def test_home_may_be_unset(monkeypatch):
    """Without HOME the password database tells where home is."""
    for name in ("HOME", "XDG_CACHE_HOME", "HOPSDRILL_CACHE"):
        monkeypatch.delenv(name, raising=False)

    assert cache_dir().is_absolute()


def test_shipped_data_is_found_and_missing_data_is_named():
    """The toolchain folder is found; an unknown one is an error that names it."""
    assert (data_dir("toolchain") / "kind" / "go.mod").is_file()
    with pytest.raises(InternalError, match="no-such-folder"):
        data_dir("no-such-folder")
