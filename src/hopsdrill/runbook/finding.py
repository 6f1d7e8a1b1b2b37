"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hopsdrill.model.base import Model


if TYPE_CHECKING:
    from hopsdrill.runbook.book import Book


class Severity(StrEnum):
    """How bad it is for somebody who follows the page during a disaster."""

    ERROR = "error"  # a step fails, hangs, or reports success that is none
    WARNING = "warning"  # a step does something else than the page says in some case
    NOTE = "note"  # the reader has to guess


class Finding(Model):
    """A defect of a page.

    Attributes:
        rule: the rule's name.
        severity: how bad it is.
        line: in the page, from 1.
        wrong: what is wrong.
        happens: what happens when the page is followed.
        fix: what to write instead.
    """

    rule: str
    severity: Severity
    line: int
    wrong: str
    happens: str
    fix: str


@dataclass(frozen=True)
class Hit:
    """What a rule says of one place; what it leaves out is the rule's own text."""

    line: int
    wrong: str
    happens: str = ""
    fix: str = ""


Search = Callable[["Book"], Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        name: lower case with dashes; those of the Hopsworks pack begin with ``hopsworks-``.
        severity: of all its findings.
        about: what it looks for, one sentence.
        happens: what happens when such a page is followed.
        fix: what to write instead.
        search: gives its hits in a page.
    """

    name: str
    severity: Severity
    about: str
    happens: str
    fix: str
    search: Search

    def findings(self, book: "Book") -> list[Finding]:
        """All it finds, each line and wording once."""
        hits = dict.fromkeys(self.search(book))
        return [
            Finding(
                rule=self.name,
                severity=self.severity,
                line=hit.line,
                wrong=hit.wrong,
                happens=hit.happens or self.happens,
                fix=hit.fix or self.fix,
            )
            for hit in hits
        ]


def rule(name: str, severity: Severity, about: str, *, happens: str, fix: str) -> Callable[[Search], Rule]:
    """Make a search a rule."""
    return lambda search: Rule(name, severity, about, happens, fix, search)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By line, then by name."""
    return sorted(findings, key=lambda each: (each.line, each.rule, each.wrong))
