"""Kubernetes objects restored from the backups of a corner, by schedule or by name, and the proof of which backup they are."""

from dataclasses import dataclass
from typing import Any

from hopsdrill.core.errors import OperationError, VerificationError
from hopsdrill.proof.key import Key
from hopsdrill.recovery import velero
from hopsdrill.recovery.results import told
from hopsdrill.run import corner as corners
from hopsdrill.run.corner import Corner
from hopsdrill.run.objects_of import differences, prove_objects_of
from hopsdrill.site import Site


OLDER, NEWER, NEWEST, STALE = "older", "newer", "newest", "stale"
END_S = 60.0
Restores = dict[str, dict[str, Any]]  # by Schedule


def restore_latest(site: Site, corner: Corner) -> Restores:
    """Restore the latest backup of the main Schedule, then of the users'."""
    return {schedule: velero.restore_latest(site, schedule) for schedule in corner.schedules}


def restore_named(site: Site, corner: Corner, version: str) -> Restores:
    """Restore the backups of one version by their names."""
    return {schedule: velero.restore_backup(site, name) for schedule, name in corner.taken[version].items()}


def prove_version(site: Site, corner: Corner, restored: Restores, version: str, key: Key) -> None:
    """Record that Velero took the backups of one version, in order, and that the objects are theirs and no other's."""
    took = {schedule: str(each["spec"].get("backupName")) for schedule, each in restored.items()}
    starts = [str(each["status"]["startTimestamp"]) for each in restored.values()]
    site.recorder.proof(
        "velero-took-that-backup",
        store="kubernetes",
        passed=took == corner.taken[version] and starts == sorted(starts),
        expected=f"{', '.join(corner.taken[version].values())}, one after the other",
        observed=f"{', '.join(took.values())}, begun at {', '.join(starts)}",
        data=False,
    )
    for schedule, space in corner.spaces.items():
        others = [names[schedule] for each, names in corner.taken.items() if each != version]
        own = corner.taken[version][schedule]
        prove_objects_of(site, own, others, [space], key, prefix=corner.location.prefix)


def prove_project(site: Site, corner: Corner, version: str, key: Key) -> None:
    """Record that the project's objects are those of one version's backup."""
    backup = corner.taken[version][corner.schedules[1]]
    prove_objects_of(site, backup, [], corner.namespaces[1:], key, prefix=corner.location.prefix)


# --- an object that a restore leaves as it was -----------------------------------------------------------------------


def make_stale(site: Site, corner: Corner) -> None:
    """Have one object say something else than the backup holds; Velero's restores leave what is there."""
    space = corner.namespaces[1]
    with site.recorder.operation("change an object", f"ConfigMap {space}/{corners.SETTINGS}", target=site.cluster_uid):
        site.kube.patch("v1/ConfigMap", corners.SETTINGS, space, {"data": {"version": STALE}})


def prove_completed_with_warning(site: Site, restored: Restores) -> None:
    """Record that Velero calls both restores Completed, and only warns of the object that it left."""
    phases = [str(each["status"].get("phase")) for each in restored.values()]
    warned = [line for each in restored.values() for line in told(site, "Restore", each)]
    site.recorder.proof(
        "velero-says-completed",
        store="kubernetes",
        passed=set(phases) == {velero.GOOD}
        and any(f"ConfigMap:{corners.SETTINGS} already exists" in line for line in warned),
        expected=f"both {velero.GOOD}, with a warning that ConfigMap {corners.SETTINGS} exists already",
        observed=f"{', '.join(phases)}; {'; '.join(warned) or 'no warning'}",
        data=False,
    )


def prove_stale_found(site: Site, corner: Corner, version: str, key: Key) -> None:
    """Record that the comparison with the archives names the stale object and no other."""
    prefix, space = corner.location.prefix, corner.namespaces[1]
    found = [
        line
        for schedule, each in corner.spaces.items()
        for line in differences(site, corner.taken[version][schedule], [each], key, prefix=prefix)
    ]
    title = f"ConfigMap {space}/{corners.SETTINGS} data.version:"
    site.recorder.proof(
        "stale-object-is-found",
        store="kubernetes",
        passed=len(found) == 1 and found[0].startswith(title) and STALE in found[0],
        expected=f"one difference: {title} {version!r} in the backup, {STALE!r} in the cluster",
        observed="; ".join(found) or "no difference",
        differences=found,
    )


# --- names that are none ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """A restore that was asked for by a name that is none.

    Attributes:
        said: what hopsdrill's own restore was refused with; empty when it was not.
        by_others: what Kubernetes or Velero said when the same was asked of them without hopsdrill's look beforehand.
        restores: Restores before, and after hopsdrill had refused.
    """

    said: str
    by_others: str
    restores: tuple[frozenset[str], frozenset[str]]


def ask_for(site: Site, corner: Corner, what: str) -> Refused:
    """Ask for a restore by a name that is none.

    Raises:
        VerificationError: the scenario names something nobody knows.
    """
    schedule = corner.schedules[1]
    names = {
        "a backup that does not exist": f"{schedule}-20000101000000",
        "the backup's name in capital letters": corner.taken[NEWER][schedule].upper(),
    }
    if what not in names:
        msg = f"There is no name {what!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(names)}")
    name, said, before = names[what], "", frozenset(velero.restores(site))
    try:
        velero.restore_backup(site, name)
    except OperationError as error:
        said = str(error)
    after = frozenset(velero.restores(site))
    return Refused(said, _without_look(site, name), (before, after))


def _without_look(site: Site, backup: str) -> str:
    """What Kubernetes or Velero says to the Restore as the documentation has it: named after its backup."""
    space = site.profile.kubernetes.velero_namespace
    with site.recorder.operation(
        "begin a restore", f"Restore of {backup}", target=site.cluster_uid, destructive=True
    ) as done:
        try:
            body = velero.restore_body(f"{backup}-restore", space, {"backupName": backup})
            site.create(body)
            done.text = str(velero.await_end(site, "Restore", body["metadata"]["name"], END_S))
        except OperationError as error:
            done.text = f"refused: {error.message}"
    return done.text


def prove_refused(site: Site, refused: Refused, said: str, theirs: str) -> None:
    """Record that hopsdrill refused before anything was made, and that the platform's own programs refuse, too."""
    made = sorted(refused.restores[1] - refused.restores[0])
    wrong = [f"made all the same: {each}" for each in made]
    wrong += [] if said in refused.said else [f"hopsdrill does not say {said!r}: {refused.said or 'not refused'}"]
    wrong += (
        []
        if theirs in refused.by_others and refused.by_others.startswith("refused")
        else [f"they do not say {theirs!r}"]
    )
    site.recorder.proof(
        "refused-before-anything-was-made",
        store="kubernetes",
        passed=not wrong,
        expected=f"hopsdrill says {said!r} and makes no Restore; asked without it, the answer has {theirs!r}",
        observed=f"{refused.said}; without it: {refused.by_others}",
        differences=wrong,
        data=False,
    )


def prove_nothing_restored(site: Site, corner: Corner) -> None:
    """Record that the lost namespaces are still lost."""
    there = [space for space in corner.namespaces if site.kube.exists("v1/Namespace", space)]
    site.recorder.proof(
        "nothing-was-restored",
        store="kubernetes",
        passed=not there,
        expected=f"neither {' nor '.join(corner.namespaces)} is there",
        observed=f"there: {', '.join(there)}" if there else "neither is",
    )
