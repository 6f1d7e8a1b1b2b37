"""Object-version rollback as a declared manual step of a drill."""

import pytest
from on_lab import DRILLS, hopsdrill, run_folder

from hopsdrill.journal import read
from hopsdrill.model import events as ev


@pytest.mark.nightly
def test_damaged_blocks_are_rolled_back_by_a_step_that_the_report_names(tmp_path):
    """PASS: every file is as the backup holds it, and the report says by which command of an operator."""
    ended = hopsdrill("run", DRILLS / "rolled_back.yaml", "--json", "--reports", tmp_path)
    assert (ended.code, ended.told["verdict"]) == (0, "PASS"), ended.err[-3000:]
    folder = run_folder(tmp_path)
    (step,) = [
        each.event for each in read(folder) if isinstance(each.event, ev.Noted) and each.event.topic == "manual-step"
    ]
    assert "hopsdrill rollback hopsworks --prefix hopsfs-blocks-set-" in step.text
    assert "hopsdrill rollback hopsworks" in (folder / "report.md").read_text()
