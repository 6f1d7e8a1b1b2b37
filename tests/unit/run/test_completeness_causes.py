"""Why something is missing, as far as the world tells."""

from types import SimpleNamespace

import pytest

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.run.completeness.causes import EXCLUDED_LABEL, Causes


PROFILE = load_named_profile("hopsworks-standin")


def backup(name, spaces, **status):
    """A Velero Backup."""
    return {
        "metadata": {"name": name},
        "spec": {"includedNamespaces": spaces},
        "status": {"phase": "Completed", **status},
    }


def causes(*, labels=(), status=None, restores=None, keys=(), versions=True, held=(), there=()):  # noqa: PLR0913 - what the world shows
    """With what the world shows: an object's labels, how Velero ended, what lies in the bucket, which shards serve."""
    store = SimpleNamespace(
        entries=lambda prefix: [SimpleNamespace(key=prefix + key, size=1) for key in keys],
        holds=lambda _: versions,
    )
    kube = SimpleNamespace(get=lambda *_: {"metadata": {"labels": dict.fromkeys(labels, "true")}})
    taken = SimpleNamespace(id="1")
    recovered = SimpleNamespace(
        backup=SimpleNamespace(
            main=backup("main-1", ["hopsworks"]),
            users=backup("users-1", ["fraud"], **(status or {})),
            rondb=taken,
            recorded={"rondb": taken, "registry": taken},
        ),
        restored=SimpleNamespace(velero=restores or {}),
    )
    counts = SimpleNamespace(shards_held=lambda: dict.fromkeys(held, 1), shards_there=lambda: dict.fromkeys(there, 1))
    return Causes(SimpleNamespace(profile=PROFILE, store=store, kube=kube), recovered, counts)


WHOLE = ["users.sql", "databases.sql"] + [
    f"rondb/{node}/BACKUP-1-PART-{part}-OF-2/{name}"
    for node in (1, 2)
    for part in (1, 2)
    for name in ("a.ctl", "b.data")
]


@pytest.mark.parametrize(
    ("world", "store", "stage", "title", "said"),
    [
        (
            {},
            "kubernetes",
            "backup",
            "Secret young/keys",
            "never selected: no backup of the set includes the namespace young",
        ),
        ({"labels": [EXCLUDED_LABEL]}, "kubernetes", "backup", "Secret fraud/keys", "skipped by Velero: it carries"),
        ({"status": {"warnings": 1}}, "kubernetes", "backup", "Secret fraud/keys", "skipped by Velero: users-1 ended"),
        ({}, "kubernetes", "backup", "Secret fraud/keys", ""),
        (
            {"restores": {"r-1": {"status": {"phase": "PartiallyFailed"}}}},
            "kubernetes",
            "restore",
            "Secret fraud/keys",
            "skipped by Velero: r-1 ended",
        ),
        ({"restores": {"r-1": {"status": {"phase": "Completed"}}}}, "kubernetes", "restore", "Secret fraud/keys", ""),
        ({"keys": WHOLE[:-1]}, "rondb", "restore", "d.t", "failed part: node 2: part 2 of 2 has no .data file"),
        ({"keys": WHOLE}, "rondb", "restore", "d.t", ""),
        ({"keys": []}, "rondb", "restore", "d.t", "pruned: nothing but older versions lies under rondb_backup/1/"),
        ({"keys": []}, "registry", "backup", "image a:1", "pruned"),
        ({"keys": [], "versions": False}, "registry", "backup", "image a:1", ""),
        (
            {"held": ["a/0", "a/1", "ab/0"], "there": ["a/0"]},
            "opensearch",
            "restore",
            "a",
            "failed shard: a/1 does not serve",
        ),
        (
            {"held": ["a/0", "a/1"], "there": ["a/0"]},
            "opensearch",
            "restore",
            "a/1",
            "failed shard: a/1 does not serve",
        ),
        ({"held": ["a/0"], "there": ["a/0"]}, "opensearch", "restore", "a", ""),
        ({}, "hopsfs", "restore", "file /a", ""),
    ],
)
def test_a_cause_is_found_or_none_is_said(world, store, stage, title, said):
    """By the backup's selection, by Velero's end, by what lies in the bucket, by the shards that serve."""
    found = causes(**world).of(store, stage, title)
    assert found.startswith(said), found
    assert bool(found) == bool(said)
