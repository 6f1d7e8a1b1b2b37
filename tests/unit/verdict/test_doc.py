"""The published table of rules is the one in the code."""

from pathlib import Path

from hopsdrill.verdict import RULES
from hopsdrill.verdict.doc import page


PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "verdict.md"


def test_published_table_is_current():
    """Run ``python -m hopsdrill.verdict.doc > docs/reference/verdict.md`` when this fails."""
    assert PUBLISHED.read_text() == page()


def test_rules_stand_in_the_order_of_their_verdicts():
    """The first rule that holds gives the verdict, so no weaker verdict's rule may stand above a stronger one's."""
    strengths = [list(type(rule.verdict)).index(rule.verdict) for rule in RULES if rule.verdict]

    assert strengths == sorted(strengths)
