"""A tape of timed events for tests: written with a made-up clock, chained as a journal, spoiled on purpose."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hopsdrill.core.clock import utc_text
from hopsdrill.journal.chain import GENESIS, canonical, seal
from hopsdrill.journal.evidence import EvidenceStore
from hopsdrill.model import events as ev


START = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


class Timed(NamedTuple):
    """An event and when it was written, in milliseconds since the run began."""

    ms: int
    event: ev.Event


class Tape:
    """Collects timed events; its clock moves only when told."""

    def __init__(self) -> None:
        self.ms = 0
        self.events: list[Timed] = []
        self._operations = itertools.count(1)

    def say(self, *events: ev.Event, after: float = 0.0) -> None:
        """Write events, ``after`` seconds after the last."""
        self.ms += round(after * 1000)
        self.events.extend(Timed(self.ms, event) for event in events)

    def step(self, scenario: str, index: int, keyword: str, text: str) -> None:
        """Begin a step."""
        self.say(
            ev.StepStarted(scenario=scenario, index=index, keyword=keyword, text=text, line=index + 10), after=0.01
        )

    def stepped(self, scenario: str, index: int) -> None:
        """End a step, passed."""
        self.say(ev.StepFinished(scenario=scenario, index=index, status=ev.Status.PASSED), after=0.01)

    def operation(self, name: str, call: str, target: str, seconds: float, outcome: str, **more) -> None:
        """An operation from start to end; ``more``: destructive, evidence."""
        number = next(self._operations)
        destructive = more.get("destructive", False)
        self.say(
            ev.OperationStarted(operation=number, name=name, call=call, target=target, destructive=destructive),
            after=0.02,
        )
        finished = ev.OperationFinished(
            operation=number,
            status=ev.Status.PASSED,
            outcome=outcome,
            seconds=seconds,
            evidence=more.get("evidence", []),
        )
        self.say(finished, after=seconds)


def seal_all(events: Iterable[Timed]) -> tuple[ev.Entry, ...]:
    """Chain timed events as a journal does."""
    entries: list[ev.Entry] = []
    for seq, (ms, event) in enumerate(events):
        previous = entries[-1].hash if entries else GENESIS
        entries.append(seal(seq, utc_text(START + timedelta(milliseconds=ms)), ms, event, previous)[0])
    return tuple(entries)


def write(folder: Path, events: Iterable[Timed], evidence: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """Put a run's folder on disk: the journal, and evidence as name -> (text, media type)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [canonical(entry.model_dump(mode="json")) + b"\n" for entry in seal_all(events)]
    (folder / "journal.ndjson").write_bytes(b"".join(lines))
    store = EvidenceStore(folder)
    for name, (text, media) in (evidence or {}).items():
        store.put_text(name, text, media)
    return folder


def replaced(events: list[Timed], kind: type, match: dict[str, object] | None = None, **changes: object) -> list[Timed]:
    """The events with every one of a kind that matches changed.

    Raises:
        LookupError: none matches, so the caller's test would test nothing.
    """
    made, hit = [], 0
    for timed in events:
        if isinstance(timed.event, kind) and all(getattr(timed.event, k) == v for k, v in (match or {}).items()):
            hit += 1
            made.append(Timed(timed.ms, timed.event.model_copy(update=changes)))
        else:
            made.append(timed)
    if not hit:
        msg = f"no {kind.__name__} with {match}"
        raise LookupError(msg)
    return made


def without(events: list[Timed], kind: type, **match: object) -> list[Timed]:
    """The events without those of a kind that match.

    Raises:
        LookupError: none matches.
    """
    kept = [
        t for t in events if not (isinstance(t.event, kind) and all(getattr(t.event, k) == v for k, v in match.items()))
    ]
    if len(kept) == len(events):
        msg = f"no {kind.__name__} with {match}"
        raise LookupError(msg)
    return kept
