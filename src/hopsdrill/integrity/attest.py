"""What a run signs: before anything is touched, what it is going to do; at its end, everything it left."""

from pathlib import Path

from securesystemslib.signer import CryptoSigner

from hopsdrill import __version__
from hopsdrill.core.files import put
from hopsdrill.integrity.manifest import ATTESTATION, NAME, STAMP, make
from hopsdrill.integrity.stamps import stamp_intent
from hopsdrill.journal import Recorder
from hopsdrill.journal.chain import sha256
from hopsdrill.journal.withhold import INTENT
from hopsdrill.model.events import Entry, RunStarted
from hopsdrill.report.gap import known
from hopsdrill.report.model import Report
from hopsdrill.signing.envelope import Statement, Subject, write


RESULT_TYPE = (
    "https://in-toto.io/attestation/test-result/v0.1"  # its predicate's fields: result, configuration, passedTests ...
)
INTENT_TYPE = "https://github.com/hopsdrill/intent/v1"
RESULTS = {"PASS": "PASSED", "BREACHED": "WARNED"}  # every other verdict is FAILED


def declare_intent(recorder: Recorder, first: Entry, signer: CryptoSigner) -> None:
    """Sign plan and challenge before anything is touched, and have that stamped where a time-stamp service is configured.

    Args:
        recorder: the run's.
        first: the journal's first entry.
        signer: the runner's key.

    Raises:
        JournalError: the disk refuses.
        PreconditionError: a time-stamp service is configured, and gives no stamp.
    """
    started = first.event
    assert isinstance(started, RunStarted)  # noqa: S101 - a journal begins with it
    predicate = {"run_id": started.run_id, "challenge": started.challenge, "at": first.at, "entry": first.hash}
    subject = [Subject(name="plan", digest={"sha256": started.plan_digest})]
    statement = Statement(subject=subject, predicateType=INTENT_TYPE, predicate=predicate)
    write(recorder.journal.folder / INTENT, statement, signer)
    stamp_intent(recorder)


def attest(folder: Path, report: Report, entries: tuple[Entry, ...], signer: CryptoSigner) -> None:
    """Write ``manifest.json`` and the signed attestation over it; call it when nothing more will be written.

    Raises:
        JournalError: the disk refuses, or the folder holds something that is no plain file.
    """
    manifest = make(folder, report.run_id).to_bytes()
    put(folder / NAME, manifest.decode())
    (folder / (ATTESTATION + STAMP)).unlink(missing_ok=True)  # of an attestation that there was before
    subject = [Subject(name=NAME, digest={"sha256": sha256(manifest)})]
    made = Statement(subject=subject, predicateType=RESULT_TYPE, predicate=_predicate(report, entries))
    write(folder / ATTESTATION, made, signer)


def _predicate(report: Report, entries: tuple[Entry, ...]) -> dict[str, object]:
    """The fields of in-toto's test-result, and ours beside them under ``hopsdrill``."""
    by_result: dict[str, list[str]] = {"PASSED": [], "WARNED": [], "FAILED": []}
    for each in known(report.fields.steps.scenarios):
        by_result[RESULTS.get(str(each.verdict), "FAILED")].append(each.scenario)
    started = entries[0].event
    plan = started.plan_digest if isinstance(started, RunStarted) else ""
    return {
        "result": RESULTS.get(report.verdict or "", "FAILED"),
        "configuration": [{"name": "plan", "digest": {"sha256": plan}}],
        **{f"{name.lower()}Tests": by_result[name] for name in by_result},
        "hopsdrill": {
            "run_id": report.run_id,
            "verdict": report.verdict,
            "exit_code": report.exit_code,
            "tool_version": __version__,
            "entries": len(entries),
            "head": entries[-1].hash,
            "challenge": started.challenge if isinstance(started, RunStarted) else "",
        },
    }
