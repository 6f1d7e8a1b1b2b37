"""Restores by another version than the one that made the backup: asked for through hopsdrill, which refuses before anything is cleared."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from hopsdrill.core.clock import now
from hopsdrill.core.errors import PlanError, PreconditionError
from hopsdrill.proof.key import Key
from hopsdrill.recovery import values, velero, version
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.rebuild import restore_into_new
from hopsdrill.recovery.request import Request, overrides
from hopsdrill.recovery.restore import Restored, restore_in_place
from hopsdrill.run import refusals
from hopsdrill.run.configuration import configure
from hopsdrill.run.refusals import Standing, standing
from hopsdrill.run.session import chart_of
from hopsdrill.site import Site


OTHER = "99.0.0"  # a version that nobody releases
LEFT_OUT = "velero.io/exclude-from-backup"  # label by which Velero leaves an object out
RENDERED_S = 60.0
NOTHING_SAYS = "nothing says which version"


def by_version(site: Site, version: str) -> Site:
    """The same site with the platform's chart in a version: its own, or packed under another; nothing is installed.

    Raises:
        PlanError: the chart is no folder, so it cannot be packed.
    """
    if version == site.profile.version:
        return site
    folder = Path(chart_of(site.profile.chart))
    if not folder.is_dir():
        msg = f"The chart {folder} is no folder, so it cannot be packed under another version."
        raise PlanError(msg, hint="name the chart's folder in the profile, or take the scenario out of the plan")
    target = site.scratch / f"chart-{version}"
    packed = next(target.glob("*.tgz"), None)
    if packed is None:
        target.mkdir(exist_ok=True)
        packed = site.helm.package(folder, version, target)
    return replace(site, chart=str(packed), profile=site.profile.model_copy(update={"version": version}))


def upgrade_to_other(site: Site, upset: ExitStack) -> Site:
    """Upgrade the platform to another version of its chart; when the stack ends, back again."""
    other = by_version(site, OTHER)
    upset.callback(configure, site)
    configure(other)
    return other


@dataclass(frozen=True)
class Asked:
    """A restore that was asked for through hopsdrill.

    Attributes:
        said: the refusal; empty when it was let pass.
        before: how everything stood.
    """

    said: str
    before: Standing


def ask_in_place(site: Site, by: Site, backup: BackupSet, key: Key) -> Asked:
    """Ask for a restore in place by a version of the chart."""
    return _ask(site, lambda: restore_in_place(by, backup), key)


def ask_anew(site: Site, by: Site, backup: BackupSet, key: Key) -> Asked:
    """Ask for a restore into a new cluster by a version of the chart."""
    return _ask(site, lambda: restore_into_new(by, backup, Restored(now())), key)


def _ask(site: Site, restore: Callable[[], object], key: Key) -> Asked:
    before, said = standing(site, key), ""
    try:
        restore()
    except PreconditionError as error:
        said = error.message
    return Asked(said, before)


def prove_untouched(site: Site, asked: Asked, key: Key) -> None:
    """Record that everything stands as before."""
    refusals.prove_untouched(site, asked.before, key)


def prove_release_lets_pass(site: Site, by: Site, backup: BackupSet) -> None:
    """Record that the release would have gone on: helm renders the restore by the other version without a word."""
    asked = Request(backup.rondb.id, in_place=True, force=True, overrides=overrides(backup))
    path = values.write(site, "restore-by-another-version", asked.values(site))
    with site.recorder.operation(
        "have the restore rendered", "helm upgrade --dry-run=server", target=site.namespace
    ) as done:
        ended = by.helm.renders(by.release, path, timeout=RENDERED_S)
        done.text = f"exit code {ended.returncode}"
    site.recorder.proof(
        "release-itself-does-not-refuse",
        store="platform",
        passed=ended.returncode == 0,
        expected="rendered: exit code 0",
        observed=f"exit code {ended.returncode} {' '.join(ended.stderr.split())[:300]}".strip(),
        data=False,
    )


def prove_told(site: Site, backup: BackupSet) -> None:
    """Record that the backup says by which version it was made, twice, and that this is the version that runs."""
    told, live = version.made_by(site, backup.main), version.running(site)
    wanted = (
        ["an object in the backup", "hopsdrill's annotation"]
        if site.profile.kubernetes.version_in
        else ["hopsdrill's annotation"]
    )
    site.recorder.proof(
        "backup-says-its-version",
        store="kubernetes",
        passed=told == dict.fromkeys(wanted, live),
        expected=", ".join(f"{source}: {live}" for source in wanted),
        observed=", ".join(f"{source}: {text}" for source, text in told.items()) or "nothing",
        data=False,
    )


def prove_let_through(site: Site, backup: BackupSet, proof: str = "own-version-is-let-through") -> None:
    """Record that the comparison which every restore makes first lets this one pass; nothing is restored."""
    try:
        found = version.require_version(site, backup.main, in_place=True)
        said, passed = f"made by {found.made or 'nobody says'}, asked {found.asked}, running {found.running}", True
    except PreconditionError as error:
        said, passed = error.message, False
    site.recorder.proof(proof, store="platform", passed=passed, expected="not refused", observed=said, data=False)


def take_untold(site: Site, backup: BackupSet, upset: ExitStack) -> BackupSet:
    """Take a backup of the platform's objects of which nothing says by which version it was made; the rest of the set stays.

    The object that says it is left out by Velero's own label, and hopsdrill's annotation is not written.
    """
    names = site.profile.kubernetes
    if names.version_in is not None:
        api, name = f"v1/{names.version_in.kind}", names.version_in.name
        upset.callback(_label, site, api, name, None)
        _label(site, api, name, "true")
    name = f"{names.main_schedule}-{now().utc:%Y%m%d%H%M%S}-untold"
    with site.recorder.operation("take an untold backup", f"Backup {name}", target=names.velero_namespace) as done:
        body = velero.backup_body(site, names.main_schedule, name)
        del body["metadata"]["labels"][velero.SCHEDULE]  # so that nobody takes it for the Schedule's latest
        site.kube.create(body)
        made = velero.await_end(site, "Backup", name, site.deadlines.backup.total_seconds())
        done.text = str(made)
    return replace(backup, main=made.found)


def _label(site: Site, api: str, name: str, value: str | None) -> None:
    site.kube.patch(api, name, site.namespace, {"metadata": {"labels": {LEFT_OUT: value}}})
