"""A secret on the real lab: Helm, Velero and Kubernetes repeat it, and no artefact does."""

import base64
import json
import secrets

from on_lab import hopsdrill, run_folder, tailored

from hopsdrill.journal import read
from hopsdrill.model import events as ev


def test_no_artefact_of_a_leaky_drill_holds_the_secret(tmp_path):
    """What each of them said held it, and neither the folder nor the terminal does; nothing had to be withheld."""
    canary = f'canary-{secrets.token_hex(6)}/p@ss+w&rd \'"ä" {secrets.token_hex(12)}'
    plan = tailored(
        tmp_path, "test_leaky.py", "leaky.feature", name="leaky", exclusions=["everything: it is about secrets"]
    )
    ended = hopsdrill(
        "--debug", "run", plan, "--json", "--reports", tmp_path / "reports", env={"HOPSDRILL_TEST_CANARY": canary}
    )
    assert ended.code == 8, ended.err[-3000:]
    assert ended.told["verdict"] == "UNKNOWN"
    folder = run_folder(tmp_path / "reports")
    proofs = {entry.event.proof: entry.event for entry in read(folder) if isinstance(entry.event, ev.ProofRecorded)}
    assert {name: event.status for name, event in proofs.items()} == dict.fromkeys(
        ("helm-quoted-it", "velero-quoted-it", "kubernetes-holds-it"), ev.Status.PASSED
    )
    assert all("[redacted]" in event.observed for event in proofs.values())
    assert not [entry for entry in read(folder) if isinstance(entry.event, ev.ArtefactWithheld)]
    everything = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    everything |= {"stdout": ended.out.encode(), "stderr": ended.err.encode()}
    for form in _forms(canary):
        assert [name for name, data in everything.items() if form.encode() in data] == [], form


def _forms(value: str) -> list[str]:
    """As it is, its distinctive halves, and what Helm, Kubernetes and Python make of it."""
    once = base64.b64encode(value.encode()).decode()
    return [
        value, value[:19], value[-24:], json.dumps(value)[1:-1], repr(value)[1:-1],
        once[:24], base64.b64encode(once.encode()).decode()[:40],
    ]  # fmt: skip
