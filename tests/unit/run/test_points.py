"""Two recovery points, what a restore takes from which, and what it is asked for with."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import DeadlineExceeded, PlanError, PreconditionError
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import printed
from hopsdrill.proof.snapshot import DatabaseState
from hopsdrill.recovery.backup import BackupSet, RondbBackup, StoreBackup
from hopsdrill.recovery.prerequisites import require_stored
from hopsdrill.recovery.request import Way, jobs_of, request_for
from hopsdrill.run import installation, unending
from hopsdrill.run.points import Point, alike, mixed
from hopsdrill.run.stages import Snapshot


KEY = Key()
NOW = datetime(2026, 11, 26, tzinfo=UTC)
STORES = ("hopsfs", "opensearch", "registry")


def thing(of: str):
    """One thing that says which point it is of."""
    return {"thing": printed({"of": of}, KEY)}


def point(name: str, id_: str) -> Point:
    """A point in which everything says its name."""
    state = DatabaseState(tables={}, accounts={name: ()})
    snapshot = Snapshot(state, thing(name), f"drawn {name}", {store: thing(name) for store in STORES})
    backup = BackupSet(
        RondbBackup(id_, {}, NOW, NOW, ""),
        {"metadata": {"name": f"main-{id_}"}},
        {"metadata": {"name": f"users-{id_}"}},
        {"opensearch": StoreBackup(id_, {}), "registry": StoreBackup(id_, {})},
    )
    return Point(name, snapshot, backup)


OLDER, NEWER = point("older", "264841404"), point("newer", "264841405")


def test_points_that_differ_in_everything_are_told_apart():
    """Nothing is alike."""
    assert alike(OLDER, NEWER) == []


@pytest.mark.parametrize(
    ("but", "named"),
    [
        ({"database": OLDER.snapshot.database}, ["rondb"]),
        ({"challenge": OLDER.snapshot.challenge}, ["rondb"]),
        ({"objects": OLDER.snapshot.objects}, ["kubernetes"]),
        ({"contents": {**NEWER.snapshot.contents, "hopsfs": thing("older")}}, ["hopsfs"]),
        ({"contents": {**NEWER.snapshot.contents, "registry": {}}}, ["registry"]),
    ],
)
def test_a_store_in_which_two_points_cannot_be_told_apart_is_named(but, named):
    """Or can be told one way only: a restore that brought nothing would pass for the emptier one."""
    assert alike(OLDER, replace(NEWER, snapshot=replace(NEWER.snapshot, **but))) == named


def test_an_id_that_is_given_twice_is_named():
    """A restore from one could not be told from the other."""
    twice = replace(NEWER.backup, others={**NEWER.backup.others, "registry": StoreBackup("264841404", {})})
    assert alike(OLDER, replace(NEWER, backup=twice)) == ["ID of registry"]


def test_each_store_comes_from_its_point_and_files_follow_the_database():
    """Their metadata are rows."""
    snapshot, backup = mixed(NEWER, {"rondb": OLDER, "opensearch": OLDER})
    assert snapshot.database == OLDER.snapshot.database
    assert snapshot.contents == {"hopsfs": thing("older"), "opensearch": thing("older"), "registry": thing("newer")}
    assert (snapshot.objects, snapshot.challenge) == (thing("newer"), "drawn older")
    assert backup.ids == {
        "rondb": "264841404",
        "opensearch": "264841404",
        "registry": "264841405",
        "kubernetes": "main-264841405",
        "kubernetes (projects)": "users-264841405",
    }


def test_a_request_names_what_is_not_the_global_ids_and_the_database_set_up_elsewhere():
    """The registry always; Velero's backups where they are wanted."""
    _, backup = mixed(NEWER, {"rondb": OLDER})
    asked = request_for(judged.site(), backup, NEWER.backup.rondb.id, velero=True)
    assert (asked.backup_id, asked.in_place, asked.force) == ("264841405", True, True)
    assert asked.overrides == {
        "rondb_id": "264841404",
        "registry_id": "264841405",
        "setup_job_hopsfs": "setup-mysqld-dont-remove-264841404",
        "setup_job_kafka": "setup-mysqld-dont-remove-264841404",
        "velero_main": "main-264841405",
        "velero_users": "users-264841405",
    }
    jobs = jobs_of(judged.site(), backup, in_place=True, global_id=NEWER.backup.rondb.id)
    assert "restore-native-backup-264841404" in jobs
    assert "hopsfs-inplace-restore-264841405" in jobs


def test_flags_say_ids_as_texts_and_confirmations_as_what_they_are():
    """An ID that is read as a number is refused by the chart's schema."""
    asked = request_for(judged.site(), NEWER.backup, NEWER.backup.rondb.id, velero=False)
    words = Way(flags=True).words(judged.site(), asked)
    path = "global._hopsworks.restoreFromBackup"
    assert words[:6] == [
        "--set-string",
        f"{path}.backupId=264841405",
        "--set",
        f"{path}.inPlace=true",
        "--set",
        f"{path}.forceDataClear=true",
    ]
    assert Way(patience=60.0).words(judged.site(), asked) == ["--wait", "--wait-for-jobs"]


def test_an_installation_confirms_nothing_and_may_lack_the_global_id():
    """Then every store is told its own."""
    whole = installation.wanted(judged.site(), (OLDER, NEWER), older=("opensearch",))
    assert (whole.asked.backup_id, whole.asked.in_place, whole.asked.force) == ("264841405", None, None)
    assert whole.asked.overrides == {"opensearch_id": "264841404", "registry_id": "264841405"}
    bare = installation.wanted(judged.site(), (OLDER, NEWER), without_global_id=True).asked
    assert bare.backup_id is None
    assert {"rondb_id", "opensearch_id", "registry_id"} <= set(bare.overrides)


def test_a_value_that_the_profile_has_no_path_for_is_named():
    """Before anything is asked."""
    with pytest.raises(PlanError, match="does not say at which value a restore is told unknown_value"):
        installation.wanted(judged.site(), (OLDER, NEWER), more={"unknown_value": "1"})


class Search:
    """A stand-in for a search engine that restores one index after the other, as the real one does with few at once."""

    def __init__(self, waiting):
        self.waiting, self.gone = list(waiting), []

    def recovering(self):
        """The one at work."""
        return self.waiting[:1]

    def unbind(self, repository):
        """Its restores have no rate any more."""
        self.gone.append(f"rate of {repository}")

    def drop(self, index):
        """Makes room for the next one."""
        self.waiting.remove(index)
        self.gone.append(index)


def giving_up(monkeypatch, search):
    """Have a restore given up: what is asked of the platform is noted beside what is asked of the search engine."""

    @contextmanager
    def opened(_):
        yield search

    site = judged.site()
    job = site.profile.opensearch.restore_jobs[0].format(id="7")
    monkeypatch.setattr(unending, "search_engine", opened)
    monkeypatch.setattr(unending, "await_jobs", lambda _, jobs, __: search.gone.append(f"awaited {jobs}"))
    monkeypatch.setattr(unending.markers, "delete", lambda _, jobs: search.gone.append(f"deleted {jobs}"))
    monkeypatch.setattr(unending, "restart", lambda _: search.gone.append("restarted"))
    monkeypatch.setattr(unending, "wait_serving", lambda *_: search.gone.append("serves"))
    site.deadlines = SimpleNamespace(restore=timedelta(seconds=1))
    backup = SimpleNamespace(others={"opensearch": SimpleNamespace(id="7")})
    unending.give_up(site, SimpleNamespace(backup=backup, jobs=lambda _: ["others", job]))
    return job


def test_a_restore_is_given_up_to_its_last_waiting_index(monkeypatch):
    """One that begins when another is dropped is dropped too; the other stores' Jobs are awaited before, the platform after."""
    search = Search(["a", "b", "c"])
    job = giving_up(monkeypatch, search)
    before = ["awaited ['others']", f"deleted {['others', job]}"]
    assert search.gone == [*before, "a", "b", "c", "restarted", "rate of default", "serves"]


def test_a_restore_that_cannot_be_given_up_is_told(monkeypatch):
    """Its index comes again and again."""
    search = Search([])
    search.recovering, search.drop = lambda: ["a"], lambda _: None
    monkeypatch.setattr(unending, "ENDED_S", 0.1)
    with pytest.raises(DeadlineExceeded, match="restore nothing more"):
        giving_up(monkeypatch, search)


@pytest.mark.parametrize(
    ("there", "but", "named"),
    [
        (("rondb_backup/264841405/", "registry_backup/264841405/"), {}, ""),
        (("registry_backup/264841405/",), {}, "rondb below rondb_backup/264841405/"),
        (("rondb_backup/264841405/",), {}, "registry below registry_backup/264841405/"),
        (
            ("rondb_backup/264841405/", "registry_backup/264841405/"),
            {"rondb_id": "100110000"},
            "rondb below rondb_backup/100110000/",
        ),
    ],
)
def test_an_installation_needs_what_it_names_in_the_bucket(there, but, named):
    """The global ID's, or an override's."""
    store = SimpleNamespace(ref=SimpleNamespace(bucket="b"), entries=lambda folder: [folder] if folder in there else [])
    asked = installation.wanted(judged.site(), (OLDER, NEWER), more=but).asked
    site = judged.site(store=store)
    if not named:
        require_stored(site, asked)
        return
    with pytest.raises(PreconditionError, match=named):
        require_stored(site, asked)


@pytest.mark.parametrize(("later", "ends"), [("new", True), ("old", False), ("unready", False)])
def test_a_restarted_engine_has_new_pods_that_are_ready(monkeypatch, later, ends):
    """The old one still ready, or a new one that is not, is no restart."""

    def pod(uid, ready):
        status = {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
        return {"metadata": {"uid": uid, "name": "opensearch-0"}, "status": status}

    states = {"new": pod("2", ready=True), "old": pod("1", ready=True), "unready": pod("2", ready=False)}
    seen = iter([[pod("1", ready=True)]])
    kube = SimpleNamespace(
        get=lambda *_: {"spec": {"selector": {"app": "opensearch"}}},
        list=lambda *_: next(seen, [states[later]]),
        delete=lambda *_: True,
    )
    monkeypatch.setattr(unending, "RESTARTED_S", 0.1)
    if ends:
        unending.restart(judged.site(kube=kube))
        return
    with pytest.raises(DeadlineExceeded, match="new pods of opensearch to be ready"):
        unending.restart(judged.site(kube=kube))
