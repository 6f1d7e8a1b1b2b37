"""One run from its first journal entry to its last: prepared, conducted, cleaned up; whatever happens is journalled."""

import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hopsdrill import __version__
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.clock import now
from hopsdrill.core.errors import DrillError, InterlockError, JournalError, OperationError, PlanError, PreconditionError
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.journal.chain import sha256
from hopsdrill.lab import load
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Plan
from hopsdrill.model.profile import Profile
from hopsdrill.run import capacity, environment, feasible, rates, signals
from hopsdrill.run.cleanup import clean
from hopsdrill.run.lease import lease
from hopsdrill.run.sealing import gate as sealed
from hopsdrill.run.session import Drill, site_of
from hopsdrill.run.target import target_of
from hopsdrill.safety import interlocks
from hopsdrill.safety.ledger import Remover, unsettled
from hopsdrill.site import Site


RUN_VARIABLE = "HOPSDRILL_RUN"  # in the environment of every process a run starts, so that `gc` finds orphans

Session = Callable[[Drill], None]


@dataclass(frozen=True)
class Order:
    """What is to be run.

    Attributes:
        reports: where the run's folder is made.
        command: what re-runs this drill.
        keep: leave what was made standing when the run did not pass.
        challenge: what an auditor gave, to enter the first entry.
        key: ID of the key that will sign.
        share: which share of the plan's features it is; empty for all.
        begun: called with the first entry before anything is touched; the run is not conducted where it raises PreconditionError.
        attested: manual steps before the run, by somebody's word; each is journalled.
        substitutions: what stands in for what in this run, beside the lab's own substitutions; for the report.
    """

    plan: Plan
    path: Path
    profile: Profile
    reports: Path
    command: Sequence[str]
    keep: bool = False
    challenge: str = ""
    key: str = ""
    share: str = ""
    attested: tuple[ev.PhaseAttested, ...] = ()
    begun: Callable[[Recorder, ev.Entry], None] | None = None
    substitutions: Callable[[Drill], list[str]] | None = None


def execute(order: Order, session: Session, listener: Callable[[ev.Entry], None] | None = None) -> Path:
    """Run a drill; gives the run's folder, in which the journal says how it went.

    Args:
        order: what.
        session: conducts the scenarios; it is given once the interlocks have passed.
        listener: sees every journal entry, for progress.

    Raises:
        JournalError: the journal cannot be written; nothing was, or nothing more is, touched.
    """
    run_id = f"{now().utc:%Y%m%dT%H%M%SZ}-{order.plan.name}-{secrets.token_hex(2)}"
    folder = order.reports / run_id
    journal = Journal(folder)
    journal.listener = listener
    recorder = Recorder(journal, EvidenceStore(folder))
    os.environ[RUN_VARIABLE] = run_id
    try:
        first = recorder.write(_started(order, run_id))
        for each in order.attested:
            recorder.write(each)
        with signals.noted() as seen:
            _guarded(order, recorder, first, session, seen)
            if seen:
                recorder.write(ev.RunInterrupted(signum=seen[0]))
        recorder.write(ev.RunFinished())
    finally:
        del os.environ[RUN_VARIABLE]
        journal.close()
    return folder


def _started(order: Order, run_id: str) -> ev.RunStarted:
    return ev.RunStarted(
        run_id=run_id,
        tool_version=__version__,
        plan_file=str(order.path),
        plan_digest=sha256(order.path.read_bytes()),
        plan=order.plan.model_dump(mode="json", by_alias=True),
        command=list(order.command),
        host=environment.host(),
        challenge=order.challenge,
        key=order.key,
        share=order.share,
        commit=environment.commit_of(order.path),
    )


def _guarded(order: Order, recorder: Recorder, first: ev.Entry, session: Session, seen: list[int]) -> None:
    """Turn every way of ending into what the journal says about it."""
    try:
        if order.begun is not None:
            order.begun(recorder, first)
        _run(order, recorder, recorder.journal.folder.name, session)
    except KeyboardInterrupt:
        if not seen:
            raise
    except JournalError:
        raise
    except (PreconditionError, InterlockError, PlanError, OperationError) as error:
        why = {InterlockError: "interlock", PlanError: "plan"}.get(type(error), "environment")
        recorder.write(ev.NotConducted.model_validate({"why": why, "message": error.message, "hint": error.hint}))
    except Exception as error:  # noqa: BLE001 - our own defect: the run proves nothing, and says so
        text = error.message if isinstance(error, DrillError) else f"{type(error).__name__}: {error}"
        recorder.write(ev.InternalFailure(message=text))


def _run(order: Order, recorder: Recorder, run_id: str, session: Session) -> None:
    cluster, store = target_of(order.plan)
    folder, known = recorder.journal.folder, rates.timed(order.reports, order.plan)
    drill = Drill(run_id, folder, order.plan, order.profile, cluster, store, recorder, order.challenge, order.attested)
    interlocks.check(recorder, feasible.gates(order.plan, order.profile, ObjectStore(store), known))
    with lease(cluster.name, f"run {run_id}"), tempfile.TemporaryDirectory(prefix="hopsdrill-") as scratch:
        site = site_of(drill, Path(scratch))
        interlocks.check(recorder, interlocks.gates(order.plan, site.kube, site.store, cluster.uid))
        interlocks.check(recorder, sealed.gates(order.plan, site))
        interlocks.check(recorder, capacity.gates(site, known))
        recorder.write(environment.seen(drill, site, order.substitutions(drill) if order.substitutions else []))
        try:
            session(drill)
        finally:
            _tidy(order, _where_it_is_now(drill, site, Path(scratch)))


def _where_it_is_now(drill: Drill, site: Site, scratch: Path) -> Site:
    """The site to clean up: the drill may have lost its cluster and made another one in its place."""
    cluster = load().clusters.get(str(drill.plan.target.lab_cluster))
    if cluster is None or cluster.uid == site.cluster_uid:
        return site
    return site_of(replace(drill, target=cluster), scratch)


def _passed(recorder: Recorder) -> bool:
    ends = [entry.event for entry in read(recorder.journal.folder) if isinstance(entry.event, ev.ScenarioFinished)]
    return bool(ends) and all(end.status is ev.Status.PASSED for end in ends)


def _tidy(order: Order, site: Site) -> None:
    recorder = site.recorder
    made = unsettled(read(recorder.journal.folder))
    if order.keep and not _passed(recorder):
        recorder.write(ev.CleanupFinished(leftovers=made, kept_on_purpose=bool(made)))
        return
    clean(recorder, made, Remover(site.kube, site.helm, site.store, site.cluster_uid))
