"""Planted secrets, on every way into a run's folder and in every form: none of them arrives."""

import base64
import hashlib
import html
import json
import secrets
import shlex
import sys
import traceback
from urllib.parse import quote, quote_plus

import pytest
import sample_journal as sample

from hopsdrill.cli.run import leave
from hopsdrill.core.errors import OperationError
from hopsdrill.core.process import run
from hopsdrill.core.redact import REDACTOR
from hopsdrill.integrity import VerifyStatus, verify
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.model import events as ev
from hopsdrill.proof.key import Key
from hopsdrill.signing import KeyStore


WAYS = ("values", "environment", "standard error", "traceback", "helm", "velero", "proof", "name", "rotated")


def canary(way):
    """A value nothing else holds, with characters that each encoding writes in its own way."""
    return f"{secrets.token_hex(8)}/p@ss+w&rd '{way}' \"ä\" {secrets.token_hex(8)}"


@pytest.fixture
def planted(monkeypatch):
    """A secret for each way, registered as whoever loads one does."""
    monkeypatch.setattr(REDACTOR, "_forms", set())
    made = {way: canary(way) for way in WAYS}
    for each in made.values():
        REDACTOR.register(each)
    return made


def forms(value):
    """What a program may make of a value; of this test alone, so that it does not follow a mistake of the registry's."""
    raw, twice = value.encode(), base64.b64encode(value.encode())
    aligned = [base64.b64encode(b"." * before + raw + b"." * after) for before in range(3) for after in range(3)]
    in_a_secret = base64.b64encode(json.dumps({"data": {"password": twice.decode()}}).encode())
    return [
        value, quote(value), quote(value, safe=""), quote_plus(value), shlex.quote(value), html.escape(value), repr(value),
        json.dumps(value), json.dumps(value, ensure_ascii=False).replace("&", "\\u0026"), json.dumps(value, ensure_ascii=False), json.dumps(json.dumps(value)),
        raw.hex(), raw.hex().upper(), *(each.decode() for each in aligned), base64.urlsafe_b64encode(raw).decode(),
        in_a_secret.decode(), base64.encodebytes(raw * 3).decode(), f"{value[:30]}\n    {value[30:]}", value[:40],
    ]  # fmt: skip


def helm_log(value):
    """What ``helm upgrade --debug`` says."""
    told = "\n".join(f"  password{number}: {each}" for number, each in enumerate(forms(value)))
    return f"upgrade.go:159: preparing upgrade for hopsworks\nUSER-SUPPLIED VALUES:\nglobal:\n{told}\n"


def velero_log(value):
    """What ``velero backup logs`` says."""
    lines = [
        f'time="2026-11-26T12:00:00Z" level=error msg="could not restore" error={json.dumps(each)}'
        for each in forms(value)
    ]
    return "\n".join(lines)


def write(recorder, planted):
    """Send each secret its way."""
    recorder.write(sample.passing()[0].event.model_copy(update={"command": ["hopsdrill", *forms(planted["values"])]}))
    child = "import os, sys; print(os.environ['PASSWORD'], file=sys.stderr); print(sys.argv[1], file=sys.stderr); sys.exit(1)"
    with pytest.raises(OperationError), recorder.operation("call a program", "it fails", target="nowhere"):
        run(
            [sys.executable, "-c", child, planted["standard error"]],
            timeout=60,
            env={"PASSWORD": planted["environment"]},
        )
    try:
        int(planted["traceback"])
    except ValueError as error:
        text = "".join(traceback.format_exception(error))
        recorder.write(ev.InternalFailure(message=text))
        recorder.keep("traceback", {"error": [text], "locals": repr({"password": planted["traceback"]})})
    recorder.keep("helm.log", helm_log(planted["helm"]))
    recorder.keep("velero.log", velero_log(planted["velero"]))
    recorder.keep(f"log of {planted['name']}", "nothing")
    differing = [
        f"Secret x data.password: {each} instead of {Key().short(planted['proof'])}" for each in forms(planted["proof"])
    ]
    recorder.proof("objects-match", store="kubernetes", passed=False, expected=planted["proof"], observed="?", differences=differing)  # fmt: skip
    REDACTOR.register("what took its place")
    recorder.write(
        ev.Noted(topic="diagnosis", text=f"the old one was {planted['rotated']}, the new one is what took its place")
    )
    recorder.write(ev.RunFinished())


def test_no_planted_secret_arrives(tmp_path, monkeypatch, planted):
    """Not in journal, evidence, its index, report, page, Markdown, JUnit, manifest or signatures; nor a plain digest of one."""
    monkeypatch.setenv("HOPSDRILL_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "run"
    recorder = Recorder(Journal(folder), EvidenceStore(folder))
    write(recorder, planted)
    recorder.journal.close()
    report = leave(folder)

    everything = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert len(everything) > 12
    seen = [
        (way, form, name)
        for way, value in planted.items()
        for form in [
            *forms(value),
            *(digest(value.encode()).hexdigest() for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)),
        ]
        for name, data in everything.items()
        if form.encode() in data or form.encode() in data.replace(b"\n", b"").replace(b" ", b"")
    ]
    assert seen == []
    halves = [half.encode() for value in planted.values() for half in (value[:16], value[-16:])]
    assert not [half for half in halves for data in everything.values() if half in data]
    assert not report.fields.redaction.withheld  # it was masked when it was written, not found afterwards
    assert report.fields.redaction.masked > len(WAYS)
    assert verify(folder, KeyStore().own()).status is VerifyStatus.INTACT
    assert any(
        "exit code 1" in entry.event.outcome for entry in read(folder) if isinstance(entry.event, ev.OperationFinished)
    )
