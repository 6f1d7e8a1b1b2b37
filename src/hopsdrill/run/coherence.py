"""Drills whose settings do not agree, asked for by the command itself: refused before anything is touched, or let through."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.core.errors import VerificationError
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import Completed, run
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.plan.loader import binding_of, load_plan
from hopsdrill.recovery.values import set_path
from hopsdrill.run.lifecycle import policy, set_policy, versioned
from hopsdrill.run.refused import Refused, prove_untouched, state
from hopsdrill.run.session import Drill
from hopsdrill.site import Site


CALL_S = 120.0  # the command loads plan, features and steps
PACKED = "in-place-restore.yaml"  # whose features are asked for
PLAN = 2  # exit code of a plan that cannot be carried out
LIFECYCLE = "lifecycle-agrees-with-retention"
QUIET = (ev.RunStarted, ev.InterlockChecked, ev.NotConducted, ev.RunFinished)  # what a run says that touches nothing


@dataclass(frozen=True)
class Case:
    """How a plan is changed.

    Attributes:
        values: of the platform, by their name in the profile's ``backup_values``.
        rules: lifecycle rules of a bucket of the scenario's own, in which the files then are; None without one.
        rpo: another objective.
    """

    values: dict[str, object] = field(default_factory=dict)
    rules: list[dict[str, Any]] | None = None
    rpo: str = ""


def _snapshots_expire(site: Site) -> Case:
    opensearch = site.profile.opensearch
    prefix = f"{opensearch.bucket_prefix}/" if opensearch else ""
    rule = {"ID": "tidy-up", "Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": 90}}
    return Case(rules=[rule])


CASES: dict[str, Callable[[Site], Case]] = {
    "a recovery point objective of one day": lambda _: Case(rpo="1d"),
    "a ttl of 10d": lambda _: Case({"ttl": "10d", "ttl_kubernetes": "240h"}),
    "a ttl of 60d, and 720h for Velero": lambda _: Case({"ttl": "60d", "ttl_kubernetes": "720h"}),
    "a ttl of 60d, and 60d for Velero too": lambda _: Case({"ttl": "60d", "ttl_kubernetes": "60d"}),
    "a ttl of 60d, and old versions kept for 60 days": lambda _: Case({"ttl": "60d"}, policy(60)),
    "no ttl, and old versions kept for 60 days": lambda _: Case(rules=policy(60)),
    "search snapshots that expire as objects": _snapshots_expire,
    "a ttl of 60d, and old versions kept for 68 days": lambda _: Case({"ttl": "60d"}, policy(68)),
}


@dataclass(frozen=True)
class Asked:
    """A drill that was asked for.

    Attributes:
        gates: every gate of its run: whether it was open, and why.
        other: what its run did beside looking.
        planned: `hopsdrill plan`.
    """

    refused: Refused
    ended: Completed
    planned: Completed
    gates: dict[str, tuple[bool, str]]
    other: list[str]
    why: str = ""

    @property
    def said(self) -> str:
        """All that it said of its refusal."""
        return " ".join(f"{self.ended.stderr} {self.why}".split())


def ask(site: Site, drill: Drill, what: str) -> Asked:
    """Run `hopsdrill plan` and `hopsdrill run` on a plan like this drill's with other settings, as an operator would.

    Raises:
        VerificationError: the scenario names settings nobody knows.
    """
    if what not in CASES:
        msg = f"There are no settings {what!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(CASES)}")
    case, bucket = CASES[what](site), ""
    if case.rules is not None:
        bucket = versioned(site)
        set_policy(site, bucket, case.rules)
    path, reports = _written(site, drill, case, bucket), site.scratch / "asked" / str(list(CASES).index(what))
    before = state(site)
    words = [sys.executable, "-m", "hopsdrill"]
    with site.recorder.operation("ask for a drill", f"hopsdrill run ({what})", target=site.namespace) as done:
        planned = run([*words, "plan", path, "--json"], timeout=CALL_S, check=False)
        ended = run([*words, "run", path, "--reports", reports], timeout=CALL_S, check=False)
        done.text = f"plan: exit code {planned.returncode}, run: exit code {ended.returncode}"
        done.evidence.append(site.recorder.keep("asked-plan.json", planned.stdout or planned.stderr))
    events = [each.event for file in sorted(reports.glob("*/journal.ndjson")) for each in read(file.parent)]
    gates = {each.name: (each.open, each.reason) for each in events if isinstance(each, ev.InterlockChecked)}
    why = " ".join(each.message for each in events if isinstance(each, ev.NotConducted))
    other = sorted({type(each).__name__ for each in events if not isinstance(each, QUIET)})
    return Asked(Refused({}, "", before, bucket), ended, planned, gates, other, why)


def _written(site: Site, drill: Drill, case: Case, bucket: str) -> Path:
    """The drill's own plan and profile with the settings, and features of a packaged plan."""
    values: dict[str, Any] = json.loads(json.dumps(site.profile.values))
    for name, value in {**case.values, **({"bucket": bucket} if bucket else {})}.items():
        set_path(values, site.profile.backup_values[name], value)
    profile = site.scratch / "asked-profile.yaml"
    profile.write_text(yaml.safe_dump(site.profile.model_dump(mode="json") | {"values": values}))
    made = drill.plan.model_dump(mode="json", by_alias=True, exclude_none=True)
    packed = data_dir("drills") / PACKED
    own = load_plan(packed)
    made |= {"profile": str(profile), "features": own.features, "tags": None, "minutes": {}}
    made["binding"] = str(binding_of(own, packed))
    if case.rpo:
        made["objectives"]["rpo"]["within"] = case.rpo
    path = site.scratch / "asked-plan.yaml"
    path.write_text(yaml.safe_dump({name: value for name, value in made.items() if value is not None}))
    return path


def prove_refused(site: Site, asked: Asked, code: int, arithmetic: str, change: str) -> None:
    """Record that the command refused with its exit code, showed the arithmetic and named the setting to change."""
    wrong = [] if asked.ended.returncode == code else [f"exit code {asked.ended.returncode}, not {code}"]
    wrong += [f"does not say {word!r}" for word in (arithmetic, change) if word not in asked.said]
    site.recorder.proof(
        "drill-is-refused-with-the-arithmetic",
        store="platform",
        passed=not wrong,
        expected=f"exit code {code}, saying {arithmetic!r} and {change!r}",
        observed=f"exit code {asked.ended.returncode}: {asked.said[:600]}",
        differences=wrong,
        data=False,
    )


def prove_plan_told(site: Site, asked: Asked) -> None:
    """Record that `hopsdrill plan` shows every judgement with its arithmetic, and ends with 2 when one of them is bad."""
    judged = json.loads(asked.planned.stdout or "{}").get("feasibility", [])
    code = PLAN if any(not each["ok"] for each in judged) else 0
    wrong = [] if asked.planned.returncode == code else [f"exit code {asked.planned.returncode}, not {code}"]
    wrong += [f"{each['name']} has no arithmetic" for each in judged if not each["arithmetic"]]
    shown = [f"{'' if each['ok'] else 'not '}feasible: {each['arithmetic']}" for each in judged]
    site.recorder.proof(
        "plan-shows-each-judgement",
        store="platform",
        passed=len(judged) > 1 and not wrong,
        expected=f"exit code {code}, each judgement with its arithmetic",
        observed="; ".join(shown) or asked.planned.stderr[:300],
        differences=wrong,
        data=False,
    )


def prove_nothing_touched(site: Site, asked: Asked) -> None:
    """Record that the refused run began no operation, and that the platform and the bucket are as before."""
    site.recorder.proof(
        "refused-run-began-nothing",
        store="platform",
        passed=not asked.other,
        expected="its journal has gates and the refusal, nothing else",
        observed=", ".join(asked.other) or f"{len(asked.gates)} gates, the refusal, nothing else",
        data=False,
    )
    prove_untouched(site, asked.refused)


def prove_let_through(site: Site, asked: Asked, arithmetic: str) -> None:
    """Record that every gate of feasibility was open with its arithmetic; the asked run then ended at the next: this run holds the cluster."""
    is_open, reason = asked.gates.get(LIFECYCLE, (False, "not looked at"))
    shut = [f"{name}: {why}" for name, (seen, why) in asked.gates.items() if not seen]
    site.recorder.proof(
        "coherent-settings-are-let-through",
        store="platform",
        passed=is_open and arithmetic in reason and not shut and f"held by run {site.run_id}" in asked.why,
        expected=f"every gate of feasibility open, saying {arithmetic!r}; then held up by the run that is under way",
        observed=f"{reason}; {asked.said[:300]}",
        differences=shut,
        data=False,
    )
