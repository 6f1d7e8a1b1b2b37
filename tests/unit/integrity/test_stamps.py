"""Time stamps by a real service: openssl's, on this machine."""

import shutil
import socket
import subprocess
import time

import journal_tape as tape
import pytest
import sample_journal as sample
import signed_run
import time_stamps
from typer.testing import CliRunner

from hopsdrill.adapters.stamps import roots_in, stamp
from hopsdrill.cli.main import app
from hopsdrill.cli.run import leave
from hopsdrill.core.errors import PreconditionError
from hopsdrill.integrity import Verification, VerifyStatus, stamp_attestation, verify
from hopsdrill.integrity.manifest import ATTESTATION
from hopsdrill.integrity.stamps import VARIABLE, check
from hopsdrill.journal import read
from hopsdrill.journal.withhold import INTENT
from hopsdrill.model import events as ev
from hopsdrill.report import build
from hopsdrill.signing import KeyStore


pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which stamps here, is not installed")
KEYS = [signed_run.known("runner")]
STAMPS = {f"{INTENT}.tsr", f"{ATTESTATION}.tsr"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A service's certificates; gives its folder."""
    folder = tmp_path_factory.mktemp("authority")
    time_stamps.authority(folder)
    return folder


@pytest.fixture(scope="module")
def original(authority, tmp_path_factory):
    """A signed folder, stamped before and after."""
    with time_stamps.serving(authority) as service, pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, service)
        folder = signed_run.make(tmp_path_factory.mktemp("stamped") / "run")
        stamp_attestation(folder)
    return folder


@pytest.fixture
def folder(original, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(original, tmp_path / "run")


def found(folder, *roots):
    """What is wrong, by file."""
    certificates = [each for root in roots for each in roots_in(root)]
    return {(fault.status, fault.file) for fault in verify(folder, KEYS, stamp_roots=certificates).faults}


def test_both_stamps_hold_for_us_and_for_openssl(folder, authority):
    """They are journalled, reported and checked; and another's program says the same of the same files."""
    checked = verify(folder, KEYS, stamp_roots=roots_in(authority / "ca.pem"))
    assert (checked.status, len(checked.stamps)) == (VerifyStatus.INTACT, 2)
    event = next(entry.event for entry in read(folder) if isinstance(entry.event, ev.TimeStamped))
    assert checked.stamps[0] == f"{INTENT} at {event.at}"
    assert f"{INTENT} at {event.at} by {event.service}" in build(folder, read(folder)).fields.integrity.time_stamp
    for name in (INTENT, ATTESTATION):
        argv = ["openssl", "ts", "-verify", "-in", folder / f"{name}.tsr", "-data", folder / name]
        said = subprocess.run(
            [*argv, "-CAfile", authority / "ca.pem", "-untrusted", authority / "tsa.pem"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Verification: OK" in said.stdout + said.stderr


def test_without_a_root_it_is_said_that_nobody_was_checked(folder):
    """A stamp alone says nothing."""
    assert all("was not checked" in each for each in verify(folder, KEYS).stamps)


def test_another_service_is_not_trusted(folder, tmp_path):
    """Its root is the one the auditor knows."""
    other = time_stamps.authority(tmp_path / "other")
    assert found(folder, other) == {(VerifyStatus.STAMP_INVALID, name) for name in STAMPS}


def test_who_asks_for_stamps_hears_of_missing_ones(authority, tmp_path):
    """Who does not ask has a folder that is intact."""
    folder = signed_run.make(tmp_path / "run")
    assert found(folder) == set()
    assert found(folder, authority / "ca.pem") == {(VerifyStatus.STAMP_INVALID, name) for name in STAMPS}


def test_a_stamp_of_other_bytes_is_found(folder, authority):
    """Also by who names no root."""
    shutil.copy(folder / f"{INTENT}.tsr", folder / f"{ATTESTATION}.tsr")
    assert found(folder) == {(VerifyStatus.STAMP_INVALID, f"{ATTESTATION}.tsr")}
    (folder / f"{ATTESTATION}.tsr").write_bytes(b"stamped, really")
    assert found(folder, authority / "ca.pem") == {(VerifyStatus.STAMP_INVALID, f"{ATTESTATION}.tsr")}


def test_a_changed_stamp_is_found_or_says_the_same(folder, authority):
    """Its own signature guards it, for it comes after ours: what it leaves out, such as the number of its format, says nothing."""
    path, roots = folder / f"{ATTESTATION}.tsr", roots_in(authority / "ca.pem")
    data, said, missed = path.read_bytes(), verify(folder, KEYS, stamp_roots=roots).stamps, 0
    for place in range(0, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        seen = Verification()
        check(folder, roots, seen)
        missed += not seen.faults
        assert seen.faults or seen.stamps == said
    assert missed < 5


def test_an_intent_that_was_stamped_afterwards_is_found(folder, authority, monkeypatch):
    """What was signed before the run cannot be later than its end."""
    time.sleep(1.1)  # a stamp's time is in whole seconds
    with time_stamps.serving(authority) as service:
        (folder / f"{INTENT}.tsr").write_bytes(stamp(service, (folder / INTENT).read_bytes()))
    assert (VerifyStatus.STAMP_INVALID, f"{INTENT}.tsr") in found(folder, authority / "ca.pem")


def test_a_service_that_refuses_or_is_not_there_is_named(tmp_path):
    """With what it said."""
    time_stamps.authority(tmp_path, digests="sha512")
    with time_stamps.serving(tmp_path) as service, pytest.raises(PreconditionError, match="refused") as caught:
        stamp(service, b"anything")
    assert service in caught.value.message
    with pytest.raises(PreconditionError, match=service):
        stamp(service, b"anything")


def test_what_is_no_stamp_is_refused():
    """A page of HTML, or an answer without end, is none."""
    server = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{server.getsockname()[1]}/"

    def answer():
        session, _ = server.accept()
        with session:
            session.recv(1 << 16)
            session.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<p>no</p>")

    thread = time_stamps.threading.Thread(target=answer)
    thread.start()
    with pytest.raises(PreconditionError, match="is no time stamp"):
        stamp(address, b"anything")
    thread.join()
    server.close()


def test_an_end_without_a_stamp_is_said_and_mended_later(tmp_path, authority, monkeypatch, capsys):
    """The run is what it was; the words name the command that has it stamped once the service is back."""
    monkeypatch.setenv("HOPSDRILL_CONFIG", str(tmp_path / "config"))
    folder = tape.write(tmp_path / "run", sample.passing(), sample.EVIDENCE)
    signed_run.declare(folder, KeyStore().runner())
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:1/")
    assert leave(folder).exit_code == 0
    assert f"hopsdrill report stamp {folder}" in capsys.readouterr().err
    assert not (folder / f"{ATTESTATION}.tsr").exists()
    with time_stamps.serving(authority) as service:
        monkeypatch.setenv(VARIABLE, service)
        done = CliRunner().invoke(app, ["report", "stamp", str(folder)])
    assert done.exit_code == 0, done.output
    checked = verify(folder, KeyStore().own())
    assert (checked.status, len(checked.stamps)) == (VerifyStatus.INTACT, 1)


def test_a_run_whose_intent_cannot_be_stamped_is_not_conducted(tmp_path, monkeypatch):
    """Nothing is touched: a run that was to be stamped and is not would be worth less than its reader believes."""
    monkeypatch.setenv("HOPSDRILL_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:1/")
    done = CliRunner().invoke(app, ["run", "in-place-restore", "--reports", str(tmp_path / "reports"), "--json"])
    assert done.exit_code == 4, done.output
    told = next(
        entry.event
        for entry in read(next((tmp_path / "reports").glob("*-in-place-restore-*")))
        if isinstance(entry.event, ev.NotConducted)
    )
    assert "time-stamp service http://127.0.0.1:1/" in told.message
