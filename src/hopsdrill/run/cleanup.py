"""Removing what a run made, by its ledger; what stays is named."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hopsdrill.core.errors import DrillError, OperationError
from hopsdrill.journal import Recorder, read
from hopsdrill.model import events as ev
from hopsdrill.safety.ledger import Remover, unsettled
from hopsdrill.site import Site


def clean(recorder: Recorder, resources: Iterable[ev.Resource], remover: Remover) -> None:
    """Remove everything, settle each in the ledger, and journal what is left.

    A second signal ends it; what was not reached counts as left behind.
    """
    waiting, left = list(resources), list[ev.Resource]()
    try:
        while waiting:
            resource = waiting[0]
            if reason := _remove(recorder, resource, remover):
                left.append(resource)
                recorder.write(ev.Noted(topic="diagnosis", text=f"clean-up: {resource.kind} {resource.name}: {reason}"))
            waiting.pop(0)
    except KeyboardInterrupt:
        left += waiting
    recorder.write(ev.CleanupFinished(leftovers=left))


def _remove(recorder: Recorder, resource: ev.Resource, remover: Remover) -> str:
    where = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
    try:
        with recorder.operation(f"remove {resource.kind}", where, target=resource.cluster_uid) as done:
            reason = remover.remove(resource)
            done.text = reason or "gone"
    except DrillError as error:
        return error.message
    if not reason:
        recorder.removed(resource)
    return reason


@contextmanager
def undone(site: Site) -> Iterator[None]:
    """At the end, remove whatever was entered into the ledger meanwhile, as the run's own clean-up would, and see it gone.

    Raises:
        OperationError: something stayed; it is named, and stays in the ledger.
    """
    before = set(made(site))
    try:
        yield
    finally:
        if ours := [each for each in made(site) if each not in before]:
            _undo(site, ours)


def _undo(site: Site, ours: list[ev.Resource]) -> None:
    with site.recorder.operation(
        "remove what the scenario made", f"{len(ours)} entries of the ledger", target=site.cluster_uid
    ) as done:
        remove_all(site, ours)
        done.text = f"{len(ours)} gone"


def made(site: Site) -> list[ev.Resource]:
    """What this run has made and not seen to be gone, in the order of removal."""
    return unsettled(read(site.recorder.journal.folder))


def remove_all(site: Site, ours: list[ev.Resource]) -> None:
    """Remove things in their order and settle each in the ledger; within an operation of the caller.

    Raises:
        OperationError: something stayed; each is named with its reason.
    """
    remover, left = Remover(site.kube, site.helm, site.store, site.cluster_uid), list[str]()
    namespaces = [each for each in ours if each.kind == "namespace" and each.cluster_uid == site.cluster_uid]
    for each in ours:
        if each in namespaces[:1]:  # all at once, for each takes its time to go
            for one in namespaces:
                site.kube.delete(one.api, one.name)
        if reason := remover.remove(each):
            left.append(f"{each.kind} {each.name}: {reason}")
        else:
            site.recorder.removed(each)
    if left:
        msg = f"{len(left)} of {len(ours)} things stayed: {'; '.join(left)}"
        raise OperationError(msg, hint="hopsdrill gc removes what an interrupted run left behind")
