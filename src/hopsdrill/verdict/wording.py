"""What reports and reasons call things."""

from hopsdrill.core.durations import duration


__all__ = ["NO_SOURCE", "count", "duration"]
NO_SOURCE = "the plan does not say by what"  # an objective is set


def count(number: int, noun: str) -> str:
    """``1 proof``, ``2 proofs``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
