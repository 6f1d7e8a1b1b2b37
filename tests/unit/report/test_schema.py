"""The published schema of report.json, and that what is not known is a gap in it: never absent, never silently empty."""

import json
from pathlib import Path

import journal_tape as tape
import pytest
import sample_journal as sample
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hopsdrill.cli.main import _run
from hopsdrill.model import events as ev
from hopsdrill.report import Report, build, schema
from hopsdrill.report.fields import Fields
from hopsdrill.report.gap import gaps
from hopsdrill.report.schema import ABOUT
from hopsdrill.report.write import forms


PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "report-schema.json"
VALIDATOR = Draft202012Validator(schema())
RUN = sample.passing()
NOWHERE = Path("/nonexistent")


def report_of(events):
    """The report of a journal with no evidence beside it."""
    return build(NOWHERE, tape.seal_all(events))


def told(report):
    """report.json as another program reads it."""
    return json.loads(report.to_json())


def holes(value, path=""):
    """Everything in a report that is neither said nor a gap: null or an empty text, where one of the 32 fields says something."""
    if isinstance(value, dict) and set(value) != {"gap"}:
        return [hole for name, each in value.items() for hole in holes(each, f"{path}.{name}")]
    return [path] if value in (None, "") else []


def test_the_published_schema_is_current(capsys):
    """Run ``hopsdrill schema report > docs/reference/report-schema.json`` when this fails."""
    assert _run(["schema", "report"]) == 0
    assert PUBLISHED.read_text() == capsys.readouterr().out


def test_the_schema_is_one_and_names_its_version():
    """Also to a validator that is none of ours; and it demands every field it knows, with its number."""
    Draft202012Validator.check_schema(schema())
    assert schema()["$id"] == "urn:hopsdrill.report:v1"
    assert schema()["properties"]["schema_version"]["const"] == "hopsdrill.report/v1"
    fields = schema()["$defs"]["Fields"]
    assert fields["required"] == list(Fields.model_fields) == list(ABOUT)
    assert [each["title"] for each in fields["properties"].values()] == [f"Field {n}" for n in range(1, 33)]


def test_what_was_not_covered_and_what_stood_in_come_before_any_answer():
    """In report.json as on the page."""
    names = list(Report.model_fields)
    assert names.index("not_covered") < names.index("stand_ins") < names.index("summary") < names.index("fields")
    page = forms(report_of(RUN), tape.seal_all(RUN))["report.html"]
    assert page.index("Not covered") < page.index("Stood in for another") < page.index("Could we recover?")


@pytest.mark.parametrize("number", range(len(RUN)), ids=[f"{n}-{each.event.type}" for n, each in enumerate(RUN)])
def test_without_any_one_event_the_report_is_whole(number):
    """It validates, has all 32 fields, and leaves no hole."""
    report = told(report_of(RUN[:number] + RUN[number + 1 :]))
    assert list(VALIDATOR.iter_errors(report)) == []
    assert holes(report["fields"]) == []


FED = {
    ev.RunStarted: {"identity.drill", "identity.plan_digest", "purpose.hypothesis", "times.started", "systems.tool"},
    ev.EnvironmentSeen: {"type.real", "type.simulated", "type.substitutions", "systems.components", "environment.cluster"},
    ev.InterlockChecked: {"authorisation.interlocks"},
    ev.ScenarioPlanned: {"purpose.criteria", "scope.scenarios"},
    ev.ScenarioStarted: {"steps.scenarios.seconds"},
    ev.ScenarioFinished: {"steps.scenarios.seconds"},
    ev.StepFinished: {"steps.scenarios.steps.seconds"},
    ev.OperationFinished: {"steps.scenarios.steps.operations.seconds"},
    ev.ActionProbed: {"actions"},
    ev.ProofRecorded: {"integrity_before_restore", "completeness.checks", "validation.proofs", "validation.reconstitution"},
    ev.ObjectiveMeasured: {
        "rto.total", "rpo.accounts.measured", "rpo.accounts.worst_case", "rpo.accounts.skew", "rpo.skew"
    },
    ev.PhaseMeasured: {"rto.phases"},
    ev.RecoveryPoint: {"backup"},
    ev.LossAccounted: {"rpo.accounts.loss"},
    ev.CanariesAccounted: {"rpo.accounts.stores"},
    ev.SkewMeasured: {"rpo.accounts.skews"},
    ev.ClocksMeasured: {"rpo.accounts.clocks"},
    ev.CompletenessCounted: {"completeness.counts"},
    ev.DisasterDeclared: {"rto.disaster", "rto.start_rule", "rto.started", "backup.age_s", "validation.reconstitution"},
    ev.CleanupFinished: {"cleanup.statement"},
    ev.RunFinished: {"times.ended"},
}  # fmt: skip
# What these leave out is seen elsewhere: a step or an operation that was never journalled cannot be missed by name.
COUNTED = {ev.StepStarted, ev.OperationStarted, ev.ResourceCreated, ev.ResourceRemoved, ev.Noted}


@pytest.mark.parametrize("kind", FED, ids=lambda kind: kind.__name__)
def test_without_a_kind_of_event_what_it_feeds_is_a_gap_with_a_reason(kind):
    """And none of it was one before."""
    before = {path for path, _ in gaps(report_of(RUN).fields)}
    after = dict(gaps(report_of(tape.without(RUN, kind)).fields))
    assert FED[kind] & before == set()
    assert FED[kind] <= set(after)
    assert all(after[path] for path in FED[kind])


def test_every_kind_of_event_of_a_run_is_looked_at():
    """A new kind of event has to say which fields it feeds."""
    assert {type(each.event) for each in RUN} <= {*FED, *COUNTED}


def test_nobody_can_say_what_stood_in_where_the_environment_was_not_recorded():
    """An empty list would say that nothing did."""
    report = report_of(tape.without(RUN, ev.EnvironmentSeen))
    assert "nobody can say" in report.stand_ins.gap
    assert "nobody can say" in report.substitutions.gap
    assert "was not journalled" in report_of(tape.without(RUN, ev.RunStarted)).not_covered.gap


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, len(RUN) - 1), unique=True, max_size=len(RUN)))
def test_without_any_events_the_report_is_whole(dropped):
    """Whatever is missing together, down to an empty journal; and it can be written in every form."""
    events = [each for number, each in enumerate(RUN) if number not in dropped]
    report = report_of(events)
    assert list(VALIDATOR.iter_errors(told(report))) == []
    assert holes(told(report)["fields"]) == []
    assert all(forms(report, tape.seal_all(events)).values())


def test_the_validator_would_find_it():
    """A field left out, one too many, a gap without its reason: each is an error."""
    for spoil in (
        lambda fields: fields.pop("distribution"),
        lambda fields: fields.update(mood="good"),
        lambda fields: fields.update(retention={"gap": None}),
        lambda fields: fields.update(next_drill=None),
    ):
        report = told(report_of(RUN))
        spoil(report["fields"])
        assert list(VALIDATOR.iter_errors(report)) != []
