"""Time stamps of what a run signs: by whom others trust, so that the runner's own clock need not be."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate

from hopsdrill.adapters import stamps
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.files import put
from hopsdrill.integrity.manifest import ATTESTATION, STAMP
from hopsdrill.integrity.outcome import Verification, VerifyStatus
from hopsdrill.journal import Recorder
from hopsdrill.journal.withhold import INTENT
from hopsdrill.model.events import TimeStamped


VARIABLE = "HOPSDRILL_STAMP_SERVICE"


def service() -> str:
    """The address of the time-stamp service; empty where none is configured."""
    return os.environ.get(VARIABLE, "")


def stamp_intent(recorder: Recorder) -> None:
    """Have the intent stamped, where a service is configured, and journal it.

    Raises:
        PreconditionError: there is no stamp to be had; nothing was touched so far.
    """
    if service():
        at = _stamp(recorder.journal.folder / INTENT)
        recorder.write(TimeStamped(artefact=INTENT, at=utc_text(at), service=service()))


def stamp_attestation(folder: Path) -> datetime:
    """Have the attestation stamped; gives the service's time.

    Raises:
        PreconditionError: there is no stamp to be had.
        JournalError: the disk refuses.
    """
    return _stamp(folder / ATTESTATION)


def _stamp(path: Path) -> datetime:
    message = path.read_bytes()
    answer = stamps.stamp(service(), message)
    put(path.with_name(path.name + STAMP), answer)
    return stamps.moment(answer, message)


def check(folder: Path, roots: Sequence[Certificate], found: Verification) -> None:
    """Note each time stamp there is, and with root certificates each that is missing, or does not hold."""
    times = {name: at for name in (INTENT, ATTESTATION) if (at := _checked(folder, name, roots, found))}
    if len(times) > 1 and times[INTENT] > times[ATTESTATION]:
        found.add(VerifyStatus.STAMP_INVALID, INTENT + STAMP, "it is later than that of the attestation")


def _checked(folder: Path, name: str, roots: Sequence[Certificate], found: Verification) -> datetime | None:
    path = folder / (name + STAMP)
    if not path.is_file():
        if roots:
            found.add(VerifyStatus.STAMP_INVALID, path.name, f"there is none: when {name} was signed, nobody else says")
        return None
    try:
        answer, message = path.read_bytes(), (folder / name).read_bytes()
        at = stamps.checked(answer, message, roots) if roots else stamps.moment(answer, message)
    except (OSError, VerificationError) as error:
        found.add(VerifyStatus.STAMP_INVALID, path.name, str(error))
        return None
    found.stamps.append(
        f"{name} at {utc_text(at)}{'' if roots else ', by a service that was not checked: see --stamp-root'}"
    )
    return at
