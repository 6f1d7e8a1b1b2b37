"""Reading facts: from a cluster and a bucket that are dictionaries here; what cannot be read carries the reason."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from hopsdrill.adapters.s3 import Entry as File
from hopsdrill.core.errors import OperationError
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.completeness import lacking
from hopsdrill.recovery import status
from hopsdrill.recovery.seen import entries, parse_entry, require_answer
from hopsdrill.recovery.sets import Mark, read, sets
from hopsdrill.recovery.sets.repository import repository


PROFILE = load_named_profile("hopsworks-standin")
THEN = datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)
OWN = "264770000"
ENTRY = json.dumps(
    {"start_time": "2026-11-22T00:00:00.000Z", "end_time": "2026-11-22T00:00:30.012Z", "state": "SUCCESS"}
)
NAMES = {"k8s-backups-main": "m", "k8s-backups-users-resources": "u"}


class Bucket:
    """As much of an object store as reading needs."""

    ref = SimpleNamespace(bucket="b", endpoint="http://store")

    def __init__(self, **files: bytes) -> None:
        self.files = files

    def entries(self, prefix):
        """All objects under a prefix."""
        return [File(key, len(data), THEN) for key, data in sorted(self.files.items()) if key.startswith(prefix)]

    def get(self, key):
        """An object's bytes."""
        return self.files.get(key)

    def versioning(self):
        """On."""
        return "Enabled"


class Cluster:
    """As much of a cluster as reading needs: objects by kind; a kind that is an error is refused."""

    def __init__(self, **kinds) -> None:
        self.kinds = kinds

    def uid(self):
        """It answers."""
        return "u"

    def list(self, api, _namespace="", labels=""):
        """Objects of a kind; ConfigMaps by their selector."""
        found = self.kinds.get(api.rpartition("/")[2], [])
        if isinstance(found, Exception):
            raise found
        return [each for each in found if not labels or each["metadata"].get("selector") == labels]

    def get(self, api, name, _namespace=""):
        """One object."""
        return next((each for each in self.list(api) if each["metadata"]["name"] == name), None)

    def exists(self, api, name, _namespace=""):
        """Whether it is there; every kind is defined here."""
        return api.endswith("CustomResourceDefinition") or self.get(api, name) is not None


def velero_object(schedule, name, **spec):
    """A Backup."""
    return {
        "metadata": {"name": name, "labels": {"velero.io/schedule-name": schedule}},
        "spec": {"storageLocation": "hopsworks-bsl", **spec},
        "status": {"phase": "Completed", "startTimestamp": "2026-11-22T00:01:00Z"},
    }


def config_map(store, name, **data):
    """A metadata ConfigMap."""
    return {"metadata": {"name": name, "selector": PROFILE.recorded[store].metadata_selector}, "data": data}


INDEX = {
    "snapshots": [{"name": OWN, "uuid": "u1", "state": 1}],
    "indices": {"projects": {"id": "i1", "snapshots": ["u1"], "shard_generations": ["g0", "g1"]}},
}
REPOSITORY = {
    "index-2": json.dumps({"snapshots": [], "indices": {}}).encode(),
    "index-10": json.dumps(INDEX).encode(),
    "index.latest": b"\0\0\0\0\0\0\0\n",
    "snap-u1.dat": b"x",
    "meta-u1.dat": b"x",
    "indices/i1/0/snap-u1.dat": b"x",
    "indices/i1/1/snap-u1.dat": b"x",
}


def whole_bucket() -> Bucket:
    """One whole set."""
    parts = [f"rondb/{node}/BACKUP-{OWN}-PART-1-OF-1/{node}.data" for node in (1, 2)]
    files = {f"rondb_backup/{OWN}/{name}": b"x" for name in ["users.sql", "databases.sql", *parts]}
    files |= {f"opensearch_backup/{name}": data for name, data in REPOSITORY.items()}
    files |= {f"registry_backup/{OWN}/index.json": b"x"}
    for schedule, name in NAMES.items():
        files[f"k8s_backup/backups/{name}/velero-backup.json"] = json.dumps(velero_object(schedule, name)).encode()
        files[f"k8s_backup/backups/{name}/{name}.tar.gz"] = b"x"
    return Bucket(**files)


def whole_cluster() -> Cluster:
    """Entries of one whole set, each store's in a rotated ConfigMap."""
    maps = [config_map(store, f"{store}-backups-metadata-1", **{OWN: ENTRY}) for store in PROFILE.recorded]
    empty = [config_map(store, f"{store}-backups-metadata") for store in PROFILE.recorded]
    return Cluster(ConfigMap=[*empty, *maps], Backup=[velero_object(*each) for each in NAMES.items()])


def marks(kube, bucket) -> list[Mark]:
    """The sets' marks."""
    return [each.mark for each in sets(read(PROFILE, kube, bucket, lacking, no_store="no bucket was named"), PROFILE)]


def test_a_whole_set_is_read_as_complete():
    """Entries of rotated ConfigMaps, files, snapshots and Velero's backups come together."""
    assert marks(whole_cluster(), whole_bucket()) == [Mark.COMPLETE]


def test_every_part_of_every_store_counts():
    """Whichever file is missing, the set is not complete; only what does not belong to a set may go."""
    for gone in whole_bucket().files:
        bucket = whole_bucket()
        del bucket.files[gone]
        harmless = gone.endswith(("/index.latest", "/index-2"))
        assert (marks(whole_cluster(), bucket)[0] is Mark.COMPLETE) is harmless, gone


def test_without_a_bucket_nothing_is_complete():
    """And the reason says so."""
    found = sets(read(PROFILE, whole_cluster(), None, lacking, no_store="no bucket was named"), PROFILE)
    assert [each.mark for each in found] == [Mark.UNVERIFIED]
    assert any("no bucket was named" in reason for reason in found[0].reasons)


def test_without_a_cluster_the_bucket_still_tells_which_backups_there_are():
    """Velero's own copies of its objects have the times; whether the stores' are recorded is not known."""
    found = sets(read(PROFILE, None, whole_bucket(), lacking), PROFILE)
    assert [each.mark for each in found] == [Mark.UNVERIFIED]
    assert {store: each.id for store, each in found[0].backups.items()} == {
        "rondb": OWN,
        "opensearch": OWN,
        "registry": OWN,
        "kubernetes": "m",
        "kubernetes (projects)": "u",
    }


def test_a_refusal_is_a_reason_not_an_empty_list():
    """One kind may not be read: the others are."""
    kube = whole_cluster()
    kube.kinds["Backup"] = OperationError("403: backups is forbidden")
    facts = read(PROFILE, kube, whole_bucket(), lacking)
    assert facts.velero.unread == "403: backups is forbidden"
    assert not facts.entries["rondb"].unread


def test_backups_of_other_schedules_and_locations_are_nobody_s_business():
    """Velero may serve others too."""
    kube = whole_cluster()
    kube.kinds["Backup"] += [
        velero_object("nightly", "n"),
        velero_object("k8s-backups-main", "o", storageLocation="other"),
    ]
    bucket = whole_bucket()
    bucket.files["k8s_backup/backups/n/velero-backup.json"] = json.dumps(velero_object("nightly", "n")).encode()
    assert marks(kube, bucket) == [Mark.COMPLETE]


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"metadata":{"labels":{"velero.io/schedule-name":"k8s-backups-main"}}}']
)
def test_a_velero_folder_without_a_readable_description_is_known_by_its_name(text):
    """It is incomplete, and says why."""
    bucket = Bucket(**{"k8s_backup/backups/k8s-backups-main-1/velero-backup.json": text})
    found = sets(read(PROFILE, Cluster(), bucket, lacking), PROFILE)
    assert found[0].backups["kubernetes"].mark is Mark.ORPHANED
    assert any("is missing" in each or "cannot be read" in each for each in found[0].reasons)


def test_an_unreadable_index_of_the_repository_is_unknown_not_empty():
    """The store's part is then not judged."""
    bucket = whole_bucket()
    bucket.files["opensearch_backup/index-10"] = b"\xff"
    facts = read(PROFILE, whole_cluster(), bucket, lacking)
    assert "is not the index of a snapshot repository" in facts.storage["opensearch"].unread
    assert marks(whole_cluster(), bucket) == [Mark.UNVERIFIED]


def test_the_highest_generation_counts_by_number_not_by_text():
    """index-10 is newer than index-2."""
    assert [each.id for each in repository(whole_bucket(), "opensearch_backup").backups] == [OWN]


def test_a_repository_without_an_index_lists_nothing_and_says_so():
    """Empty, or files but no index-N."""
    assert "is empty" in repository(Bucket(), "opensearch_backup").absent
    found = repository(Bucket(**{"opensearch_backup/snap-u1.dat": b"x"}), "opensearch_backup")
    assert found.backups == ()
    assert "no index-N" in found.absent


@pytest.mark.parametrize(("state", "said"), [(3, "PARTIAL"), (2, "FAILED"), (0, "IN_PROGRESS"), (9, "9")])
def test_a_snapshots_own_state_counts(state, said):
    """OpenSearch keeps it as a number."""
    index = {**INDEX, "snapshots": [{"name": OWN, "uuid": "u1", "state": state}]}
    bucket = Bucket(
        **{f"r/{name}": data for name, data in {**REPOSITORY, "index-11": json.dumps(index).encode()}.items()}
    )
    assert repository(bucket, "r").backups[0].lacking == (f"the repository says its state is {said}",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"state": "SUCCESS", "start_time": "yesterday"}',
        '{"state":"SUCCESS","start_time":"2026-11-22T00:00:00"}',
    ],
)
def test_a_damaged_entry_is_an_entry_with_a_problem(text):
    """It is never left out."""
    found = parse_entry("rondb-backups-metadata", OWN, text)
    assert found.id == OWN
    assert "its entry in rondb-backups-metadata cannot be read" in found.problem


def test_an_entry_may_say_no_more_than_its_state():
    """What else other stores' entries hold is not published."""
    found = parse_entry("opensearch-backups-metadata", OWN, '{"state": "SUCCESS"}')
    assert (found.start, found.state, found.problem) == (None, "SUCCESS", "")


def test_a_selector_that_is_not_confirmed_and_finds_nothing_is_unknown():
    """No ConfigMap by that label proves nothing on the real chart."""
    real = load_named_profile("hopsworks")
    assert "not confirmed" in entries(Cluster(), real, "opensearch").unread
    assert entries(Cluster(), real, "rondb").unread == ""


@pytest.mark.parametrize(("code", "raises"), [(403, False), (401, False), (500, True), (None, True)])
def test_a_cluster_that_refuses_is_there_and_one_that_is_silent_is_not(code, raises):
    """A reader may not see kube-system and still see the platform."""

    class Silent:
        def uid(self):
            error = OperationError("no")
            error.__cause__ = ClientError(code)
            raise error

    if raises:
        with pytest.raises(OperationError):
            require_answer(Silent())
    else:
        require_answer(Silent())


class ClientError(Exception):
    """An error of a client, with an HTTP status."""

    def __init__(self, status) -> None:
        super().__init__()
        self.status = status


def test_the_status_is_read_from_the_same_places():
    """Nothing is there: all is absent, nothing is unread."""
    facts = status.read(Cluster(), PROFILE, Bucket())
    assert facts.versioning.value == "Enabled"
    assert {each.value for each in facts.cronjobs.values()} == {None}
    assert not [each for each in [*facts.cronjobs.values(), facts.velero, facts.location, facts.backups] if each.unread]
    assert status.judge(facts, PROFILE).level is status.Level.DISABLED
