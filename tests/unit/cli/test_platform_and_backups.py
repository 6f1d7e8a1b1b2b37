"""`platform status` and `backups list`: exit codes, words, and tables that fit a terminal."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from hopsdrill.cli import backups, main, platform, where
from hopsdrill.core.errors import OperationError
from hopsdrill.model.lab import LabState, StoreRef
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery.seen import Seen
from hopsdrill.recovery.sets import Backup, BackupSet, Facts, Mark, Restorable, Storage
from hopsdrill.recovery.status import Finding, Level, Service, Status


PROFILE = load_named_profile("hopsworks-standin")
START = datetime(2026, 11, 22, tzinfo=UTC)
STORE = ("--store-endpoint", "http://127.0.0.1:1", "--bucket", "b", "--store-credentials")


def called(capsys, *words):
    """Run the command line; gives code, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, words)))
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


@pytest.fixture
def kubeconfig(tmp_path):
    """A cluster that nobody serves."""
    path = tmp_path / "kubeconfig"
    path.write_text(
        "apiVersion: v1\nkind: Config\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {}}]\n"
        "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
    )
    return path


@pytest.fixture
def credentials(tmp_path):
    """Made-up keys."""
    path = tmp_path / "credentials"
    path.write_text("[default]\naws_access_key_id=made-up\naws_secret_access_key=made-up\n")
    return path


@pytest.fixture
def no_lab(monkeypatch, tmp_path):
    """A machine without a lab."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path / "state"))


@pytest.mark.usefixtures("no_lab")
@pytest.mark.parametrize("command", [("platform", "status"), ("backups", "list")])
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--cluster", "a", "--kubeconfig", "b", "--context", "c"], 2, "give one of them"),
        (["--kubeconfig", "b"], 2, "--kubeconfig and --context belong together"),
        (["--context", "b"], 2, "--kubeconfig and --context belong together"),
        (["--bucket", "b"], 2, "missing: --store-endpoint, --store-credentials"),
        (["--profile", "nobody"], 2, "packaged profiles: hopsworks, hopsworks-standin"),
        ([], 4, "There is no lab"),
    ],
)
def test_options_that_do_not_fit_are_refused(capsys, command, words, code, said):
    """The words say what to give instead."""
    ended, _, err = called(capsys, *command, *words)
    assert ended == code
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", [("platform", "status"), ("backups", "list")])
def test_a_cluster_that_does_not_answer_is_exit_code_4(capsys, no_lab, kubeconfig, command):
    """Not conducted: nothing is said about its backups."""
    code, out, err = called(capsys, *command, "--kubeconfig", kubeconfig, "--context", "x")
    assert (code, out) == (4, "")
    assert "did not answer" in err


def test_a_bucket_that_does_not_answer_is_exit_code_4_when_it_is_all_there_is(capsys, no_lab, credentials):
    """An empty list would be a lie."""
    code, out, err = called(capsys, "backups", "list", "--bucket-only", *STORE, credentials)
    assert (code, out) == (4, "")
    assert "it did not answer" in err


def test_bucket_only_needs_a_bucket(capsys, monkeypatch):
    """A lab without a store."""
    monkeypatch.setattr(where, "load", lambda: LabState(docker_host="", engine_own=False, network="kind"))
    assert called(capsys, "backups", "list", "--bucket-only")[0] == 2


def test_an_unknown_cluster_of_the_lab_is_named_with_the_known_ones(capsys, monkeypatch):
    """As everywhere else."""
    monkeypatch.setattr(where, "load", lambda: LabState(docker_host="", engine_own=False, network="kind"))
    code, _, err = called(capsys, "platform", "status", "--cluster", "b")
    assert code == 4
    assert "has no cluster 'b'" in err


@pytest.fixture
def looked(monkeypatch):
    """A platform to look at, without one."""
    place = where.Where("lab cluster drill", PROFILE, SimpleNamespace(uid=lambda: "u"), None)
    for module in (platform, backups):
        monkeypatch.setattr(module.w, "found", lambda _asked, **_: place)
        monkeypatch.setattr(module, "read", lambda *_, **__: Facts())


def status(level) -> Status:
    """A status of a level, with something to say."""
    finding = Finding(
        Level.PARTIAL, "CronJob hopsworks/create-rondb-backup is suspended: " + "no backup " * 12, "kubectl patch"
    )
    return Status(
        level, {"rondb": Service(Level.PARTIAL, {"schedule": "@weekly"}, (finding,)), "kafka": Service(Level.NONE)}
    )


@pytest.mark.parametrize(("level", "code"), [("enabled", 0), ("partial", 1), ("disabled", 1), ("unknown", 8)])
def test_each_level_has_its_exit_code(capsys, monkeypatch, looked, level, code):
    """0, 1, 1 and 8: what is not known is neither good nor bad."""
    monkeypatch.setattr(platform, "judge", lambda *_: status(Level(level)))
    ended, out, _ = called(capsys, "platform", "status")
    assert ended == code
    assert out.startswith(f"backups {level}: hopsworks on lab cluster drill")
    assert max(map(len, out.splitlines())) <= 80
    ended, out, _ = called(capsys, "platform", "status", "--json")
    assert ended == code
    told = json.loads(out)
    assert told["level"] == level
    assert told["services"]["rondb"]["findings"][0]["cure"] == "kubectl patch"


def backup_set(mark=Mark.COMPLETE, days=0) -> BackupSet:
    """A set of some age."""
    start = START - timedelta(days=days)
    users = "k8s-backups-users-resources-20261122000100"
    own = {
        "rondb": Backup("rondb", "264770000", Mark.COMPLETE, start, approximate=True),
        "kubernetes (projects)": Backup("kubernetes (projects)", users, mark, start),
    }
    path = "olk.opensearch.restore.repositories.default.snapshots.default.snapshot_name"
    good = mark is Mark.COMPLETE
    reasons = () if good else ("kubernetes (projects): " + "files without an entry " * 6,)
    restore = Restorable(good, "264770000", {path: "264770001"} if good else {}, "" if good else "it is not complete")
    return BackupSet(start, own, mark, reasons, ("worth knowing " * 9,), restore)


@pytest.mark.usefixtures("looked")
@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        (
            [backup_set(), backup_set(Mark.ORPHANED, 7)],
            0,
            "is complete; restored by the global ID 264770000 with 1 override",
        ),
        (
            [backup_set(Mark.INCOMPLETE), backup_set(days=7)],
            1,
            "is incomplete; the newest complete one is of 2026-11-15 00:00",
        ),
        ([backup_set(Mark.UNVERIFIED)], 1, "is unverified; none is complete"),
        ([], 1, "There is no backup of any store"),
    ],
)
def test_the_exit_code_is_the_newest_sets(capsys, monkeypatch, found, code, said):
    """And standard error says which set can be counted on."""
    monkeypatch.setattr(backups, "sets", lambda *_: found)
    ended, out, err = called(capsys, "backups", "list")
    assert ended == code
    assert said in " ".join(err.split())
    assert max(map(len, [*out.splitlines(), *err.splitlines()])) <= 80
    ended, out, _ = called(capsys, "backups", "list", "--json")
    told = json.loads(out)["sets"]
    assert (ended, [each["mark"] for each in told]) == (code, [each.mark.value for each in found])
    if found:
        assert told[0]["backups"]["rondb"] == {
            "id": "264770000",
            "start": "2026-11-22T00:00:00.000Z",
            "start_is_approximate": True,
            "mark": "complete",
            "reasons": [],
        }


def test_nothing_found_where_something_could_not_be_read_is_unknown(capsys, monkeypatch, looked):
    """Exit code 8, as `platform status` has it, with what could not be read and why; not `There is no backup`."""
    facts = Facts(
        entries={"rondb": Seen([], "the API server said 403")}, storage={"rondb": Seen(Storage(), "no bucket")}
    )
    monkeypatch.setattr(backups, "read", lambda *_, **__: facts)
    monkeypatch.setattr(backups, "sets", lambda *_: [])
    ended, out, err = called(capsys, "backups", "list", "--json")
    assert ended == 8
    assert json.loads(out)["unread"] == {"records of rondb": "the API server said 403", "files of rondb": "no bucket"}
    assert "is not known" in " ".join(err.split())
    assert "There is no backup" not in err


def test_older_sets_are_counted_where_they_are_not_shown(capsys, monkeypatch, looked):
    """Ten are shown unless more are asked for; JSON has all."""
    monkeypatch.setattr(backups, "sets", lambda *_: [backup_set(days=each) for each in range(12)])
    assert "... and 2 older ones: --last 0 shows them" in called(capsys, "backups", "list")[1]
    assert "older ones" not in called(capsys, "backups", "list", "--last", 0)[1]
    assert len(json.loads(called(capsys, "backups", "list", "--json")[1])["sets"]) == 12


def test_a_bucket_is_named_by_options(credentials, kubeconfig, no_lab):
    """Another cluster's bucket needs no lab; without options there is none, and that is said."""
    asked = where.Asked("", "", kubeconfig, "x", "http://127.0.0.1:1", "b", credentials, "eu-north-1")
    place = where.found(asked)
    assert place.profile.name == "hopsworks"
    assert place.store is not None
    assert place.store.ref == StoreRef(
        endpoint="http://127.0.0.1:1", internal_endpoint="http://127.0.0.1:1", bucket="b", region="eu-north-1", credentials_file=credentials
    )  # fmt: skip
    place = where.found(where.Asked("", "", kubeconfig, "x", "", "", None, "r"))
    assert place.store is None
    assert place.no_store == "no bucket was named"


def test_a_bucket_that_says_something_is_enough():
    """One store that can be read is worth a list."""
    unread = SimpleNamespace(unread="no")
    facts = SimpleNamespace(storage={"rondb": unread, "opensearch": SimpleNamespace(unread="")}, archived=unread)
    backups._require_bucket(facts)
    with pytest.raises(OperationError):
        backups._require_bucket(SimpleNamespace(storage={"rondb": unread}, archived=unread))
