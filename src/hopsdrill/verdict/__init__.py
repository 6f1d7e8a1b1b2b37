"""From a journal to a verdict: a pure function, its rules a published table."""

from hopsdrill.verdict.judge import RULES, judge
from hopsdrill.verdict.outcome import ExitStatus, Judgement, Reason, Verdict, exit_code


__all__ = ["RULES", "ExitStatus", "Judgement", "Reason", "Verdict", "exit_code", "judge"]
