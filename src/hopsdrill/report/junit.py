"""junit.xml, for CI servers: one case a scenario with its steps inside; anything but PASS is a failure or an error, never a skip."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from hopsdrill.report.accounts import ScenarioAccount
from hopsdrill.report.gap import Gap, known
from hopsdrill.report.measured import measured_text, met_text, seconds_text
from hopsdrill.report.model import Report


FAILURES = {"FAIL", "BREACHED"}
# what XML 1.0 cannot hold
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """The text of junit.xml."""
    told = known(report.fields.steps.scenarios)
    failures = sum(each.verdict in FAILURES for each in told)
    errors = sum(each.verdict != "PASS" for each in told) - failures + (not told)
    suite = ET.Element(
        "testsuite",
        name=_clean(report.title),
        tests=str(max(1, len(told))),
        failures=str(failures),
        errors=str(errors),
        skipped="0",
    )
    _objectives(suite, report)
    for each in told:
        _case(suite, each, report)
    if not told:
        case = ET.SubElement(suite, "testcase", name=_clean(report.title), classname=report.run_id)
        ET.SubElement(case, "error", message=_clean(report.summary.recovered), type="NOT CONDUCTED")
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _objectives(suite: ET.Element, report: Report) -> None:
    found = report.fields.verdict.objectives
    if isinstance(found, Gap):
        return
    properties = ET.SubElement(suite, "properties")
    for each in found:
        source = each.source.gap if isinstance(each.source, Gap) else each.source
        told = (
            f"{measured_text(each)}; allowed {seconds_text(each.target_s)} ({source}); {met_text(each) or 'not judged'}"
        )
        ET.SubElement(properties, "property", name=f"objective.{each.objective}", value=_clean(told))


def _case(suite: ET.Element, told: ScenarioAccount, report: Report) -> None:
    seconds = 0.0 if isinstance(told.seconds, Gap) else told.seconds
    case = ET.SubElement(
        suite, "testcase", name=_clean(told.name), classname=_clean(told.feature), time=f"{seconds:.3f}"
    )
    if told.verdict != "PASS":
        _outcome(case, told, report)
    ET.SubElement(case, "system-out").text = _clean("\n".join(["", *_steps(told), ""]))


def _steps(told: ScenarioAccount) -> Iterator[str]:
    """Every step with its result and time, what went wrong below it, and those that did not run."""
    for step in told.steps:
        yield f"{step.status or 'unknown':8} {step.keyword} {step.text} ({seconds_text(step.seconds)})"
        yield from (f"{'':8}   {line}" for line in step.error.splitlines())
    yield from (f"{'not run':8} {each}" for each in told.not_run)


def _outcome(case: ET.Element, told: ScenarioAccount, report: Report) -> None:
    reasons = [reason.text for reason in known(report.fields.verdict.reasons) if reason.scenario == told.scenario]
    kind = "failure" if told.verdict in FAILURES else "error"
    text = _clean("\n".join(reasons) or f"{told.verdict}: it did not run")
    ET.SubElement(case, kind, message=text.splitlines()[0][:300], type=told.verdict).text = text


def _clean(text: str) -> str:
    return FORBIDDEN.sub("�", text)
