"""From a journal to a report: a pure function of the entries and of the evidence files beside them."""

import shlex
from pathlib import Path
from typing import Any

from hopsdrill.journal.writer import NAME
from hopsdrill.model import events as ev
from hopsdrill.report import fields as f
from hopsdrill.report import of_plan
from hopsdrill.report.accounts import Remark
from hopsdrill.report.artefacts import evidence
from hopsdrill.report.evidenced import NOTHING_YET, control_mapping
from hopsdrill.report.findings import LIFE, corrections, findings_of
from hopsdrill.report.gap import Gap, or_gap
from hopsdrill.report.measured import backups, completeness, known_state, objectives, recovery_points, recovery_times
from hopsdrill.report.model import Report
from hopsdrill.report.stores import widest_text
from hopsdrill.report.story import actions, proofs, scenarios
from hopsdrill.report.summary import summary
from hopsdrill.verdict import Judgement, exit_code, judge
from hopsdrill.verdict.facts import Facts


def build(folder: Path, entries: tuple[ev.Entry, ...]) -> Report:
    """Make a report.

    Args:
        folder: the run's folder; only ``evidence/`` in it is read.
        entries: the journal.
    """
    facts = Facts(entries)
    judgement = judge(entries)
    started = next((seen.event for seen in facts.all(ev.RunStarted)), None)
    plan = started.plan if started else {}
    seen = [each.event for each in facts.all(ev.EnvironmentSeen)]
    code = exit_code(judgement)
    return Report(
        verdict=str(judgement.verdict) if judgement.verdict else None,
        headline=judgement.headline,
        meaning=judgement.verdict.meaning if judgement.verdict else "the drill was not conducted: nothing was tried",
        exit_code=code,
        exit_codes=list(dict.fromkeys([code, *judgement.codes])),
        run_id=started.run_id if started else folder.name,
        title=str(plan.get("title") or (started.run_id if started else folder.name)),
        not_covered=[*plan.get("exclusions", []), *of_plan.excluded(facts)] if started else of_plan.UNSTARTED,
        stand_ins=[each for event in seen for each in event.stand_ins] if seen else of_plan.UNSEEN,
        substitutions=[each for event in seen for each in event.substitutions] if seen else of_plan.UNSEEN,
        summary=summary(facts, judgement, plan, started.command if started else []),
        fields=_fields(folder, facts, judgement, started, plan),
    )


def _fields(
    folder: Path, facts: Facts, judgement: Judgement, started: ev.RunStarted | None, plan: dict[str, Any]
) -> f.Fields:
    seen = next((each.event for each in facts.all(ev.EnvironmentSeen)), None)
    governance, told = plan.get("governance") or {}, scenarios(facts, judgement)
    checks = proofs(facts)
    whole = [each for each in checks if not each.data and each.store != "platform"]
    wrong = findings_of(facts, judgement, str(plan.get("name", "")), (governance.get("roles") or {}).get("owner"))
    made = f.Fields(
        identity=of_plan.identity(started, plan, folder),
        purpose=of_plan.purpose(facts, plan),
        type=of_plan.kind(seen, plan),
        scope=of_plan.scope(facts, plan),
        scenario=of_plan.setting(plan, governance),
        roles=of_plan.people(governance, started),
        authorisation=of_plan.authorisation(facts, governance),
        times=of_plan.times(facts, seen, governance),
        systems=of_plan.systems(started, seen),
        environment=of_plan.place(seen),
        backup=or_gap(backups(facts), "no recovery point was declared"),
        integrity_before_restore=or_gap(whole, "no backup was checked before a restore"),
        completeness=f.Completeness(
            checks=or_gap(whole, "not checked"),
            counts=or_gap(completeness(facts), "not counted"),
            sampling="none: every object, table and row is compared",
        ),
        steps=f.Steps(
            actor="hopsdrill, as the operator would",
            retries="none: an operation is tried once",
            scenarios=or_gap(told[0], "no scenario was planned or begun"),
            outside=told[1],
        ),
        rto=or_gap(recovery_times(facts), "no recovery was timed"),
        rpo=f.PointAccounts(
            accounts=or_gap(recovery_points(facts), "no recovery point was measured"), skew=widest_text(facts)
        ),
        validation=f.Validation(
            proofs=or_gap(checks, "no proof was recorded"),
            security="users, grants, roles, role bindings and secrets are compared; network policies are not",
            reconstitution=known_state(facts),
        ),
        actions=or_gap(actions(facts), "nothing was done to the data on purpose"),
        deviations=_deviations(facts),
        verdict=f.Ruling(
            verdict=or_gap(str(judgement.verdict) if judgement.verdict else None, "the drill was not conducted"),
            rules="docs/reference/verdict.md, generated from the code that judges",
            reasons=or_gap(list(judgement.reasons), "no rule of the table speaks of what was journalled"),
            objectives=or_gap(objectives(facts), "none was measured"),
        ),
        findings=f.Findings(items=wrong, lifecycle=LIFE),
        corrective_actions=or_gap(
            corrections(wrong, shlex.join(started.command) if started else ""),
            "there is no finding, so nothing to mend",
        ),
        trend=Gap(
            gap="a run's report says what its own journal says; trends over all runs are in index.html beside the runs "
            "(`hopsdrill report index`)"
        ),
        controls=NOTHING_YET,
        evidence=or_gap(evidence(folder, facts.entries), "none was captured"),
        integrity=_integrity(facts),
        redaction=_redaction(facts),
        cleanup=_cleanup(facts),
        sign_off=Gap(
            gap="given after this report, as signatures in signoff/ beside it; `hopsdrill report verify` lists them"
        ),
        retention=or_gap(governance.get("retention"), of_plan.ABSENT),
        next_drill=or_gap(governance.get("next_drill_due"), of_plan.ABSENT),
        distribution=f.Distribution(
            recipients=or_gap(governance.get("distribution"), of_plan.ABSENT),
            confidentiality=or_gap(governance.get("confidentiality"), of_plan.ABSENT),
        ),
    )
    return made.model_copy(update={"controls": control_mapping(made, facts, judgement)})


def _deviations(facts: Facts) -> list[Remark]:
    notes = [
        Remark(event=each.seq, topic=each.event.topic, text=each.event.text, evidence=each.event.evidence)
        for each in facts.all(ev.Noted)
        if each.event.topic != "exclusion"
    ]
    broken = [
        Remark(event=each.seq, topic="step", text=f"{each.event.status}: {each.event.error}", evidence=[])
        for each in facts.all(ev.StepFinished)
        if each.event.status is not ev.Status.PASSED
    ]
    return sorted([*notes, *broken], key=lambda each: each.event)


def _integrity(facts: Facts) -> f.Integrity:
    started = next((seen.event for seen in facts.all(ev.RunStarted)), None)
    key, challenge = (started.key, started.challenge) if started else ("", "")
    return f.Integrity(
        entries=len(facts.entries),
        chain="every entry holds the SHA-256 of the one before; the chain was whole when this report was written",
        head=or_gap(facts.entries[-1].hash if facts.entries else None, "the journal is empty"),
        challenge=or_gap(challenge or None, "nobody gave one; `hopsdrill run --challenge` takes it"),
        signature=or_gap(
            f"Ed25519, key {key}: over plan and challenge before the run (intent.dsse.json), over all files after it "
            "(manifest.json, attestation.dsse.json)"
            if key
            else None,
            "no key signed this run",
        ),
        time_stamp=or_gap(_stamped(facts), "no time-stamp service was configured; HOPSDRILL_STAMP_SERVICE names one"),
        check=f"hopsdrill report verify <this folder> --key <public key> holds every file against the signature and computes the verdict again from {NAME}",
    )


def _stamped(facts: Facts) -> str:
    told = [f"{each.event.artefact} at {each.event.at} by {each.event.service}" for each in facts.all(ev.TimeStamped)]
    after = "the attestation is stamped after this report: `hopsdrill report verify --stamp-root` checks both stamps"
    return "; ".join([*told, after]) if told else ""


def _redaction(facts: Facts) -> f.Redaction:
    text = "".join(entry.event.model_dump_json() for entry in facts.entries)
    return f.Redaction(
        rules="every secret that is loaded or generated is registered and masked: as it is, in base64, URL, JSON, shell, HTML and hexadecimal form, wrapped, and cut off (core/redact.py)",
        masked=text.count("[redacted]"),
        leak_scan="every file of the run was scanned for registered secrets when it had ended; one that holds a secret is withheld, and the exit code is 9",
        withheld=[f"{each.event.artefact}: {each.event.what}" for each in facts.all(ev.ArtefactWithheld)],
    )


def _cleanup(facts: Facts) -> f.Cleanup:
    ends = facts.all(ev.CleanupFinished)
    left = [seen.event.resource for seen in facts.unsettled]
    kept = bool(ends) and ends[-1].event.kept_on_purpose
    made = [seen.event.resource for seen in facts.all(ev.ResourceCreated)]
    statement = (
        "nothing was created"
        if not made
        else "everything that was created is gone"
        if not left
        else f"{len(left)} things are still there"
    )
    return f.Cleanup(
        statement=or_gap(
            statement + (", on purpose" if kept and left else "") if ends else None,
            f"no end of a clean-up was journalled; by the ledger, {statement}",
        ),
        created=made,
        removed=[seen.event.resource for seen in facts.all(ev.ResourceRemoved)],
        left=left,
        kept_on_purpose=kept,
        elsewhere_untouched="only the cluster whose UID the lab recorded may be changed; every changing call checks it",
    )
