"""A page against the rules."""

from pathlib import Path

from hopsdrill.model.base import Model
from hopsdrill.model.profile import Profile
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Finding, Rule, in_order
from hopsdrill.runbook.hopsworks import HOPSWORKS
from hopsdrill.runbook.page import Page
from hopsdrill.runbook.rules import GENERAL


RULES: tuple[Rule, ...] = (*GENERAL, *HOPSWORKS)


class Checked(Model):
    """What a check gave.

    Attributes:
        page: the file.
        findings: ordered by line.
        blocks: code blocks that were looked at.
        commands: shell commands that were looked at.
        documents: YAML and JSON documents that were looked at.
        not_run: checks that could not run, with the reason; never counted as passed.
    """

    page: Path
    findings: tuple[Finding, ...]
    blocks: int
    commands: int
    documents: int
    not_run: tuple[str, ...] = ()


def check(page: Page, profile: Profile, *, rules: tuple[Rule, ...] = RULES, shellcheck: Path | None = None) -> Checked:
    """Look for everything the rules know.

    Args:
        page: what was read.
        profile: names of the platform, for the Hopsworks pack.
        rules: those that count.
        shellcheck: the program; without it, that check is listed as not run.
    """
    book = Book(page, profile, shellcheck)
    absent = "shellcheck is not installed: only bash's own syntax and this tool's rules were applied to shell blocks"
    return Checked(
        page=page.path,
        findings=tuple(in_order(found for each in rules for found in each.findings(book))),
        blocks=len(page.blocks),
        commands=len(book.commands),
        documents=len(book.documents),
        not_run=() if shellcheck is not None or not book.scripts else (absent,),
    )
