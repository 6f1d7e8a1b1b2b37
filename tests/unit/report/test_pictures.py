"""The pictures of the report: where their marks stand follows from what was measured."""

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.report import build
from hopsdrill.report.gap import known
from hopsdrill.report.pictures import EDGE, window
from hopsdrill.report.render import html


def seen(tmp_path, events):
    """The page of a run, and the window of its first recovery point."""
    folder = tape.write(tmp_path / "run", events, sample.EVIDENCE)
    entries = read(folder)
    report = build(folder, entries)
    return html(report, entries), window(report.fields, known(report.fields.rpo.accounts)[0])


def test_the_window_shows_what_every_store_of_the_backup_lost(tmp_path):
    """On one scale that ends at the disaster; the broker is in no backup and has no bar."""
    page, found = seen(tmp_path, sample.passing())
    rondb, opensearch = found.stores
    assert (rondb.name, opensearch.name) == ("rondb", "opensearch")
    assert [one.lost.left + one.lost.width for one in found.stores] == pytest.approx([100 - EDGE] * 2)
    assert rondb.lost.width / opensearch.lost.width == pytest.approx(20.52 / 22.02, rel=0.001)
    assert rondb.error[0] < rondb.lost.left < rondb.error[1]
    assert all(f"<title>lost of {one.name}</title>" in page for one in found.stores)


def test_a_store_that_lost_more_than_the_backup_s_age_widens_the_window(tmp_path):
    """Nothing is drawn outside of the picture."""
    far = tape.replaced(sample.passing(), ev.CanariesAccounted, {"store": "opensearch"}, rpo_s=90_000.0)
    _, found = seen(tmp_path, far)
    places = [mark.left for mark in found.marks] + [end for one in found.stores for end in one.error]
    assert all(EDGE <= place <= 100 - EDGE for place in places)
    assert found.stores[1].lost.left == pytest.approx(EDGE, abs=0.01)


def test_a_store_of_which_no_canary_came_back_has_no_bar(tmp_path):
    """Its recovery point is not known, which the table says."""
    lost = tape.replaced(sample.passing(), ev.CanariesAccounted, {"store": "rondb"}, rpo_s=None, error_s=None)
    _, found = seen(tmp_path, lost)
    assert [one.name for one in found.stores] == ["opensearch"]
