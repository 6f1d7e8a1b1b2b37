"""Durations as people write them."""

import math


_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def duration(seconds: float | None) -> str:
    """Write a duration: ``0.25 s``, ``41.2 s``, ``2 min 41 s``, ``7 d 41 s``; None is ``not measured``.

    From a minute on it is exact to the second, so that a bound missed by little does not look met.
    """
    if seconds is None or not math.isfinite(seconds):
        return "not measured"
    if seconds < 0:
        return f"-{duration(-seconds)}"
    rest = round(seconds)
    if rest < 60:  # noqa: PLR2004 - below a minute, fractions count
        return f"{round(seconds, 1 if seconds >= 1 else 3):g} s"
    parts: list[str] = []
    for unit, size in _UNITS:
        whole, rest = divmod(rest, size)
        if whole:
            parts.append(f"{whole} {unit}")
    return " ".join(parts)
