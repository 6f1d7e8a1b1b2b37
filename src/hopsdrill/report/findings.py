"""What a run has shown to be wrong, under an identity that stays the same from run to run."""

import hashlib

from hopsdrill.model.base import Model
from hopsdrill.report.gap import Gap, Text, or_gap
from hopsdrill.verdict import Judgement, Reason, Verdict
from hopsdrill.verdict.facts import Facts


SEVERITY = {
    Verdict.FAIL: "critical",
    Verdict.INVALID: "major",
    Verdict.UNKNOWN: "major",
    Verdict.BREACHED: "major",
    Verdict.ABORTED: "minor",
    None: "minor",
}
LIFE = (
    "The same defect of the same drill has the same ID in every run; owner and due date are given after the run "
    "(`hopsdrill findings assign`); only a later run in which the same scenario passes closes it (`hopsdrill findings list`)"
)
AFTERWARDS = "given after the run"


class FindingAccount(Model):
    """One thing that is wrong.

    Attributes:
        id: of drill, rule, scenario and what it is about; never of its words.
        about: the proof, action, objective or store; empty where it is about the scenario or the run.
        events: journal entries it follows from.
        owner: the plan's owner, until somebody else is named.
    """

    id: str
    severity: str
    rule: str
    scenario: str
    about: str
    text: str
    events: list[int]
    owner: Text
    due: Text


def identity(drill: str, rule: str, scenario: str, about: str) -> str:
    """What a finding is recognised by."""
    return f"HD-{hashlib.sha256(f'{drill}|{rule}|{scenario}|{about}'.encode()).hexdigest()[:8]}"


def findings_of(facts: Facts, judgement: Judgement, drill: str, owner: str | None) -> list[FindingAccount]:
    """What a verdict rests on where that is not good, each once, the gravest first."""
    found: dict[str, FindingAccount] = {}
    for reason in judgement.reasons:
        if reason.verdict is not Verdict.PASS:
            made = _finding(facts, reason, drill, owner)
            found.setdefault(made.id, made)
    return list(found.values())


def _finding(facts: Facts, reason: Reason, drill: str, owner: str | None) -> FindingAccount:
    about = _about(facts, reason)
    return FindingAccount(
        id=identity(drill, reason.rule, reason.scenario, about),
        severity=SEVERITY[reason.verdict],
        rule=reason.rule,
        scenario=reason.scenario,
        about=about,
        text=reason.text,
        events=list(reason.events),
        owner=or_gap(owner, AFTERWARDS),
        due=Gap(gap=AFTERWARDS),
    )


def _about(facts: Facts, reason: Reason) -> str:
    """What the reason's first event that is about something is about: that stays the same, its words do not."""
    for number in reason.events:
        event = facts.entries[number].event
        for name in ("proof", "action", "objective", "store"):
            if isinstance(found := getattr(event, name, None), str):
                return found
    return ""


def corrections(found: list[FindingAccount], rerun: str) -> list[str]:
    """What has to be done about findings, and the retest that closes each."""
    return [
        f"{each.id}: mend what it names, then repeat the drill"
        f"{f' (`{rerun}`)' if rerun else ''}; closed by a pass of: {each.scenario.rpartition('::')[2] or 'the whole run'}"
        for each in found
    ]
