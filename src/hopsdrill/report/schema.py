"""The published schema of ``report.json``: ``hopsdrill schema report > docs/reference/report-schema.json``."""

from typing import Any

from hopsdrill.report.fields import Fields
from hopsdrill.report.model import SCHEMA, Report


# What each field holds, as auditors ask for it; the order of ``Fields`` is their number.
ABOUT = {
    "identity": "which report and which drill this is: IDs, digest of the plan, commit, version of this schema",
    "purpose": "what was to be proven, and the criteria of each scenario, journalled before it ran",
    "type": "kind of exercise; which parts were real, which were played by others, which had another version",
    "scope": "what was drilled, and what was left out, with the reason",
    "scenario": "the mishap, its severity and plausibility, and the business impact analysis it comes from",
    "roles": "who owned, led, operated, watched and approved; how they are independent; the machine that ran it",
    "authorisation": "who allowed it, under which ticket, in which window; the gates before harm",
    "times": "planned, begun, ended; by which clocks, with which offset",
    "systems": "versions of everything that took part",
    "environment": "the cluster, and how it is kept apart from the source",
    "backup": "the backup under test: IDs by store, moment, age, size, location, encryption, immutability, time left",
    "integrity_before_restore": "checks of the backup before anything was restored from it",
    "completeness": "expected against found, and how samples were drawn",
    "steps": "every step with its operations (secrets masked), times, results and evidence",
    "rto": "recovery time: rule of its clock, phases, total with its error, target, margin",
    "rpo": "recovery point: measured, worst case by schedule, skew between stores, writes lost and kept",
    "validation": "proofs of data, function and security, and whether a known state was reached",
    "actions": "what was done on purpose, and the probe that it took effect",
    "deviations": "deviations, manual steps, diagnoses, and steps that did not pass; an empty list says there were none",
    "verdict": "the verdict, the published rules, and the chain of reasons down to journal entries",
    "findings": "what is wrong, under an ID that stays the same from run to run; an empty list says there is none",
    "corrective_actions": "what is to be mended, and the retest that closes it",
    "trend": "comparison with earlier runs; a run's own report never has it",
    "controls": "duties of standards: which this run gave evidence for, which no drill speaks to",
    "evidence": "captured artefacts: name, media type, size, SHA-256, state, and the entries that cite them",
    "integrity": "hash chain, signature, challenge, time stamp, and the command that checks them offline",
    "redaction": "how secrets are kept out, and how many values were masked",
    "cleanup": "what was created, removed and left; what kept the rest untouched",
    "sign_off": "given after the report, beside it",
    "retention": "how long, where and under which rule the report is kept",
    "next_drill": "when the next drill is due",
    "distribution": "who gets the report, and how confidential it is",
}


def schema() -> dict[str, Any]:
    """The JSON schema of ``report.json``, each of the 32 fields with its number and what it holds."""
    made = Report.model_json_schema(mode="serialization")
    properties = made["$defs"]["Fields"]["properties"]
    for number, name in enumerate(Fields.model_fields, 1):
        properties[name] = {"allOf": [properties[name]], "title": f"Field {number}", "description": ABOUT[name]}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{SCHEMA.replace('/', ':')}"}
    return head | made
