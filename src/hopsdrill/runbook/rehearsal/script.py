"""A page and its terms made into steps; what does not fit together is told before anything is run."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hopsdrill.core.errors import PlanError
from hopsdrill.model.profile import Profile
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.manifest import Manifest, read
from hopsdrill.runbook.page import Block, Page
from hopsdrill.runbook.rehearsal.terms import Terms
from hopsdrill.runbook.rules.placeholders import placeholders


YAML = frozenset({"yaml", "yml", "json"})


class Kind(StrEnum):
    """What is done with a block."""

    RUN = "Run"
    APPLY = "Apply"
    WRITE = "Write"


@dataclass(frozen=True)
class Step:
    """A block as it is performed.

    Attributes:
        text: with every substitution made.
        line: of the page, on which the text's first line stands.
        file: into which the text is written; empty for commands.
        deadline: seconds.
    """

    kind: Kind
    heading: str
    line: int
    text: str
    file: str
    deadline: float

    @property
    def title(self) -> str:
        """How a report names it."""
        return f"{self.heading or 'the page'} (line {self.line}){f', {self.file}' if self.kind is Kind.WRITE else ''}"

    @property
    def proof(self) -> str:
        """The name of the proof it leaves."""
        return f"block-at-line-{self.line}"

    @property
    def last(self) -> int:
        """The page's last line of the block."""
        return self.line + self.text.rstrip("\n").count("\n")


def steps_of(page: Page, terms: Terms, profile: Profile, made: dict[str, str]) -> list[Step]:
    """The blocks that are performed, in the page's order; ``made`` is what is written instead of each declared text.

    Raises:
        PlanError: lists every substitution that is not used, every placeholder without one, every heading that is not there.
    """
    performed = [block for block in page.blocks if _kind(block) and not _left_out(block, terms)]
    replaced = [block.model_copy(update={"text": substituted(block.text, made)}) for block in performed]
    problems = [
        *_unused(performed, made),
        *_unfilled(page.model_copy(update={"blocks": tuple(replaced)}), profile, made),
        *_unknown_headings(page, terms),
        *([] if performed else [f"{page.path}: there is no block to run"]),
    ]
    if problems:
        msg = f"{page.path} cannot be performed:\n" + "\n".join(f"  {line}" for line in problems)
        raise PlanError(msg, hint="correct the page or its terms; nothing was started")
    return [_step(block, terms) for block in replaced]


def substituted(text: str, made: dict[str, str]) -> str:
    """A text with every declared text replaced at once, so that none is replaced twice; the longest first."""
    if not made:
        return text
    pattern = "|".join(re.escape(old) for old in sorted(made, key=lambda old: (-len(old), old)))
    return re.sub(pattern, lambda found: made[found[0]], text)


def _kind(block: Block) -> Kind | None:
    """What is done with a block; values without a file's name are for the reader only."""
    if block.is_shell:
        return Kind.RUN
    if block.title:
        return Kind.WRITE
    if block.language in YAML and any(
        isinstance(each, Manifest) and each.kind for each in read(block.text, block.line)
    ):
        return Kind.APPLY
    return None


def _left_out(block: Block, terms: Terms) -> bool:
    return any(heading in terms.leave_out for heading in block.under)


def _step(block: Block, terms: Terms) -> Step:
    kind = _kind(block) or Kind.RUN
    heading = block.under[-1] if block.under else ""
    deadline = next(
        (terms.deadlines[each] for each in reversed(block.under) if each in terms.deadlines), terms.deadline
    )
    file = {Kind.WRITE: block.title, Kind.APPLY: f"line-{block.line}.{block.language}"}.get(kind, "")
    return Step(
        kind, heading, block.line, block.shell if kind is Kind.RUN else block.text, file, deadline.total_seconds()
    )


def _unused(blocks: list[Block], made: dict[str, str]) -> list[str]:
    return [
        f"{old!r} is to be replaced, but stands in no block that is run"
        for old in made
        if not any(old in block.text for block in blocks)
    ]


def _unfilled(page: Page, profile: Profile, made: dict[str, str]) -> list[str]:
    """Placeholders that are left; a value of a substitution may look like one."""
    found = sorted(set(placeholders(Book(page, profile))))
    return [
        f"{page.path}:{line}: {text} must be filled in, and no substitution says with what"
        for line, text in found
        if text not in made.values()
    ]


def _unknown_headings(page: Page, terms: Terms) -> list[str]:
    known = {each.text for each in page.headings}
    return [
        f"the page has no heading {heading!r}"
        for heading in (*terms.leave_out, *terms.deadlines)
        if heading not in known
    ]
