"""A backup set on the real lab, sealed by one run: checked, tampered with in every way, and restored by another run."""

import json
import shutil
from contextlib import contextmanager

import pytest
import yaml
from on_lab import DRILLS, hopsdrill, run_folder
from standing import DATA, standing

from hopsdrill.core.paths import data_dir
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.proof.seal import Item, Thing, Unknown, opened
from hopsdrill.signing import KeyStore
from hopsdrill.workload.dataset import feature_groups
from hopsdrill.workload.drift import drift


pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A platform with a backup set, which another run has taken."""
    with standing(tmp_path_factory.mktemp("standing")) as found:
        yield found


@pytest.fixture(scope="module")
def set_id(source):
    """The set's ID."""
    return source.backup.rondb.id


@pytest.fixture(scope="module")
def seal(source, set_id, tmp_path_factory):
    """Its seal, as the command line writes it."""
    path = tmp_path_factory.mktemp("seal") / "set.seal"
    ended = hopsdrill("backups", "seal", set_id, "--out", path, "--json")
    assert ended.code == 0, ended.err
    del source
    return path


@pytest.fixture(scope="module")
def items(seal):
    """Its objects, by store."""
    found = {}
    for each in opened(seal, KeyStore().own()).each(Item):
        found.setdefault(each.part, []).append(each)
    return found


def check(set_id, seal, *words, **more):
    """The command."""
    return hopsdrill("backups", "check", set_id, "--seal", seal, "--json", *words, **more)


def test_a_seal_names_every_store_and_what_its_fingerprints_know(seal, items):
    """Objects of all stores, and fingerprints of every store at the recovery point: nothing was written since."""
    known = opened(seal, KeyStore().own())
    assert set(items) == {"rondb", "opensearch", "registry", "hopsfs", "kubernetes", "kubernetes (projects)"}
    assert {each.store for each in known.each(Thing)} == {"rondb", "opensearch", "registry", "hopsfs", "kubernetes"}
    assert [f"{each.store} {each.title}: {each.why}" for each in known.each(Unknown)] == []
    assert all(len(each.sha256) == 64 and each.version not in {"", "null"} for part in items.values() for each in part)


@pytest.mark.parametrize("words", [[], ["--full"], ["--quick"]])
def test_what_was_not_touched_is_intact(set_id, seal, words):
    """Read whole, or by size and version; it is said which."""
    ended = check(set_id, seal, *words)
    assert (ended.code, ended.told["status"], ended.told["faults"]) == (0, "intact", []), ended.err
    assert ("were judged by size, version and ETag alone" in ended.told["looked"]) == (words == ["--quick"])


@contextmanager
def tampered(bucket, *keys):
    """Whatever is done to these keys inside is undone: versions and markers that came are removed."""
    before = {each.id for key in keys for each in bucket.versions(key) if each.key == key}
    try:
        yield
    finally:
        for key in keys:
            for each in bucket.versions(key):
                if each.key == key and each.id not in before:
                    bucket.delete_version(each)


def big(items, part):
    """The part's largest object: its bytes matter."""
    return max(items[part], key=lambda each: (each.size, each.key))


PARTS = ("rondb", "opensearch", "registry", "hopsfs", "kubernetes", "kubernetes (projects)")
SHORT, OTHER = (lambda data: data[:-1]), (lambda data: bytes([data[0] ^ 1]) + data[1:])


@pytest.mark.parametrize("words", [["--full"], ["--quick"]])
@pytest.mark.parametrize(("kind", "change"), [("truncated", SHORT), ("changed", OTHER)])
def test_an_object_cut_off_or_changed_in_any_store_is_named(bucket, set_id, seal, items, kind, change, words):  # noqa: PLR0913, PLR0917 - what is crossed
    """One byte less, or one bit other, in one object of each store."""
    keys = {part: big(items, part).key for part in PARTS}
    with tampered(bucket, *keys.values()):
        for key in keys.values():
            bucket.put(key, change(bucket.get(key)))
        ended = check(set_id, seal, *words)
    assert (ended.code, ended.told["status"]) == (1, "differs"), ended.err
    assert sorted(line.split(": ")[:3] for line in ended.told["faults"]) == sorted(
        [part, kind, key] for part, key in keys.items()
    )


@pytest.mark.parametrize("words", [["--full"], ["--quick"]])
def test_two_objects_exchanged_are_named_with_one_another(bucket, set_id, seal, items, words):
    """Of the database's backup: two files whose bytes changed places."""
    one, other = (each.key for each in sorted(items["rondb"], key=lambda each: -each.size)[:2])
    with tampered(bucket, one, other):
        first, second = bucket.get(one), bucket.get(other)
        bucket.put(one, second)
        bucket.put(other, first)
        ended = check(set_id, seal, *words)
    assert ended.code == 1
    assert sorted(ended.told["faults"]) == sorted(
        f"rondb: swapped: {a}: exchanged with {b}: each holds the other's bytes"
        for a, b in ((one, other), (other, one))
    )


def test_objects_that_are_gone_or_were_added_are_named(bucket, set_id, seal, items):
    """Gone from a folder and from the shared repository; added to a folder; the file system's own deletions are no loss."""
    gone = [big(items, part).key for part in ("rondb", "opensearch")]
    block, more = big(items, "hopsfs").key, f"{items['registry'][0].key}.more"
    with tampered(bucket, *gone, block, more):
        for key in (*gone, block):
            bucket.delete(key)
        bucket.put(more, b"more")
        ended = check(set_id, seal)
    assert sorted(line.rpartition(": ")[0] for line in ended.told["faults"]) == sorted(
        [f"rondb: missing: {gone[0]}", f"opensearch: missing: {gone[1]}", f"registry: extra: {more}"]
    )


def test_a_record_that_was_changed_is_named(kube, source, set_id, seal):
    """The entry of the database's backup in its ConfigMap says another state."""
    (found,) = [
        each
        for each in kube.list("v1/ConfigMap", source.site.namespace, source.site.profile.rondb.metadata_selector)
        if set_id in (each.get("data") or {})
    ]
    name, text = found["metadata"]["name"], found["data"][set_id]
    kube.patch("v1/ConfigMap", name, source.site.namespace, {"data": {set_id: text.replace("SUCCESS", "FAILED")}})
    try:
        ended = check(set_id, seal)
    finally:
        kube.patch("v1/ConfigMap", name, source.site.namespace, {"data": {set_id: text}})
    assert ended.code == 1
    assert [line.partition(" in ")[0] for line in ended.told["faults"]] == [f"changed: rondb: the entry {set_id}"]


def test_a_seal_that_proves_nothing_is_told_by_its_own_exit_code(set_id, seal, tmp_path):
    """Changed, of another set, by a key nobody trusts here; and by a key that is given."""
    text = seal.read_bytes()
    (tmp_path / "changed.seal").write_bytes(text.replace(b'"size":', b'"size":1', 1))
    stranger = {"HOPSDRILL_CONFIG": str(tmp_path / "stranger")}
    public = KeyStore().folder / "keys" / "runner.pub"
    assert check(set_id, tmp_path / "changed.seal").code == 10
    assert check("250010000", seal).code == 13
    assert check(set_id, seal, env=stranger).code == 14
    assert check(set_id, seal, "--quick", "--key", public, env=stranger).code == 0


def test_a_set_is_not_sealed_twice_into_one_file(set_id, seal):
    """A seal is never replaced."""
    ended = hopsdrill("backups", "seal", set_id, "--out", seal)
    assert ended.code == 4
    assert "never replaced" in ended.err


# --- drills that restore a set which they did not take ---------------------------------------------------------------


def plan_for(folder, set_id, seal=None, **more):
    """The plan with its recovery point."""
    told = yaml.safe_load((DRILLS / "sealed.yaml").read_text()) | more
    told["recovery_point"] = {"set": set_id, **({"seal": str(seal)} if seal else {})}
    shutil.copy(DRILLS / "test_sealed.py", folder)
    (folder / "plan.yaml").write_text(yaml.safe_dump(told))
    return folder / "plan.yaml"


def test_a_set_tampered_with_after_the_seal_is_refused_before_anything_is_touched(
    bucket, set_id, seal, items, tmp_path
):
    """The interlock names the object; exit code 4; no scenario began."""
    key = big(items, "rondb").key
    with tampered(bucket, key):
        bucket.put(key, OTHER(bucket.get(key)))
        ended = hopsdrill("run", plan_for(tmp_path, set_id, seal), "--json", "--reports", tmp_path / "reports")
    assert (ended.code, ended.told["verdict"]) == (4, None), ended.err
    events = [each.event for each in read(run_folder(tmp_path / "reports"))]
    (shut,) = [each for each in events if isinstance(each, ev.InterlockChecked) and not each.open]
    assert (shut.name, f"changed: {key}" in shut.reason) == ("backup-set-is-as-sealed", True)
    assert not any(isinstance(each, ev.ScenarioStarted | ev.OperationStarted) for each in events)


@pytest.mark.parametrize("sealed", [True, False])
def test_a_set_made_by_another_version_is_refused_before_anything_is_touched(source, set_id, seal, tmp_path, sealed):
    """By the interlock, with both versions; exit code 4; a seal is not needed for it."""
    shutil.copytree(data_dir("charts") / "hopsworks-standin", tmp_path / "chart")
    chart = yaml.safe_load((tmp_path / "chart" / "Chart.yaml").read_text())
    (tmp_path / "chart" / "Chart.yaml").write_text(yaml.safe_dump({**chart, "version": "9.8.7"}))
    own = yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text())
    other = {**own, "chart": str(tmp_path / "chart"), "version": "9.8.7"}
    (tmp_path / "profile.yaml").write_text(yaml.safe_dump(other))
    plan = plan_for(tmp_path, set_id, seal if sealed else None, profile="profile.yaml")
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert (ended.code, ended.told["verdict"]) == (4, None), ended.err
    events = [each.event for each in read(run_folder(tmp_path / "reports"))]
    (shut,) = [each for each in events if isinstance(each, ev.InterlockChecked) and not each.open]
    assert shut.name == "backup-set-was-made-by-the-profile-s-version"
    assert "wants 9.8.7" in shut.reason
    assert f"says {source.site.profile.version}" in shut.reason
    assert not any(isinstance(each, ev.ScenarioStarted | ev.OperationStarted) for each in events)


PROOFS = {
    "rows-and-users-match-the-seal",
    "objects-match-the-seal",
    "files-match-the-seal",
    "documents-match-the-seal",
    "environments-match-the-seal",
}


def proofs(folder):
    """Status and text of every recorded proof, by name."""
    return {
        each.event.proof: (each.event.status, each.event.observed, each.event.differences)
        for each in read(folder)
        if isinstance(each.event, ev.ProofRecorded)
    }


def test_a_sealed_set_is_restored_and_proved_by_a_run_that_never_saw_the_data(source, set_id, seal, tmp_path):
    """PASS: everything is as the seal says, although every store had been changed since; and the platform stands."""
    drift(source.site, feature_groups(DATA))
    ended = hopsdrill("run", plan_for(tmp_path, set_id, seal), "--json", "--reports", tmp_path / "reports")
    found = proofs(run_folder(tmp_path / "reports"))
    assert (ended.code, ended.told["verdict"]) == (0, "PASS"), json.dumps(found, indent=1)
    assert {name for name, (status, *_) in found.items() if status is ev.Status.PASSED} >= PROOFS
    assert source.site.kube.exists("v1/Namespace", source.site.namespace)


def test_without_a_seal_content_is_unknown_and_coherence_is_proved_all_the_same(source, set_id, tmp_path):
    """UNKNOWN: nobody knows what was to come back; foreign keys, blocks, shards and references hold."""
    ended = hopsdrill("run", plan_for(tmp_path, set_id), "--json", "--reports", tmp_path / "reports")
    found = proofs(run_folder(tmp_path / "reports"))
    assert (ended.code, ended.told["verdict"]) == (8, "UNKNOWN"), json.dumps(found, indent=1)
    assert {name for name, (status, *_) in found.items() if status is ev.Status.UNKNOWN} == {
        *PROOFS,
        "backup-set-is-as-sealed",
    }
    del source
