"""Restores in place that cannot work because something they need is missing: refused by hopsdrill, and by the platform."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.core.errors import PreconditionError, VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.key import Key
from hopsdrill.recovery import location
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.request import Request, request_for
from hopsdrill.recovery.restore import restore_in_place
from hopsdrill.run import refusals, refused
from hopsdrill.run.locations import nobody
from hopsdrill.run.refusals import UNKNOWN_ID, Standing, standing
from hopsdrill.site import Site


TAKE_AWAY = "take away what a restore needs"
SETTLED_S = 90.0
OFTEN = "1s"  # how often Velero is told to look at the location meanwhile
HOOK_S = 5  # how long the platform's hook is told to wait for Velero


@dataclass(frozen=True)
class Lacking:
    """A restore whose need is not met.

    Attributes:
        site: by which it is asked for.
        asked: the request.
        said: hopsdrill's reason.
        refusal: name of the platform's, in the profile.
        by_hook: a hook of the release is to refuse, not the rendering.
    """

    site: Site
    backup: BackupSet
    asked: Request
    said: str
    refusal: str
    by_hook: bool = False


@dataclass(frozen=True)
class Answered:
    """How hopsdrill answered, and how everything stood before."""

    lacking: Lacking
    own: str
    before: Standing


def ask(site: Site, what: str, backup: BackupSet, key: Key, upset: ExitStack) -> Answered:
    """Take one thing away that a restore needs, and ask hopsdrill for one; the stack puts it back.

    Raises:
        VerificationError: the scenario takes something away that nobody knows.
    """
    known = _known(site, backup, upset)
    if what not in known:
        msg = f"There is no lack {what!r} of a restore."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    with site.recorder.operation(TAKE_AWAY, what, target=site.namespace, destructive=True):
        found = known[what]()
    before, own = standing(site, key), ""
    try:
        restore_in_place(found.site, found.backup, found.asked)
    except PreconditionError as error:
        own = error.message
    return Answered(found, own, before)


def _known(site: Site, backup: BackupSet, upset: ExitStack) -> dict[str, Callable[[], Lacking]]:
    """What can be taken away, by the scenario's words."""
    own = request_for(site, backup, backup.rondb.id, velero=True)
    lacking = partial(Lacking, site, backup)
    quick = replace(own, overrides={**own.overrides, "velero_seconds": HOOK_S})
    gone = f"Velero's location {site.profile.kubernetes.storage_location} is not {location.AVAILABLE}"
    location_gone = partial(lacking, quick, gone, "no-location", by_hook=True)
    return {
        "there is no release": lambda: Lacking(_elsewhere(site), backup, own, "there is no release", "no-release"),
        "its ID is in no record": lambda: _unknown(site, backup),
        "the object store does not answer": lambda: _unreachable(site, backup, own),
        "Velero's location is gone": lambda: _then(partial(_remove_location, site, upset), location_gone),
        "Velero cannot reach its location": lambda: _then(partial(_spoil_location, site, upset), location_gone),
        "the named Velero backup does not exist": lambda: _no_backup(site, backup),
    }


def _then(make: Callable[[], object], found: Callable[[], Lacking]) -> Lacking:
    make()
    return found()


def _elsewhere(site: Site) -> Site:
    """The same platform under a release name that nobody has installed."""
    return replace(site, profile=site.profile.model_copy(update={"release": f"{site.profile.release}-nowhere"}))


def _unknown(site: Site, backup: BackupSet) -> Lacking:
    other = replace(backup, rondb=replace(backup.rondb, id=UNKNOWN_ID))
    asked = request_for(site, other, UNKNOWN_ID, velero=True)
    return Lacking(site, other, asked, f"backup {UNKNOWN_ID} of rondb is in no record", "unknown-id")


def _unreachable(site: Site, backup: BackupSet, own: Request) -> Lacking:
    """Both hopsdrill and the platform are given an address at which nobody listens."""
    ref = site.store.ref.model_copy(update={"endpoint": nobody(site)})
    asked = replace(own, overrides={**own.overrides, "store_endpoint": nobody(site)})
    away = replace(site, store=HistoryStore(ref))
    return Lacking(away, backup, asked, "the backups cannot be reached", "no-storage", by_hook=True)


def _no_backup(site: Site, backup: BackupSet) -> Lacking:
    name = f"{site.profile.kubernetes.main_schedule}-20200101000000"
    other = replace(backup, main={**backup.main, "metadata": {**backup.main["metadata"], "name": name}})
    asked = request_for(site, other, backup.rondb.id, velero=True)
    return Lacking(site, other, asked, f"Velero's backup {name} is not there", "no-velero-backup", by_hook=True)


def _remove_location(site: Site, upset: ExitStack) -> None:
    names = site.profile.kubernetes
    found = site.kube.get(location.KIND, names.storage_location, names.velero_namespace) or {}
    meta = {
        key: found["metadata"][key]
        for key in ("name", "namespace", "labels", "annotations")
        if key in found["metadata"]
    }
    body = {"apiVersion": found["apiVersion"], "kind": found["kind"], "metadata": meta, "spec": found["spec"]}
    upset.callback(_await_phase, site, location.AVAILABLE)
    upset.callback(site.kube.create, body)
    site.kube.delete(location.KIND, names.storage_location, names.velero_namespace)
    _await_phase(site, "")


def _spoil_location(site: Site, upset: ExitStack) -> None:
    names = site.profile.kubernetes
    found = site.kube.get(location.KIND, names.storage_location, names.velero_namespace) or {}
    bucket = found["spec"]["objectStorage"]["bucket"]
    patch = partial(site.kube.patch, location.KIND, names.storage_location, names.velero_namespace)
    upset.callback(_await_phase, site, location.AVAILABLE)
    upset.callback(patch, {"spec": {"objectStorage": {"bucket": bucket}}})
    patch({"spec": {"objectStorage": {"bucket": f"{bucket}-nowhere"}, "validationFrequency": OFTEN}})
    _await_phase(site, "Unavailable")


def _await_phase(site: Site, phase: str) -> None:
    wait_for(
        lambda: location.state(site, site.profile.kubernetes.storage_location),
        what=f"Velero's location to be {phase or 'gone'}",
        until=lambda seen: seen.phase == phase,
        deadline=SETTLED_S,
    )


def prove_own(site: Site, answered: Answered) -> None:
    """Record hopsdrill's own refusal."""
    refused.prove_refused(site, answered.own, answered.lacking.said)


def prove_platforms(site: Site, answered: Answered) -> None:
    """Ask the platform itself, and record that it refuses with its reason."""
    found = answered.lacking
    ended, said = refusals.ask_platform(found.site, found.asked, found.refusal, hooks=found.by_hook)
    refused.prove_platform(site, found.refusal, said if ended.returncode else "")


def prove_untouched(site: Site, answered: Answered, key: Key) -> None:
    """Record that everything stands as before."""
    refusals.prove_untouched(site, answered.before, key, by_hook=answered.lacking.by_hook)
