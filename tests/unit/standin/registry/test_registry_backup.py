"""What a backup of the registry refuses, without a registry."""

import json

import pytest
from standin import kube
from standin.registry import api, backup
from standin.say import StandinError


@pytest.fixture
def recorded(monkeypatch):
    """The entries of the record, ``{ID: start}``, and how many tags each one's index has."""
    entries, tags = {}, {}
    monkeypatch.setenv("METADATA_APP", "backups-metadata")
    monkeypatch.setenv("BUCKET", "b")
    monkeypatch.setenv("PATH_PREFIX", "registry_backup")
    data = lambda: {each: json.dumps({"start_time": start}) for each, start in entries.items()}  # noqa: E731
    monkeypatch.setattr(
        kube, "items", lambda *_: [{"metadata": {"name": "m"}, "data": data()}, {"metadata": {"name": "n"}}]
    )
    monkeypatch.setattr(
        backup.bucket, "rclone", lambda _, path: json.dumps({"images": [{}] * tags[path.split("/")[-2]]})
    )
    return entries, tags


def test_an_empty_registry_is_not_backed_up_over_one_that_had_images(recorded):
    """The newest by its start is what counts: IDs do not sort by time."""
    recorded[0].update({"2700": "2026-01-01", "265301": "2026-12-31"})
    recorded[1].update({"2700": 0, "265301": 3})
    with pytest.raises(StandinError, match=r"no tags.*265301.*3 tags"):
        backup.refuse_empty([])


def test_an_empty_registry_is_backed_up_where_none_had_images(recorded):
    """Neither a first backup nor one after an empty one is refused, nor one with tags."""
    backup.refuse_empty([])
    recorded[0]["1"] = "2026-01-01"
    recorded[1]["1"] = 0
    backup.refuse_empty([])
    recorded[1]["1"] = 5
    backup.refuse_empty([{"tag": "1"}])


def test_nothing_is_begun_while_a_restore_keeps_backups_away(monkeypatch):
    """The fence comes before the ID."""
    asked = []
    monkeypatch.setenv("WAIT_SECONDS", "1")
    monkeypatch.setattr(backup.fence, "closed", lambda store: asked.append(store) or True)
    backup.create_backup()
    assert asked == ["registry"]


@pytest.mark.parametrize(
    ("listed", "digests", "found"),
    [
        ([["1", "2"], ["1"]], {"1": ["d1"], "2": [None]}, [("a", "1", "d1")]),
        ([["1"], ["1"]], {"1": [None, "d2"]}, [("a", "1", "d2")]),
        ([["1", "2"], ["1", "2"]], {"1": ["d1"], "2": [None, None]}, None),
    ],
    ids=["removed meanwhile", "pushed again", "broken"],
)
def test_a_tag_without_a_manifest_is_left_out_only_when_it_is_gone(monkeypatch, listed, digests, found):
    """One that is still listed is damage, and named."""
    monkeypatch.setattr(api, "pages", lambda path, _: ["a"] if path == "/v2/_catalog" else listed.pop(0))
    monkeypatch.setattr(api, "digest", lambda _, tag: digests[tag].pop(0))
    if found is not None:
        assert api.everything() == found
        return
    with pytest.raises(StandinError, match="a:2"):
        api.everything()
