"""What steps and operations use to write: one method for each thing worth saying."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hopsdrill.core.clock import Instant, now
from hopsdrill.core.errors import DrillError
from hopsdrill.journal.evidence import EvidenceStore
from hopsdrill.journal.writer import Journal
from hopsdrill.model import events as ev


SHOWN_DIFFERENCES = 20  # differing keys kept in an entry; evidence has them all


@dataclass
class Outcome:
    """What an operation's body fills in while it runs."""

    text: str = "done"
    evidence: list[str] = field(default_factory=list)


class Recorder:
    """Writes to one run's journal and evidence.

    Args:
        journal: where events go.
        evidence: where artefacts go.
    """

    def __init__(self, journal: Journal, evidence: EvidenceStore) -> None:
        self.journal = journal
        self.evidence = evidence
        self.scenario = ""
        self.failures = 0  # proofs that failed so far
        self.last_data_proof: Instant | None = None  # where a recovery's clock stops
        self.guard: Callable[[str], None] | None = None  # asked before each destructive operation; raises to refuse
        self._numbers = itertools.count(1)

    def write(self, event: ev.Event) -> ev.Entry:
        """Append any event."""
        return self.journal.append(event)

    @contextmanager
    def operation(self, name: str, call: str, *, target: str, destructive: bool = False) -> Iterator[Outcome]:
        """Journal an operation ahead of doing it, and how it ended; errors pass through."""
        if destructive and self.guard is not None:
            self.guard(name)
        number, start, outcome = next(self._numbers), now().mono, Outcome()
        started = ev.OperationStarted(operation=number, name=name, call=call, target=target, destructive=destructive)
        self.write(started)
        try:
            yield outcome
        except BaseException as error:
            text = error.message if isinstance(error, DrillError) else f"{type(error).__name__}: {error}"
            self._finish(number, start, ev.Status.FAILED, Outcome(text, outcome.evidence))
            raise
        self._finish(number, start, ev.Status.PASSED, outcome)

    def _finish(self, number: int, start: float, status: ev.Status, outcome: Outcome) -> None:
        seconds = round(now().mono - start, 3)
        self.write(
            ev.OperationFinished(
                operation=number, status=status, outcome=outcome.text, seconds=seconds, evidence=outcome.evidence
            )
        )

    def created(self, resource: ev.Resource) -> None:
        """Enter a thing into the ledger; call it before the creating call."""
        self.write(ev.ResourceCreated(resource=resource))

    def removed(self, resource: ev.Resource) -> None:
        """Settle a ledger entry; call it when the thing was seen to be gone."""
        self.write(ev.ResourceRemoved(resource=resource))

    def action(
        self, action: str, *, effective: bool, expected: str, observed: str, evidence: Sequence[str] = ()
    ) -> None:
        """Record whether something done on purpose took effect."""
        self.write(
            ev.ActionProbed(
                scenario=self.scenario,
                action=action,
                effective=effective,
                expected=expected,
                observed=observed,
                evidence=list(evidence),
            )
        )

    def proof(  # noqa: PLR0913 - the fields of a proof
        self,
        proof: str,
        *,
        store: str,
        passed: bool,
        expected: str,
        observed: str,
        differences: Sequence[str] = (),
        evidence: Sequence[str] = (),
        data: bool = True,
    ) -> bool:
        """Record a check; all differences go to evidence, the first twenty into the entry. Returns ``passed``."""
        kept = list(evidence)
        if len(differences) > SHOWN_DIFFERENCES:
            kept.append(self.evidence.put_json(f"differences-{proof}", list(differences)))
        status = ev.Status.PASSED if passed else ev.Status.FAILED
        self.write(
            ev.ProofRecorded(
                scenario=self.scenario,
                proof=proof,
                store=store,
                status=status,
                expected=expected,
                observed=observed,
                differences=list(differences[:SHOWN_DIFFERENCES]),
                evidence=kept,
                data=data,
            )
        )
        self.failures += not passed
        if data:
            self.last_data_proof = now()
        return passed

    def undecided(self, proof: str, *, store: str, expected: str, observed: str, data: bool = True) -> None:
        """Record a check that could not decide; ``observed`` says why. It is no pass."""
        self.write(
            ev.ProofRecorded(
                scenario=self.scenario,
                proof=proof,
                store=store,
                status=ev.Status.UNKNOWN,
                expected=expected,
                observed=observed,
                data=data,
            )
        )

    def keep(self, name: str, value: Any) -> str:
        """Store an artefact (text as it is, anything else as JSON); returns its digest."""
        return self.evidence.put_text(name, value) if isinstance(value, str) else self.evidence.put_json(name, value)
