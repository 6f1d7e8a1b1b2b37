"""What reports and reasons call things."""

from hopsdrill.core.durations import duration


__all__ = ["NO_SOURCE", "duration"]
NO_SOURCE = "the plan does not say by what"  # an objective is set
