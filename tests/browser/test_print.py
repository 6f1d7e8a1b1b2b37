"""What is printed: nothing cut off at A4, and a real PDF."""

import re

import journal_tape as tape
import pytest
import sample_journal as sample
import signed_run
from axe import look

from hopsdrill.integrity import VerifyStatus, verify
from hopsdrill.model import events as ev
from hopsdrill.report import write
from hopsdrill.report.pdf import pdf


A4 = 688  # CSS pixels between the margins of 14 mm
LONG = "x" * 5000
PASSING = sample.passing()
RUNS = {
    "pass": PASSING,
    "long words": tape.replaced(
        PASSING, ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, observed=LONG, expected=LONG
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_no_table_is_cut(axe, tmp_path, name):
    """With the rules for print in force, nothing is wider than the paper."""
    folder = tape.write(tmp_path / "run", RUNS[name], sample.EVIDENCE)
    write(folder)
    text = (folder / "report.html").read_text()
    assert text.count("@media print") == 1
    (tmp_path / "report.html").write_text(text.replace("@media print", "@media all"))
    found = look(tmp_path / "report.html", axe, tmp_path, width=A4, dark=False)
    assert (found["width"], found["wide"]) == (A4, A4)


def test_a_pdf_lies_beside_a_signed_run_which_stays_intact(tmp_path):
    """Several pages, and the run's folder is as it was signed."""
    folder = tmp_path / "a-run"
    signed_run.make(folder)
    made = pdf(folder)
    assert made == tmp_path / "a-run.pdf"
    assert made.read_bytes().startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", made.read_bytes())) > 5
    assert verify(folder, [signed_run.known("runner")]).status is VerifyStatus.INTACT
