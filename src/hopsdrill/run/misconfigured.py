"""One thing about a platform's backups misconfigured, what the status says of it, and how it is put right."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from hopsdrill.clients import need
from hopsdrill.core.errors import VerificationError
from hopsdrill.recovery.status import Level, Status
from hopsdrill.recovery.velero import API, location_phase
from hopsdrill.run import status
from hopsdrill.run.configuration import configure
from hopsdrill.run.refused import unversioned
from hopsdrill.run.status import Told
from hopsdrill.site import Site


OFTEN = "1s"  # how often Velero is told to look at a location that is misconfigured for a while


@dataclass(frozen=True)
class Fault:
    """One misconfiguration.

    Attributes:
        service: whose status it shows in, and ``level``: how.
        said: what the finding says, a regular expression.
        make: does it, and leaves on the stack how it is undone.
    """

    service: str
    level: Level
    said: str
    make: Callable[[ExitStack], object]


def faults(site: Site, told: Told) -> dict[str, Fault]:
    """Every misconfiguration, by the scenario's words."""
    names, space = site.profile.kubernetes, site.profile.kubernetes.velero_namespace
    location = f"{API}/BackupStorageLocation"
    nowhere = {"objectStorage": {"bucket": f"{site.store.ref.bucket}-nowhere"}, "validationFrequency": OFTEN}
    search = need(site.profile.opensearch, "opensearch").cronjob
    patched = partial(_patch, site)
    return {
        "Velero's backups are not enabled": Fault(
            "kubernetes", Level.DISABLED, "Neither Schedule is there", partial(_without_velero, site)
        ),
        "the location cannot be reached": Fault(
            "kubernetes", Level.PARTIAL, f"{names.storage_location} is Unavailable: .*NoSuchBucket",
            partial(patched, location, names.storage_location, space, nowhere),
        ),
        "the users' Schedule is paused": Fault(
            "kubernetes", Level.PARTIAL, f"Schedule {names.users_schedule} is paused",
            partial(patched, f"{API}/Schedule", names.users_schedule, space, {"paused": True}),
        ),
        "the main Schedule is refused by Velero": Fault(
            "kubernetes", Level.PARTIAL, f"Schedule {names.main_schedule} is FailedValidation: ",
            partial(patched, f"{API}/Schedule", names.main_schedule, space, {"schedule": "every week"}),
        ),
        "the search engine's CronJob is suspended": Fault(
            "opensearch", Level.PARTIAL, f"CronJob {site.namespace}/{search} is suspended",
            partial(patched, "batch/v1/CronJob", search, site.namespace, {"suspend": True}),
        ),
        "the database's CronJob is gone": Fault(
            "rondb", Level.DISABLED, f"There is no CronJob {site.namespace}/{site.profile.rondb.cronjob}",
            partial(_remove_cronjob, site),
        ),
        "the bucket's versions are suspended": Fault(
            "hopsfs", Level.PARTIAL, "Versioning of the bucket is suspended", partial(_suspended, site, told)
        ),
    }  # fmt: skip


def _patch(  # noqa: PLR0913, PLR0917 - an object's whole address, and what is to differ
    site: Site, api: str, name: str, space: str, change: dict[str, Any], upset: ExitStack
) -> None:
    before = (site.kube.get(api, name, space) or {})["spec"]
    upset.callback(site.kube.patch, api, name, space, {"spec": {key: before.get(key) for key in change}})
    site.kube.patch(api, name, space, {"spec": change})


def _without_velero(site: Site, upset: ExitStack) -> None:
    upset.callback(configure, site)
    configure(site, kubernetes=False)


def _remove_cronjob(site: Site, upset: ExitStack) -> None:
    """As somebody would by mistake; made again as it was, for Helm would not miss it."""
    name = site.profile.rondb.cronjob
    found = site.kube.get("batch/v1/CronJob", name, site.namespace) or {}
    kept = {key: found["metadata"][key] for key in ("name", "namespace", "labels", "annotations")}
    upset.callback(
        site.kube.create, {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": kept, "spec": found["spec"]}
    )
    site.kube.delete("batch/v1/CronJob", name, site.namespace)


def _suspended(site: Site, told: Told, upset: ExitStack) -> None:
    """Another bucket is named, one of the scenario's own: the platform's own keeps its versions."""
    upset.callback(setattr, told, "store", told.store)
    told.store = site.store.other(unversioned(site, "Suspended"))


def misconfigure(site: Site, what: str, told: Told, upset: ExitStack) -> Fault:
    """Make one misconfiguration; the stack undoes it.

    Raises:
        VerificationError: the scenario names one nobody knows.
    """
    known = faults(site, told)
    if what not in known:
        msg = f"There is no misconfiguration {what!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    with site.recorder.operation("misconfigure the backups", what, target=site.namespace, destructive=True):
        known[what].make(upset)
    return known[what]


def prove_partial(site: Site, fault: Fault, told: Told) -> None:
    """Record that the status is partial, that service's level is the fault's, its reason is told, and no other's changed."""
    services = status.levels(site.profile, **{fault.service: fault.level})
    wanted = status.words(Level.PARTIAL, services)

    def as_wanted(found: Status) -> bool:
        return status.words(found.level, status.seen_levels(found)) == wanted and bool(_reasons(found, fault))

    found = status.settled(site, told, as_wanted)
    status.record(site, "status-is-partial-with-the-reason", f"{wanted}; {fault.said}", found, passed=as_wanted(found))


def prove_left(site: Site, left: str, told: Told) -> None:
    """Record that the status tells what a refused upgrade has left.

    Raises:
        VerificationError: the scenario names something nobody knows.
    """
    known: dict[str, tuple[dict[str, Level], str]] = {
        "everything as it was": ({}, ""),
        "Schedules that Velero refuses, as the status says": ({"kubernetes": Level.PARTIAL}, "is FailedValidation: "),
    }
    if left not in known:
        msg = f"There is nothing known that a refusal leaves as {left!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    but, said = known[left]
    wanted = status.words(Level.PARTIAL if but else Level.ENABLED, status.levels(site.profile, **but))

    def as_wanted(found: Status) -> bool:
        findings = [each.seen for service in found.services.values() for each in service.findings]
        return status.words(found.level, status.seen_levels(found)) == wanted and (
            not said or any(said in each for each in findings)
        )

    found = status.settled(site, told, as_wanted)
    status.record(site, "what-the-refusal-left-is-told", f"{wanted} {said}", found, passed=as_wanted(found))


def _reasons(found: Status, fault: Fault) -> list[str]:
    said = [each.seen for each in found.services[fault.service].findings if each.cure]
    return [each for each in said if re.search(fault.said, each)]


def put_right(site: Site, upset: ExitStack) -> None:
    """Undo the misconfiguration."""
    with site.recorder.operation("put the backups right", "undo the change", target=site.namespace) as done:
        upset.close()
        done.text = f"location {location_phase(site)}"
