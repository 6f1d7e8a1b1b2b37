"""Verdicts, the reasons for them, and the exit codes they stand for."""

from enum import IntEnum, StrEnum

from hopsdrill.model.base import Model


class Verdict(StrEnum):
    """What a run amounts to; only PASS is good. Defined in order of precedence, the strongest first."""

    FAIL = "FAIL"
    INVALID = "INVALID"
    ABORTED = "ABORTED"
    UNKNOWN = "UNKNOWN"
    BREACHED = "BREACHED"
    PASS = "PASS"  # noqa: S105 - a verdict, not a password

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANING[self]


_MEANING = {
    Verdict.FAIL: "data is wrong, missing, or unexpectedly lost",
    Verdict.INVALID: "an action had no effect: the drill did not do what it claims",
    Verdict.ABORTED: "the run did not reach its end",
    Verdict.UNKNOWN: "a proof did not run: nothing may be concluded",
    Verdict.BREACHED: "recovered, but an objective was missed",
    Verdict.PASS: "every declared proof passed, every declared action took effect, the objectives were met",
}


class ExitStatus(IntEnum):
    """Exit codes of a run."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INTERNAL = 3
    NOT_CONDUCTED = 4
    NOTHING_SELECTED = 5
    BREACHED = 6
    CLEANUP_INCOMPLETE = 7
    NOT_JUDGEABLE = 8
    WITHHELD = 9
    INTERRUPTED = 130
    TERMINATED = 143


SIGNAL_BASE = 128  # a shell's convention: 128 + signal number

CODE_OF = {
    Verdict.FAIL: ExitStatus.FAIL,
    Verdict.INVALID: ExitStatus.NOT_JUDGEABLE,
    Verdict.ABORTED: ExitStatus.NOT_JUDGEABLE,
    Verdict.UNKNOWN: ExitStatus.NOT_JUDGEABLE,
    Verdict.BREACHED: ExitStatus.BREACHED,
    Verdict.PASS: ExitStatus.PASS,
}

# Where several hold, the first of these counts.
ORDER = (
    ExitStatus.INTERNAL,
    ExitStatus.WITHHELD,
    ExitStatus.FAIL,
    ExitStatus.INTERRUPTED,
    ExitStatus.TERMINATED,
    ExitStatus.NOT_JUDGEABLE,
    ExitStatus.USAGE,
    ExitStatus.NOT_CONDUCTED,
    ExitStatus.NOTHING_SELECTED,
    ExitStatus.CLEANUP_INCOMPLETE,
    ExitStatus.BREACHED,
    ExitStatus.PASS,
)


def by_precedence(codes: set[int]) -> tuple[int, ...]:
    """Put exit codes in order, the one that counts first; any other signal's code stands beside 130."""
    place = {int(code): rank for rank, code in enumerate(ORDER)}
    signal = place[ExitStatus.INTERRUPTED]
    return tuple(sorted(codes, key=lambda code: (place.get(code, signal), code)))


class Reason(Model):
    """One link between a verdict and the events it follows from.

    Attributes:
        rule: name in the table of rules.
        verdict: what this reason alone leads to; absent when it only adds an exit code.
        code: exit code it stands for.
        scenario: empty when it concerns the whole run.
        events: sequence numbers in the journal; empty when the reason is that something is missing.
    """

    rule: str
    verdict: Verdict | None
    code: int
    scenario: str
    text: str
    events: tuple[int, ...]


class Judgement(Model):
    """The outcome of a run.

    Attributes:
        verdict: absent when the drill was not conducted.
        headline: the verdict with where it holds and what stood in.
        reasons: the strongest first.
        codes: all exit codes that hold, the one that counts first.
        conducted: something was done or proved.
    """

    verdict: Verdict | None
    headline: str
    reasons: tuple[Reason, ...]
    codes: tuple[int, ...]
    conducted: bool

    def of(self, scenario: str) -> Verdict | None:
        """The verdict of one scenario alone, by the reasons that name it."""
        if not self.conducted:
            return None
        found = {reason.verdict for reason in self.reasons if reason.scenario == scenario}
        return next((verdict for verdict in Verdict if verdict in found), Verdict.PASS)


def exit_code(judgement: Judgement) -> int:
    """The exit code of a run: the one of its codes that counts first."""
    return judgement.codes[0]
