"""The evidence beside a journal: named, and each file held against its digest."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from hopsdrill.journal.chain import sha256
from hopsdrill.journal.evidence import FOLDER
from hopsdrill.model.events import ArtefactWithheld, Entry
from hopsdrill.report.accounts import EvidenceAccount
from hopsdrill.report.gap import Gap, or_gap


def evidence(folder: Path, entries: tuple[Entry, ...]) -> list[EvidenceAccount]:
    """Every artefact that the index or an event names, in the order of their digests."""
    index, cited = _index(folder), _cited(entries)
    found = [
        _account(folder, digest, index.get(digest, []), cited.get(digest, [])) for digest in sorted({*index, *cited})
    ]
    withheld = {each.event.artefact for each in entries if isinstance(each.event, ArtefactWithheld)}
    return [
        each.model_copy(update={"state": "withheld"})
        if each.state == "missing" and f"{FOLDER}/{each.digest}" in withheld
        else each
        for each in found
    ]


def _index(folder: Path) -> dict[str, list[dict[str, Any]]]:
    path, found = folder / "evidence" / "index.ndjson", defaultdict(list)
    lines = path.read_text().splitlines() if path.exists() else []
    for line in lines:
        row = json.loads(line)
        found[str(row["digest"])].append(row)
    return found


def _cited(entries: tuple[Entry, ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        for digest in getattr(entry.event, "evidence", []):
            found[digest].append(entry.seq)
    return found


def _account(folder: Path, digest: str, rows: list[dict[str, Any]], events: list[int]) -> EvidenceAccount:
    path = folder / "evidence" / digest
    data = path.read_bytes() if path.is_file() else None
    state = "missing" if data is None else "intact" if sha256(data) == digest else "changed"
    why = "the index does not name it"
    return EvidenceAccount(
        digest=digest,
        names=sorted({str(row["name"]) for row in rows}),
        media=or_gap(str(rows[0]["media"]) if rows else None, why),
        size=or_gap(int(rows[0]["size"]) if rows else None, why),
        captured=or_gap(_first(events), "no event cites it") if events else Gap(gap="no event cites it"),
        state=state,
        events=events,
    )


def _first(events: list[int]) -> str:
    return f"with journal entry {events[0]}"
