"""The pages people read, judged by axe-core in a real Chromium at both widths, light and dark."""

import itertools
from datetime import timedelta

import journal_tape as tape
import pytest
import sample_journal as sample
from axe import look

from hopsdrill.core.clock import parse_utc
from hopsdrill.history import findings, history, write_index
from hopsdrill.history.findings import load_register
from hopsdrill.model import events as ev
from hopsdrill.report import write


PASSING = sample.passing()
RUNS = {
    "pass": PASSING,
    "fail": tape.replaced(
        PASSING,
        ev.ProofRecorded,
        {"proof": "rows-match-the-snapshot"},
        status=ev.Status.FAILED,
        differences=["fraud.t1[7] amount: 1.00 -> 2.00"],
    ),
    "invalid": tape.replaced(PASSING, ev.ActionProbed, {"action": "data-directories-were-emptied"}, effective=False),
    "breached": tape.replaced(PASSING, ev.ObjectiveMeasured, {"objective": "rto"}, measured_s=5000.0),
    "unconducted": [
        *PASSING[:1],
        tape.Timed(5, ev.NotConducted(why="interlock", message="the cluster is not ours", hint="use the lab")),
        tape.Timed(6, ev.RunFinished()),
    ],
}
LOOKS = list(itertools.product((400, 1400), (False, True)))
NAMES = [f"{width}-{'dark' if dark else 'light'}" for width, dark in LOOKS]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Runs of every kind, and the index over them."""
    folder = tmp_path_factory.mktemp("reports")
    for name, events in RUNS.items():
        write(tape.write(folder / name, events, sample.EVIDENCE))
    found = history(folder)
    end = parse_utc("2026-11-24T16:00:00.000Z") + timedelta(days=3)
    write_index(folder, found, findings(found, load_register(folder)), end)
    return folder


@pytest.mark.parametrize("how", LOOKS, ids=NAMES)
@pytest.mark.parametrize("page", [*(f"{name}/report.html" for name in RUNS), "index.html"])
def test_axe_finds_no_violation(reports, axe, tmp_path, page, how):
    """None of any impact, with everything unfolded; and the page is no wider than the window."""
    width, dark = how
    found = look(reports / page, axe, tmp_path, width=width, dark=dark)
    assert (found["width"], found["dark"]) == (width, dark)
    assert "color-contrast" in found["passed"]
    assert found["violations"] == []
    assert found["wide"] <= width


FAULTS = {
    "color-contrast": ("--soft:#5b6675", "--soft:#b9c0c9"),
    "html-has-lang": ('<html lang="en">', "<html>"),
    "scrollable-region-focusable": ('tabindex="0" ', ""),
    "empty-table-header": (">Proof</th>", "></th>"),
}


@pytest.mark.parametrize(
    ("rule", "width"),
    [
        ("color-contrast", 400),
        ("color-contrast", 1400),
        ("html-has-lang", 1400),
        ("scrollable-region-focusable", 400),  # at 1400 nothing has to scroll
        ("empty-table-header", 400),
    ],
)
def test_axe_would_find_it(reports, axe, tmp_path, rule, width):
    """A fault that is put into the page is found, so that silence means something."""
    old, new = FAULTS[rule]
    text = (reports / "pass" / "report.html").read_text()
    assert old in text
    (tmp_path / "report.html").write_text(text.replace(old, new))
    found = look(tmp_path / "report.html", axe, tmp_path, width=width, dark=False)
    assert any(each.startswith(f"{rule} ") for each in found["violations"]), found
