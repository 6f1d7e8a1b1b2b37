"""What a restore is asked for with, how Helm is told, and which Jobs it then runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hopsdrill.recovery import values
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.site import Site


SEPARATE = "registry"  # backed up and restored on its own, by the page this follows
SETUP_JOB = "setup_job_"  # names of values that tell a store the database's set-up Job, where it is not the global ID's


@dataclass(frozen=True)
class Request:
    """What a restore is asked for with; None leaves a value out.

    Attributes:
        overrides: another backup for one store: names of the profile's ``restore_values``, and IDs.
    """

    backup_id: str | None
    in_place: bool | None
    force: bool | None
    overrides: Mapping[str, str | int] = field(default_factory=dict)

    def given(self, site: Site) -> dict[str, str | int | bool]:
        """Each value at its path."""
        paths = site.profile.restore_values
        wanted = {"backup_id": self.backup_id, "in_place": self.in_place, "force": self.force, **self.overrides}
        return {paths[name]: value for name, value in wanted.items() if value is not None}

    def values(self, site: Site) -> dict[str, Any]:
        """The upgrade's or install's values: the release's own, and the request at the profile's paths."""
        made = values.platform_values(site)
        for path, value in self.given(site).items():
            values.set_path(made, path, value)
        return made

    def __str__(self) -> str:
        own = "".join(f", {name} {value}" for name, value in self.overrides.items())
        return f"backupId={self.backup_id or 'none'}, inPlace={self.in_place}, forceDataClear={self.force}{own}"


@dataclass(frozen=True)
class Way:
    """How Helm is called.

    Attributes:
        flags: the request stands on the command line; the release's own values stay in a file, for Helm forgets those of
            the last revision as soon as one is given by a flag.
        patience: seconds after which Helm, told to wait for every Job and pod, gives up; None: it does not wait for them.
    """

    flags: bool = False
    patience: float | None = None

    def words(self, site: Site, asked: Request) -> list[str]:
        """Helm's words beside chart and values file: IDs as texts, confirmations as what they are."""
        found: list[str] = []
        for path, value in asked.given(site).items() if self.flags else ():
            is_text = isinstance(value, str)
            found += ["--set-string" if is_text else "--set", f"{path}={value if is_text else str(value).lower()}"]
        return found + (["--wait", "--wait-for-jobs"] if self.patience is not None else [])

    def __str__(self) -> str:
        waits = f" --wait --wait-for-jobs --timeout {self.patience:.0f}s" if self.patience is not None else ""
        return f"by flags{waits}" if self.flags else f"by a values file{waits}"


def overrides(backup: BackupSet) -> dict[str, str]:
    """What must be named beside the global ID: stores whose ID is another one, and the registry, which never follows it."""
    return {
        f"{store}_id": each.id
        for store, each in backup.others.items()
        if store == SEPARATE or each.id != backup.rondb.id
    }


def request_for(site: Site, backup: BackupSet, global_id: str, *, velero: bool) -> Request:
    """The request for a set in place of which some stores have another ID than the global one.

    Args:
        site: where.
        backup: the set.
        global_id: the file system's, and that of every store that has no other.
        velero: the Velero Backups are named; without it the platform takes the latest.
    """
    own = {
        f"{store}_id": each.id for store, each in backup.recorded.items() if store == SEPARATE or each.id != global_id
    }
    if backup.rondb.id != global_id:
        setup = site.profile.rondb.restore_jobs[-1].format(id=backup.rondb.id)
        own |= {name: setup for name in site.profile.restore_values if name.startswith(SETUP_JOB)}
    if velero:
        own |= {"velero_main": backup.main["metadata"]["name"], "velero_users": backup.users["metadata"]["name"]}
    return Request(global_id, in_place=True, force=True, overrides=own)


def jobs_of(site: Site, backup: BackupSet, *, in_place: bool, global_id: str = "") -> list[str]:
    """Jobs that a restore of this set runs in the release's namespace, each with its own store's ID; they stay as its markers."""
    stores = site.profile.recorded
    names = [name.format(id=each.id) for store, each in backup.recorded.items() for name in stores[store].restore_jobs]
    hopsfs = site.profile.hopsfs
    own = hopsfs.restore_jobs if hopsfs and in_place else []
    return names + [name.format(id=global_id or backup.rondb.id) for name in own]
