"""The judgements of OpenSearch's programs, without an OpenSearch."""

import json

import pytest
from standin.olk import api, backup, repos, restore, snapshots
from standin.say import StandinError


HOUR = 3_600_000


def snapshot(name, state="SUCCESS", failed=0, start=0, indices=("projects",)):
    """A snapshot as the API gives it."""
    return {
        "snapshot": name,
        "state": state,
        "start_time": "2026-11-25T00:00:00.000Z",
        "start_time_in_millis": start,
        "indices": list(indices),
        "shards": {"total": 2, "successful": 2 - failed, "failed": failed},
        "failures": [{"index": "projects", "shard_id": 1, "reason": "disk"}] if failed else [],
    }


def test_an_unknown_snapshot_is_refused_with_the_known_ones():
    """The error names the store, the ID, what there is, and where to give another ID."""
    with pytest.raises(StandinError, match=r"opensearch: there is no snapshot 3 .*known: 1, 2.*snapshot_name") as error:
        snapshots.choose("default", "3", [snapshot("1"), snapshot("2"), snapshot("9", "FAILED")])
    assert "Nothing was touched" in str(error.value)


@pytest.mark.parametrize("bad", [snapshot("3", "PARTIAL"), snapshot("3", failed=1)])
def test_a_snapshot_that_is_not_whole_is_refused(bad):
    """Neither by its state nor by its shards."""
    with pytest.raises(StandinError, match="not whole"):
        snapshots.choose("default", "3", [bad])


def test_a_backup_that_is_not_whole_names_index_and_shard():
    """A snapshot's state alone is not proof."""
    backup.whole_or_fail(snapshot("1"))
    with pytest.raises(StandinError, match="projects shard 1: disk"):
        backup.whole_or_fail(snapshot("1", failed=1))


def test_only_own_backups_past_their_time_expire():
    """This run's own and snapshots with other names stay."""
    found = [
        snapshot("1", start=0),
        snapshot("2", start=50 * HOUR),
        snapshot("by-hand", start=0),
        snapshot("9", start=0),
    ]
    assert backup.expired(found, "9", "48h", 60 * HOUR) == ["1"]
    assert backup.expired(found, "9", "2d", 99 * HOUR) == ["1", "2"]


def test_a_repository_is_read_only_whatever_its_settings_say():
    """The restore side never writes."""
    body = repos.body({"bucket": "b", "base_path": "p", "readonly": "false"}, readonly=True)
    assert body["settings"]["readonly"] == "true"
    assert body["settings"]["server_side_encryption_type"] == "bucket_default"


def test_a_payload_that_selects_nothing_is_refused_before_anything_is_touched():
    """The error lists what the snapshot has."""
    chosen = snapshot("1", indices=["projects", "featurestore"])
    assert restore.targets(chosen, {"indices": "-projects"}) == {"featurestore": "featurestore"}
    for wanted in ("nosuch", "none*"):
        with pytest.raises(StandinError, match="it has featurestore, projects"):
            restore.targets(chosen, {"indices": wanted})
    assert restore.targets(chosen, {"indices": "nosuch,projects", "ignore_unavailable": True}) == {
        "projects": "projects"
    }


def test_on_an_install_a_foreign_index_stops_the_restore_and_an_earlier_attempts_does_not(monkeypatch):
    """Only what this very snapshot brought may be deleted outside an in-place restore."""
    deleted = []
    monkeypatch.delenv("IN_PLACE", raising=False)
    monkeypatch.setattr(restore.indices, "existing", lambda: ["projects", "other"])
    monkeypatch.setattr(restore.indices, "delete", deleted.extend)
    monkeypatch.setattr(restore.indices, "came_from", lambda name, _: name == "projects")
    restore.clear("1", ["projects", "featurestore"], {"indices": "*"})
    assert deleted == ["projects"]
    with pytest.raises(StandinError, match="other exist already"):
        restore.clear("1", ["other"], {"indices": "*"})
    assert deleted == ["projects"]


def test_a_refusal_is_told_with_all_its_causes():
    """Outermost first."""
    body = {"error": {"type": "a", "reason": "b", "caused_by": {"type": "c", "reason": "d"}}}
    assert api.reason(json.dumps(body).encode()) == "a: b <- c: d"
    assert api.reason(b"<html>") == "<html>"
    assert api.reason(b'{"error": "plain"}') == "plain"
