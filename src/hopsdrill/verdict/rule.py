"""What a rule is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import CODE_OF, Reason, Verdict


@dataclass(frozen=True)
class Cause:
    """One place in a journal where a rule holds.

    Attributes:
        code: exit code, where it is not the one of the rule's verdict.
    """

    text: str
    events: tuple[int, ...] = ()
    scenario: str = ""
    code: int | None = None


Finder = Callable[[Facts], Iterator[Cause]]


@dataclass(frozen=True)
class Rule:
    """A named condition and the verdict it leads to.

    Attributes:
        verdict: absent when the rule changes the exit code only.
        condition: in words, for the published table.
        find: yields every place where the condition holds.
    """

    name: str
    verdict: Verdict | None
    condition: str
    find: Finder

    def reasons(self, facts: Facts) -> Iterator[Reason]:
        """Every reason this rule gives."""
        for cause in self.find(facts):
            code = cause.code if cause.code is not None else CODE_OF[self.verdict or Verdict.UNKNOWN]
            yield Reason(
                rule=self.name,
                verdict=self.verdict,
                code=int(code),
                scenario=cause.scenario,
                text=cause.text,
                events=cause.events,
            )


def rule(verdict: Verdict | None, condition: str) -> Callable[[Finder], Rule]:
    """Make a function a rule; its name, with hyphens, is the rule's."""

    def made(find: Finder) -> Rule:
        return Rule(getattr(find, "__name__", "rule").replace("_", "-"), verdict, condition, find)

    return made
