"""Words for people."""

from collections.abc import Mapping


def told(facts: Mapping[str, object]) -> str:
    """A few named facts as words: ``changed 12, deleted 3``."""
    return ", ".join(f"{name} {value}" for name, value in facts.items())
