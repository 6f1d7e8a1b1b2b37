"""The published mapping of controls: ``python -m hopsdrill.report.doc > docs/reference/controls.md``."""

import sys
from collections.abc import Iterator

from hopsdrill.model.control import Need, Standard
from hopsdrill.report.controls import load
from hopsdrill.report.evidenced import READING


HEAD = f"""\
# Controls

Generated from `src/hopsdrill/report/controls.yaml` (`python -m hopsdrill.report.doc`); a test fails when this page is out of date.

What standards ask of backups and of recovery tests, in own words, and which evidence of a drill speaks to it. The standards themselves are what counts.
Every report has a section “Controls” that holds this table against its run. {READING}

A piece of evidence is there in a run when

* **proofs**: one of them was recorded, and every one of them that was planned or recorded passed, in scenarios that are PASS or BREACHED;
* **actions**: the same, each with its effect seen;
* **objectives**: each was measured and met, wherever it was measured;
* **fields** of the report: none is a gap. What people wrote into the plan is never enough alone.

Nothing counts in a run that as a whole is FAIL, INVALID, ABORTED or UNKNOWN (not finished, interlock ignored, hopsdrill itself failed), or that was not conducted.
Evidence that rests on a stand-in is marked so in the report.
"""
LABELS = {
    "proofs": "one of the proofs",
    "actions": "one of the actions",
    "objectives": "objectives",
    "fields": "fields",
}


def page() -> str:
    """The whole page, as Markdown."""
    known = load()
    lines = [HEAD, "## Evidence\n", "| name | what it shows | made of | statements |", "|---|---|---|---|"]
    lines += [_need(name, need) for name, need in known.needs.items()]
    return "\n".join([*lines, "", *(line for each in known.standards for line in _standard(each))])


def _need(name: str, need: Need) -> str:
    made = "; ".join(
        f"{label}: {', '.join(f'`{each}`' for each in getattr(need, kind))}"
        for kind, label in LABELS.items()
        if getattr(need, kind)
    )
    return f"| {name} | {need.text} | {made} | {', '.join(need.statements)} |"


def _standard(standard: Standard) -> Iterator[str]:
    yield f"## {standard.title}\n"
    yield "| control | it asks to | evidence | remains to be shown |\n|---|---|---|---|"
    yield from (f"| {one.id} | {one.asks} | {', '.join(one.needs)} | {one.remains} |" for one in standard.controls)
    yield "\nNo drill speaks to:\n\n| control | it asks to | why not |\n|---|---|---|"
    yield from (f"| {one.id} | {one.asks} | {one.because} |" for one in standard.not_covered)
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
