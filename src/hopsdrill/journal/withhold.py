"""The last look for secrets in what a run has left, before anybody gets it.

Whatever is written is redacted first. So what this finds was written before its secret was known, or past the one way to write.
"""

from pathlib import Path

from hopsdrill.core.files import put
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal.chain import seal
from hopsdrill.journal.evidence import FOLDER, INDEX
from hopsdrill.journal.reader import read
from hopsdrill.journal.resume import resume
from hopsdrill.journal.writer import NAME, cleaned
from hopsdrill.model.events import ArtefactWithheld, Entry, Event


INTENT = "intent.dsse.json"  # signed over the first entry; a time stamp of it has a longer name


def withhold(folder: Path) -> list[str]:
    """Take what holds a known secret out of an ended run's folder, and say so in its journal; gives the paths.

    Files are removed. The journal and the evidence's index stay, with the secret masked: what they tell is needed. Entries from the first
    masked one on are chained anew; where that is the very first, what was signed over it before the run is withheld, too.

    Raises:
        JournalError: the journal does not open, or the disk refuses.
    """
    masked, events = _mask_journal(folder), list[ArtefactWithheld]()
    if masked:
        what = f"entries {', '.join(map(str, masked))} held a secret, were masked afterwards, and all from there on chained anew"
        events.append(ArtefactWithheld(artefact=NAME, what=what))
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.name != NAME):
        name = path.relative_to(folder).as_posix()
        text = path.read_bytes().decode(errors="replace")
        if name == f"{FOLDER}/{INDEX}" and REDACTOR.found_in(text):
            put(path, "".join(f"{REDACTOR.scrub(line)}\n" for line in text.splitlines()))
            events.append(ArtefactWithheld(artefact=name, what="a name in it held a secret, and was masked"))
        elif REDACTOR.found_in(text):
            path.unlink()
            events.append(ArtefactWithheld(artefact=name, what="it held a secret, and was removed"))
        elif name.startswith(INTENT) and 0 in masked:
            path.unlink()
            events.append(ArtefactWithheld(artefact=name, what="it was signed over the first entry as it was before"))
    if events:
        journal = resume(folder)
        journal.append_all(events)
        journal.close()
    return [each.artefact for each in events]


def _mask_journal(folder: Path) -> list[int]:
    """Mask entries that hold a secret; gives their numbers."""
    path = folder / NAME
    if not REDACTOR.found_in(path.read_bytes().decode(errors="replace")):
        return []
    entries = read(folder)
    clean = [cleaned(entry.event)[0] for entry in entries]
    masked = [entry.seq for entry, event in zip(entries, clean, strict=True) if event is not entry.event]
    if masked:
        lines = path.read_bytes().splitlines(keepends=True)[: masked[0]]
        put(path, b"".join([*lines, *_chained(entries, clean, masked[0])]))
    return masked


def _chained(entries: tuple[Entry, ...], events: list[Event], first: int) -> list[bytes]:
    lines, previous = list[bytes](), entries[first].prev
    for entry, event in zip(entries[first:], events[first:], strict=True):
        sealed, line = seal(entry.seq, entry.at, entry.mono_ms, event, previous)
        lines.append(line + b"\n")
        previous = sealed.hash
    return lines
