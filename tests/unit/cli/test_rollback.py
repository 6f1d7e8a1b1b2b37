"""`hopsdrill rollback` as far as it needs no bucket; the rest is in tests/contract/rollback."""

from pathlib import Path

import pytest

from hopsdrill.cli import main
from hopsdrill.cli import rollback as module
from hopsdrill.cli.rollback import RollbackStatus, _access, _as_data, _lines, _status
from hopsdrill.lab import state
from hopsdrill.model.lab import LabState, StoreRef
from hopsdrill.recovery.rollback import NAMED, Tally


AT = ["--at", "2026-01-31T12:00:00Z", "--prefix", ""]
LAB = StoreRef(
    endpoint="http://lab:9000",
    internal_endpoint="http://lab:9000",
    bucket="hopsworks",
    region="us-east-1",
    credentials_file=Path("/keys"),
)


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """A machine without a lab and without AWS's configuration."""
    for name in (
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))


def called(capsys, *words):
    """Run the command line; gives code, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(["rollback", *words])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["b", "--prefix", "", "--at", "yesterday"], 2, "is no time"),
        (["b", "--prefix", "", "--at", "2026-01-31T12:00:00"], 2, "carries no time zone"),
        (["b", "--at", "2026-01-31T12:00:00Z"], 2, "prefix"),
        (["b", *AT, "--apply", "--write", "x"], 2, "give one of them"),
        (["b", *AT, "--large", "4"], 2, "large"),
        (["b", *AT], 4, "There are no credentials for the bucket b"),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_each_way_of_calling_ends_with_its_code_and_words(capsys, words, code, said):
    """Before any bucket is asked; the whole bucket is meant only where that is said."""
    ended, out, err = called(capsys, *words)
    assert (ended, out) == (code, "")
    assert said in err


@pytest.mark.usefixtures("nobody")
def test_the_labs_keys_are_used_for_the_labs_store_and_for_no_other(monkeypatch):
    """An address that is given, or in the environment, goes before the lab's."""
    assert (_access("b", "", None, "").endpoint, _access("b", "", None, "").credentials) == ("", None)
    monkeypatch.setattr(state, "find", lambda: LabState(docker_host="", engine_own=False, network="", store=LAB))
    assert _access("b", "", None, "").credentials == Path("/keys")
    assert _access("b", LAB.endpoint, None, "").credentials == Path("/keys")
    assert _access("b", LAB.endpoint, Path("/mine"), "").credentials == Path("/mine")
    elsewhere = _access("b", "http://else:9000", None, "")
    assert (elsewhere.endpoint, elsewhere.credentials) == ("http://else:9000", None)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://else:9000")
    assert (_access("b", "", None, "").endpoint, _access("b", "", None, "").credentials) == ("", None)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([], RollbackStatus.BACK),
        (["close"], RollbackStatus.BACK),
        (["changed"], RollbackStatus.CHANGED),
        (["changed", "lost"], RollbackStatus.NOT_ALL),
        (["refused"], RollbackStatus.NOT_ALL),
    ],
)
def test_the_exit_code_is_the_worst_of_what_was_found(kinds, status):
    """What cannot be brought back goes before what somebody else wrote."""
    tally = Tally()
    for kind in kinds:
        tally.name(kind, "k", "why")
    assert _status(tally) is status


def test_the_screen_names_some_and_counts_all():
    """JSON names more."""
    tally = Tally()
    for number in range(NAMED + 5):
        tally.name("lost", f"k{number:03d}\n", "why")
    told = {"bucket": "b", "endpoint": "e", "prefix": "p", "at": "t", "ledger": "l", **_as_data(tally)}
    lines = list(_lines(told))
    assert sum(line.startswith("  lost: 'k") for line in lines) == module.SHOWN
    assert f"  lost: and {NAMED + 5 - module.SHOWN} more; JSON names {NAMED}" in lines
    assert lines[-1] == "dry run: nothing was changed; --apply does it"
    proved = list(_lines({**told, "proof": _as_data(tally)}))
    assert proved[-2] == f"listed again: 0 keys; lost {NAMED + 5}, refused 0, changed 0"
    assert proved[-1] == "no version was removed; ledger: l"
