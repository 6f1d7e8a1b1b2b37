"""A corner of the lab for scenarios about Velero alone: a prefix, a location, two Schedules and two namespaces of its own.

It needs no platform and touches none; Schedules are named after the platform's, each with one namespace, and the
objects in them are like the platform's and the projects'.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import secret
from hopsdrill.core.wait import wait_for
from hopsdrill.model.events import Resource
from hopsdrill.recovery import velero
from hopsdrill.recovery.location import (
    AVAILABLE_S,
    Location,
    await_available,
    course,
    credentials_file,
    enter_backups,
)
from hopsdrill.safety.ledger import Remover
from hopsdrill.site import Site
from hopsdrill.workload import objects


FOLDER = "hopsdrill-corners"  # in the bucket; the platform's own prefixes lie beside it
SETTINGS = "settings"  # the ConfigMap whose content tells the versions apart
APPLICATION = "application"  # the pod of those scenarios that need one
RESOURCES = ["pods", "secrets", "configmaps"]
GONE_S, RUNNING_S = 120.0, 90.0


@dataclass(frozen=True)
class Corner:
    """Names of one corner.

    Attributes:
        spaces: namespace by Schedule, the main one first.
        taken: names of the backups taken so far, by version, then by Schedule.
    """

    stem: str
    location: Location
    spaces: dict[str, str]
    taken: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def schedules(self) -> list[str]:
        """The main Schedule, and the users'."""
        return list(self.spaces)

    @property
    def namespaces(self) -> list[str]:
        """The platform's, and the project's."""
        return list(self.spaces.values())

    @property
    def root(self) -> str:
        """Everything of this corner in the bucket begins with it."""
        return f"{FOLDER}/{self.stem}/"


def new_corner(site: Site) -> Corner:
    """Names that nobody used before; nothing is made."""
    names, token = site.profile.kubernetes, secrets.token_hex(3)
    stem = f"hopsdrill-{token}"
    spaces = {
        f"{names.main_schedule}-{token}": f"{stem}-platform",
        f"{names.users_schedule}-{token}": f"{stem}-project",
    }
    return Corner(stem, Location(stem, f"{FOLDER}/{stem}/{names.bucket_prefix}", stem, sync="0s", look="10s"), spaces)


# --- the location ----------------------------------------------------------------------------------------------------


def credentials(site: Site, name: str, text: str = "") -> None:
    """Make a Secret with a credentials file for a location; the lab's own keys unless another text is given."""
    names = site.profile.kubernetes
    site.create(secret(name, names.velero_namespace, {names.location_secret_key: text or credentials_file(site)}))


def make_location(site: Site, location: Location) -> None:
    """Make a BackupStorageLocation; whether Velero can use it is another question."""
    call = f"BackupStorageLocation {location.name}: prefix {location.prefix}"
    with site.recorder.operation(
        "make a backup location", call, target=site.profile.kubernetes.velero_namespace
    ) as done:
        enter_backups(site, location.name)
        site.create(location.body(site))
        done.text = "accepted by the API server"


# --- the whole corner ------------------------------------------------------------------------------------------------


def furnish(site: Site, corner: Corner) -> None:
    """Make the location, wait until it is Available, and make Schedules and namespaces."""
    site.ledger("s3-prefix", corner.root)
    credentials(site, corner.location.secret)
    make_location(site, corner.location)
    call = f"at most {AVAILABLE_S:.0f} s until {corner.location.name} is Available"
    with site.recorder.operation("wait for the backup location", call, target=site.cluster_uid) as done:
        done.text = course(await_available(site, corner.location.name))
    settle(site, corner)


def settle(site: Site, corner: Corner) -> None:
    """Make both namespaces, and a Schedule for each."""
    for schedule, space in corner.spaces.items():
        site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        site.create(_schedule(site, schedule, corner.location.name, space))


def _schedule(site: Site, name: str, location: str, space: str) -> dict[str, Any]:
    meta = {"name": name, "namespace": site.profile.kubernetes.velero_namespace}
    template = {"storageLocation": location, "includedNamespaces": [space], "includedResources": RESOURCES}
    # paused: its backups are taken when the scenario wants them
    spec = {"schedule": "@yearly", "paused": True, "template": {**template, "ttl": "24h"}}
    return {"apiVersion": velero.API, "kind": "Schedule", "metadata": meta, "spec": spec}


def write(site: Site, corner: Corner, version: str) -> None:
    """Put objects of one version into both namespaces: what they say is this version's, and one object is only in it."""
    with site.recorder.operation("write objects", f"version {version}", target=site.cluster_uid) as done:
        for space in corner.namespaces:
            for body in _objects(site, space, version):
                site.kube.apply(body)
        done.text = f"3 objects in each of {', '.join(corner.namespaces)}"


def _objects(site: Site, space: str, version: str) -> Iterator[dict[str, Any]]:
    keys = objects.secret(objects.KEYS, space)
    keys["metadata"]["labels"] = site.labels
    yield keys
    for name in (SETTINGS, f"made-in-{version}"):
        meta = {"name": name, "namespace": space, "labels": site.labels}
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"version": version}}


def take(site: Site, corner: Corner, version: str) -> None:
    """Write objects of one version and take a backup by each Schedule.

    Raises:
        OperationError: one did not end Completed.
    """
    write(site, corner, version)
    made = {each: velero.backup_from_schedule(site, each)["metadata"]["name"] for each in corner.schedules}
    corner.taken[version] = made


def take_badly(site: Site, corner: Corner, version: str) -> None:
    """Write objects of one version and take a backup by each Schedule, both of which end PartiallyFailed by a hook.

    Raises:
        OperationError: one did not end so.
    """
    write(site, corner, version)
    for space in corner.namespaces:
        hooked_pod(site, space, ["/bin/false"])
    made = {each: begin_backup(site, each) for each in corner.schedules}
    for name in made.values():
        with suppress(OperationError):  # what is to be seen is the phase
            velero.await_end(site, "Backup", name, site.deadlines.backup.total_seconds())
        phase = velero.backup_phase(site, name)
        if phase != "PartiallyFailed":
            msg = f"Backup {name} is {phase or 'without a phase'}, although its hook fails."
            raise OperationError(msg)
    corner.taken[version] = made


def begin_backup(site: Site, schedule: str, name: str = "", **spec: Any) -> str:
    """Make a Backup of a Schedule's template, with some of its fields changed; gives its name at once."""
    name = name or f"{schedule}-{secrets.token_hex(4)}"
    body = velero.backup_body(site, schedule, name)
    with site.recorder.operation(
        "begin a backup", f"Backup {name}", target=site.profile.kubernetes.velero_namespace
    ) as done:
        site.create({**body, "spec": {**body["spec"], **spec}})
        done.text = "accepted by the API server"
    return name


def hooked_pod(site: Site, space: str, command: list[str]) -> None:
    """Start a pod before whose backup Velero runs a command in it; an exit code other than 0 makes the backup PartiallyFailed."""
    words = ", ".join(f'"{word}"' for word in command)
    annotations = {
        "pre.hook.backup.velero.io/container": "app",
        "pre.hook.backup.velero.io/command": f"[{words}]",
        "pre.hook.backup.velero.io/on-error": "Fail",
    }
    site.create(_pod(site, space, annotations))
    wait_for(
        lambda: (site.kube.get("v1/Pod", APPLICATION, space) or {}).get("status", {}).get("phase"),
        what=f"pod {APPLICATION} in {space} to run",
        until=lambda phase: phase == "Running",
        deadline=RUNNING_S,
    )


def idle_pod(site: Site, space: str) -> None:
    """Make a pod that no node takes, with a volume to be backed up: Velero passes the volume over and warns."""
    body = _pod(site, space, {"backup.velero.io/backup-volumes": "data"})
    site.create({**body, "spec": {**body["spec"], "nodeSelector": {"hopsdrill.io/no-node": "true"}}})


def _pod(site: Site, space: str, annotations: dict[str, str]) -> dict[str, Any]:
    mounts = [{"name": "data", "mountPath": "/data"}]
    container = {"name": "app", "image": site.profile.witness_image, "command": ["sleep", "3600"]}
    meta = {"name": APPLICATION, "namespace": space, "annotations": annotations}
    spec = {
        "containers": [{**container, "volumeMounts": mounts}],
        "volumes": [{"name": "data", "emptyDir": {}}],
        "terminationGracePeriodSeconds": 0,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def lose(site: Site, corner: Corner) -> None:
    """Delete both namespaces with everything in them, and see them gone."""
    with site.recorder.operation(
        "lose the namespaces", ", ".join(corner.namespaces), target=site.cluster_uid, destructive=True
    ) as done:
        for space in corner.namespaces:
            site.kube.delete("v1/Namespace", space)
        seen = wait_for(
            lambda: [space for space in corner.namespaces if site.kube.exists("v1/Namespace", space)],
            what=f"the namespaces {', '.join(corner.namespaces)} to be gone",
            until=lambda left: not left,
            deadline=GONE_S,
        )
        done.text = f"gone after {seen.elapsed:.1f} s"
    site.recorder.action(
        "the-namespaces-were-lost",
        effective=True,
        expected="neither namespace is there",
        observed=f"both gone after {seen.elapsed:.1f} s",
    )


def forget(site: Site, corner: Corner) -> None:
    """Make Velero forget location and backups, as a new cluster does not know them; the bucket keeps them.

    Raises:
        OperationError: one is still there.
    """
    remover, space = (
        Remover(site.kube, site.helm, site.store, site.cluster_uid),
        site.profile.kubernetes.velero_namespace,
    )
    with site.recorder.operation("forget the backups", corner.location.name, target=space, destructive=True) as done:
        location = Resource(
            kind="velero-location",
            name=corner.location.name,
            cluster_uid=site.cluster_uid,
            namespace=space,
            api=f"{velero.API}/BackupStorageLocation",
        )
        backups = Resource(
            kind="velero-backups", name=corner.location.name, cluster_uid=site.cluster_uid, namespace=space
        )
        for each in (location, backups):
            reason = remover.remove(each)
            if reason:
                raise OperationError(reason)
        done.text = "Velero has neither the location nor a backup of it; the bucket has both"
