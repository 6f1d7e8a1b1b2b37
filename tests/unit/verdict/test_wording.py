"""Durations read well and never hide a difference that matters."""

import pytest

from hopsdrill.verdict.wording import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "not measured"),
        (float("nan"), "not measured"),
        (0, "0 s"),
        (0.2504, "0.25 s"),
        (41.23, "41.2 s"),
        (59.7, "1 min"),
        (161, "2 min 41 s"),
        (3600, "1 h"),
        (604_841, "7 d 41 s"),
        (-20.5, "-20.5 s"),
    ],
)
def test_duration(seconds, text):
    """Seconds become days, hours, minutes and seconds; parts that are zero are left out."""
    assert duration(seconds) == text
