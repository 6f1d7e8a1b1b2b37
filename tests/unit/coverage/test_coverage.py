"""Statements against feature files and against runs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.cli.main import _run
from hopsdrill.coverage import covered, page, proven
from hopsdrill.coverage.static import Covered, Row, packaged
from hopsdrill.history import history
from hopsdrill.model import events as ev
from hopsdrill.model.statement import Statements
from hopsdrill.plan.statements import statements
from hopsdrill.plugin.compat import scenario_tags
from hopsdrill.plugin.lint import OTHER_TAGS


PAGE = Path(__file__).parents[3] / "docs" / "traceability.md"
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_the_published_page_is_current():
    """Write it anew when this fails: hopsdrill coverage --write docs/traceability.md."""
    assert PAGE.read_text() == page(covered())


def test_there_are_forty_five_statements():
    """In order, each with its reason for its grade."""
    assert list(statements()) == [f"HDR-{number:02d}" for number in range(1, 46)]
    assert all(each.because for each in statements().values())


def test_statements_out_of_order_or_twice_are_refused():
    """The list is what coverage rests on."""
    rows = [each.model_dump() for each in statements().values()]
    with pytest.raises(ValueError, match="not in order"):
        Statements.model_validate({"statements": [*rows, rows[0]]})


def feature(folder, name, *scenarios):
    """A feature file of scenarios given as tags and name."""
    text = "Feature: made up\n" + "".join(
        f"\n  {tags}\n  Scenario: {title}\n    Then it is\n" for tags, title in scenarios
    )
    (folder / name).write_text(text)
    return folder / name


def lacking(*features):
    """What each statement lacks."""
    return {row.statement.id: row.lacks for row in covered(list(features))}


def test_a_statement_needs_its_negative_too(tmp_path):
    """And its positive; where none is asked for, one scenario is enough."""
    both = feature(tmp_path, "both.feature", ("@HDR-39", "passes"), ("@HDR-39 @negative", "is refused"))
    one = feature(tmp_path, "one.feature", ("@HDR-38 @HDR-40", "passes"), ("@HDR-41 @HDR-20 @negative", "is refused"))
    found = lacking(both, one)
    assert (found["HDR-39"], found["HDR-38"], found["HDR-40"]) == ("", "", "no scenario with @negative")
    assert (found["HDR-41"], found["HDR-20"], found["HDR-01"]) == (
        "",
        "no scenario beside its @negative",
        "no scenario",
    )


@pytest.mark.parametrize("path", packaged(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_deleting_a_feature_names_the_statements_it_alone_proves(path):
    """What lacked nothing with the file and lacks something without it is exactly what carries its tags alone."""
    before, after = lacking(*packaged()), lacking(*(each for each in packaged() if each != path))
    lost = {name for name, text in after.items() if text and not before[name]}
    own = f"{path.parent.name}/{path.name}"
    rows = {row.statement.id: row for row in covered()}
    alone = {
        name
        for name, row in rows.items()
        if not row.lacks and Row(row.statement, [each for each in row.scenarios if each.feature != own]).lacks
    }
    assert lost == alone


def test_the_command_names_what_is_lost(tmp_path, capsys):
    """A plan with one feature covers what that feature covers; exit code 1, and the page still tells all."""
    code = _run(["coverage", "smoke", "--json", "--write", str(tmp_path / "page.md")])
    told = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
    assert (code, told["HDR-20"]["lacks"]) == (1, "no scenario")
    assert [each["name"] for each in told["HDR-45"]["scenarios"]]
    assert "| HDR-20 |" in (tmp_path / "page.md").read_text()


def row_of(*scenarios):
    """A statement with the sample journal's scenarios."""
    return Row(statements()["HDR-34"], [Covered(sample.FEATURE, name, 3, negative) for name, negative in scenarios])


@pytest.fixture
def runs(tmp_path):
    """A reports folder: a failed run, then a passing one."""
    failed = tape.replaced(
        sample.passing(), ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, status=ev.Status.FAILED
    )
    tape.write(tmp_path / "1", failed, sample.EVIDENCE)
    tape.write(tmp_path / "2", [tape.Timed(ms + 1000, event) for ms, event in sample.passing()], sample.EVIDENCE)
    return tmp_path


MAIN, REFUSED = (name.partition("::")[2] for name in (sample.MAIN, sample.REFUSED))


def test_the_latest_run_counts(runs):
    """A later PASS proves what an earlier FAIL did not; the other way round it does not."""
    row, found = row_of((MAIN, False), (REFUSED, True)), history(runs).runs
    (now_good,), (now_bad,) = proven([row], found), proven([row], list(reversed(found)))
    assert now_good.lacks(NOW) == ""
    assert now_bad.lacks(NOW).startswith("FAIL in 1:")
    assert now_good.lacks(NOW, timedelta(days=1)).endswith("too long ago")


def test_what_was_never_run_is_not_proved(runs):
    """Each row of an outline counts as its scenario; one without a run does not."""
    outline = MAIN.replace("weekly", "<which>")
    (found,) = proven([row_of((outline, False), (REFUSED, True))], history(runs).runs)
    assert (found.lacks(NOW), len(found.results)) == ("", 2)
    (found,) = proven([row_of((MAIN, False), ("Something else", True))], history(runs).runs)
    assert found.lacks(NOW) == "never run: Something else"


def test_a_journal_that_was_changed_proves_nothing(runs, capsys):
    """It is named, and what it would have proved is lacking."""
    path = runs / "2" / "journal.ndjson"
    path.write_text(path.read_text().replace('"seq":2', '"seq":3'))
    assert _run(["coverage", "--runs", str(runs), "--json"]) == 1
    assert "2 does not count" in capsys.readouterr().err


def test_every_tag_of_a_packaged_feature_is_known():
    """A typing error in a tag would leave its statement without a scenario."""
    tags = {tag for path in packaged() for _, _, own in scenario_tags(path) for tag in own}
    assert tags - OTHER_TAGS <= set(statements())
    assert tags > OTHER_TAGS
