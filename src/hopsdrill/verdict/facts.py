"""A journal's events, sorted by what they are; the rules read these and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from hopsdrill.model import events as ev
from hopsdrill.model.base import Model


E = TypeVar("E", bound=Model)
UNJUDGED = (ev.OperationStarted, ev.OperationFinished)  # most of a long journal, and no rule reads them
REMARKS = (ev.Noted, ev.ArtefactWithheld)  # what may follow a run's last event


def judged(entries: Iterable[ev.Entry]) -> Iterator[ev.Entry]:
    """The entries a verdict depends on, so that a journal of any length can be judged: ``judge`` says the same of them as of all.

    An operation is among them only as the first, or where nothing but remarks follows it: what a journal begins and ends with is judged.
    """
    last: ev.Entry | None = None
    for place, entry in enumerate(entries):
        if place and isinstance(entry.event, UNJUDGED):
            last = entry
        else:
            last = last if isinstance(entry.event, REMARKS) else None
            yield entry
    if last is not None:
        yield last


class Seen(NamedTuple, Generic[E]):
    """An event with its place and times."""

    seq: int
    at: str
    mono_ms: int
    event: E


@dataclass(frozen=True)
class Declared:
    """What a scenario had to leave behind, as journalled before it ran.

    Attributes:
        first: sequence number of the first declaration.
        steps: how many steps it has.
        objectives: those it measures.
    """

    first: int
    events: tuple[int, ...]
    steps: int
    proofs: frozenset[str]
    actions: frozenset[str]
    objectives: frozenset[str]


class Facts:
    """Looks up a journal's events; every look-up is linear in the journal or better.

    Args:
        entries: the journal, in order.
    """

    def __init__(self, entries: Sequence[ev.Entry]) -> None:
        self.entries = tuple(entries)
        self._by_kind: dict[type[Model], list[ev.Entry]] = defaultdict(list)
        for entry in self.entries:
            self._by_kind[type(entry.event)].append(entry)

    def all(self, kind: type[E]) -> list[Seen[E]]:
        """Every event of a kind, in order."""
        found = self._by_kind.get(kind, [])
        return [Seen(e.seq, e.at, e.mono_ms, e.event) for e in found if isinstance(e.event, kind)]

    def by_scenario(self, kind: type[E]) -> dict[str, list[Seen[E]]]:
        """Every event of a kind that names a scenario, by that name."""
        grouped: dict[str, list[Seen[E]]] = defaultdict(list)
        for seen in self.all(kind):
            grouped[str(getattr(seen.event, "scenario", ""))].append(seen)
        return grouped

    @cached_property
    def declared(self) -> dict[str, Declared]:
        """Planned scenarios; what several declarations of one say counts together."""
        return {name: _together(seen) for name, seen in self.by_scenario(ev.ScenarioPlanned).items()}

    @cached_property
    def failed_proofs(self) -> dict[str, list[Seen[ev.ProofRecorded]]]:
        """Proofs that failed, by scenario."""
        found = self.by_scenario(ev.ProofRecorded)
        return {
            name: bad
            for name, seen in found.items()
            if (bad := [s for s in seen if s.event.status is ev.Status.FAILED])
        }

    @cached_property
    def ineffective(self) -> dict[str, list[Seen[ev.ActionProbed]]]:
        """Actions that had no effect, by scenario."""
        found = self.by_scenario(ev.ActionProbed)
        return {name: bad for name, seen in found.items() if (bad := [s for s in seen if not s.event.effective])}

    @cached_property
    def conducted(self) -> bool:
        """Tell whether anything was begun or proved; if not, a refusal to start is all there is."""
        kinds = (ev.ScenarioStarted, ev.StepStarted, ev.ProofRecorded, ev.ActionProbed)
        return any(kind in self._by_kind for kind in kinds) or ev.NotConducted not in self._by_kind

    @cached_property
    def unsettled(self) -> list[Seen[ev.ResourceCreated]]:
        """Ledger entries never seen to be gone: made, and not removed after that."""
        last: dict[ev.Resource, Seen[ev.ResourceCreated] | None] = {}
        for entry in self.entries:
            if isinstance(entry.event, ev.ResourceCreated):
                last[entry.event.resource] = Seen(entry.seq, entry.at, entry.mono_ms, entry.event)
            elif isinstance(entry.event, ev.ResourceRemoved):
                last[entry.event.resource] = None
        return [seen for seen in last.values() if seen]


def _together(seen: list[Seen[ev.ScenarioPlanned]]) -> Declared:
    return Declared(
        first=seen[0].seq,
        events=tuple(s.seq for s in seen),
        steps=max(len(s.event.steps) for s in seen),
        proofs=frozenset(name for s in seen for name in s.event.proofs),
        actions=frozenset(name for s in seen for name in s.event.actions),
        objectives=frozenset(name for s in seen for name in s.event.objectives),
    )
