"""Removing what a run made, by its ledger; what stays is named."""

from collections.abc import Iterable

from hopsdrill.core.errors import DrillError
from hopsdrill.journal import Recorder
from hopsdrill.model import events as ev
from hopsdrill.safety.ledger import Remover


def clean(recorder: Recorder, resources: Iterable[ev.Resource], remover: Remover) -> None:
    """Remove everything, settle each in the ledger, and journal what is left.

    A second signal ends it; what was not reached counts as left behind.
    """
    waiting, left = list(resources), list[ev.Resource]()
    try:
        while waiting:
            resource = waiting[0]
            if reason := remove_one(recorder, resource, remover):
                left.append(resource)
                recorder.write(ev.Noted(topic="diagnosis", text=f"clean-up: {resource.kind} {resource.name}: {reason}"))
            waiting.pop(0)
    except KeyboardInterrupt:
        left += waiting
    recorder.write(ev.CleanupFinished(leftovers=left))


def remove_one(recorder: Recorder, resource: ev.Resource, remover: Remover) -> str:
    """Remove one thing and settle it in the ledger; gives the reason when it is still there, else an empty text."""
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
