"""What tests of runbooks share: small pages, and their findings."""

from pathlib import Path

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.runbook import RULES, check, parse


def block(language: str, text: str) -> str:
    """A page of one code block, whose first line is the page's third."""
    return f"# Page\n```{language}\n{text.strip(chr(10))}\n```\n"


def sh(text: str) -> str:
    """A page of one shell block."""
    return block("bash", text)


def yml(text: str) -> str:
    """A page of one YAML block."""
    return block("yaml", text)


def found(text: str, *, rules=RULES, path: Path = Path("page.md"), profile: str = "hopsworks"):
    """All findings of a page."""
    return check(parse(text, path), load_named_profile(profile), rules=rules).findings


def lines(text: str, rule: str) -> list[int]:
    """The lines on which a rule finds something."""
    return [each.line for each in found(text) if each.rule == rule]
