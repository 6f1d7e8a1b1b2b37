"""Backups and restores that end in each of Velero's phases, or not in time; each awaited, and judged by what Velero says."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from hopsdrill.core.clock import now
from hopsdrill.core.errors import OperationError, VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.faults import archive
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery import location as places
from hopsdrill.recovery import velero
from hopsdrill.run import corner as corners
from hopsdrill.run.corner import Corner
from hopsdrill.run.locations import nobody
from hopsdrill.run.objects_of import differing, expected_of
from hopsdrill.run.velero_objects import NEWER
from hopsdrill.site import Site


END_S, SHORT_S, REST_S = 90.0, 4.0, 90.0  # until a final phase; a deadline that is too short; until the end after it
OVERRUN_S = 2.0  # by this much a wait may end late: one observation
SLOW_S = 10  # a hook that takes longer than the short deadline


@dataclass(frozen=True)
class Ended:
    """A Backup or Restore that was awaited.

    Attributes:
        refused: what the wait raised; empty when it gave a success.
        expected: for a restore, the objects the backup held before anything was done to it.
    """

    kind: str
    name: str
    state: velero.State
    refused: str
    seconds: float
    deadline: float
    expected: Prints


# --- backups ---------------------------------------------------------------------------------------------------------


def back_up(site: Site, corner: Corner, how: str) -> Ended:
    """Take a backup of the corner's project in a way that has an end of its own.

    Raises:
        VerificationError: the scenario names a way nobody knows.
    """
    schedule, space = corner.schedules[1], corner.namespaces[1]
    ways: dict[str, Callable[[], str]] = {
        "of an application whose hook fails": lambda: _hooked(site, corner, ["/bin/false"]),
        "whose hook takes longer than the deadline": lambda: _hooked(site, corner, ["/bin/sleep", str(SLOW_S)]),
        "under a name that the bucket has": lambda: _same_name(site, corner),
        "into a location that is Unavailable": lambda: corners.begin_backup(
            site, schedule, storageLocation=_unusable(site, corner)
        ),
        "of namespaces that are also excluded": lambda: corners.begin_backup(
            site, schedule, excludedNamespaces=[space]
        ),
        "of an application that does not run": lambda: _idle(site, corner),
    }
    begin = _known(ways, how)
    corners.write(site, corner, "1")
    return _await(site, "Backup", begin(), SHORT_S if "deadline" in how else END_S, {})


def _known(ways: dict[str, Callable[[], str]], how: str) -> Callable[[], str]:
    if how not in ways:
        msg = f"There is no way {how!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(ways)}")
    return ways[how]


def _hooked(site: Site, corner: Corner, command: list[str]) -> str:
    corners.hooked_pod(site, corner.namespaces[1], command)
    return corners.begin_backup(site, corner.schedules[1])


def _idle(site: Site, corner: Corner) -> str:
    corners.idle_pod(site, corner.namespaces[1])
    return corners.begin_backup(site, corner.schedules[1])


def _same_name(site: Site, corner: Corner) -> str:
    schedule, names = corner.schedules[1], site.profile.kubernetes
    name = corners.begin_backup(site, schedule)
    velero.await_end(site, "Backup", name, END_S)
    site.kube.delete(f"{velero.API}/Backup", name, names.velero_namespace)
    wait_for(
        lambda: site.kube.exists(f"{velero.API}/Backup", name, names.velero_namespace),
        what=f"Backup {name} to be gone from the cluster",
        until=lambda there: not there,
        deadline=END_S,
    )
    return corners.begin_backup(site, schedule, name)


def _unusable(site: Site, corner: Corner) -> str:
    """A location beside the corner's own where nobody answers; Velero has found that out."""
    made = replace(corner.location, name=f"{corner.stem}-unusable", endpoint=nobody(site))
    corners.make_location(site, made)
    _await_unavailable(site, made.name)
    return made.name


def _await_unavailable(site: Site, name: str) -> None:
    wait_for(
        lambda: places.state(site, name),
        what=f"backup location {name} to be Unavailable",
        until=lambda seen: seen.phase == "Unavailable",
        deadline=places.AVAILABLE_S,
    )


# --- restores --------------------------------------------------------------------------------------------------------


def restore(site: Site, corner: Corner, how: str, key: Key) -> Ended:
    """Restore the corner's project in a way that has an end of its own; its namespaces are lost before.

    Raises:
        VerificationError: the scenario names a way nobody knows.
    """
    backup = corner.taken[NEWER][corner.schedules[1]]
    path = f"{corner.location.prefix}/backups/{backup}/{backup}.tar.gz"
    ways: dict[str, Callable[[], str]] = {
        "from an archive with a damaged object": lambda: _after(
            site, backup, partial(archive.damage, site.store, path, f"{corners.SETTINGS}.json")
        ),
        "from an archive that is gone": lambda: _after(site, backup, partial(site.store.delete, path)),
        "of a schedule without a backup": lambda: begin_restore(site, {"scheduleName": f"{corner.stem}-nothing"}),
        "through a location that is Unavailable": lambda: _after(site, backup, partial(_spoil, site, corner)),
    }
    begin = _known(ways, how)
    expected = expected_of(site, backup, corner.namespaces[1:], key, prefix=corner.location.prefix)
    corners.lose(site, corner)
    try:
        return _await(site, "Restore", begin(), END_S, expected)
    finally:
        if "location" in how:
            _mend(site, corner)


def restore_into_terminating(site: Site, corner: Corner, key: Key) -> Ended:
    """Restore the corner's project while its namespace is being deleted and something keeps it from going."""
    backup, space = corner.taken[NEWER][corner.schedules[1]], corner.namespaces[1]
    expected = expected_of(site, backup, [space], key, prefix=corner.location.prefix)
    change = {"metadata": {"finalizers": [KEPT]}}
    with site.recorder.operation("keep a namespace from going", space, target=site.cluster_uid, destructive=True):
        site.kube.patch("v1/ConfigMap", corners.SETTINGS, space, change)
        site.kube.delete("v1/Namespace", space)
    return _await(site, "Restore", begin_restore(site, {"backupName": backup}), SHORT_S, expected)


KEPT = "hopsdrill.io/kept"  # a finalizer that nobody but the drill removes


def let_go(site: Site, corner: Corner) -> None:
    """Let the namespace go."""
    site.kube.patch("v1/ConfigMap", corners.SETTINGS, corner.namespaces[1], {"metadata": {"finalizers": None}})


def _after(site: Site, backup: str, harm: Callable[[], object]) -> str:
    with site.recorder.operation("harm the way of a restore", backup, target=backup, destructive=True):
        harm()
    return begin_restore(site, {"backupName": backup})


def begin_restore(site: Site, source: dict[str, str]) -> str:
    """Make a Restore; gives its name at once."""
    space = site.profile.kubernetes.velero_namespace
    name = f"hopsdrill-{secrets.token_hex(4)}"
    call = f"Restore {name} of {source}"
    with site.recorder.operation("begin a restore", call, target=site.cluster_uid, destructive=True) as done:
        site.create(velero.restore_body(name, space, source))
        done.text = "accepted by the API server"
    return name


def _spoil(site: Site, corner: Corner) -> None:
    _point(site, corner, nobody(site))
    _await_unavailable(site, corner.location.name)


def _mend(site: Site, corner: Corner) -> None:
    """Velero needs the location to remove what a Restore left in the bucket."""
    _point(site, corner, site.store.ref.internal_endpoint)
    places.await_available(site, corner.location.name)


def _point(site: Site, corner: Corner, endpoint: str) -> None:
    change = {"spec": {"config": {"s3Url": endpoint}}}
    site.kube.patch(places.KIND, corner.location.name, site.profile.kubernetes.velero_namespace, change)


# --- the ends --------------------------------------------------------------------------------------------------------


def _await(site: Site, kind: str, name: str, deadline: float, expected: Prints) -> Ended:
    start, refused = now().mono, ""
    call = f"at most {deadline:.0f} s for {kind} {name}"
    with site.recorder.operation("wait for the end", call, target=site.cluster_uid) as done:
        try:
            seen = velero.await_end(site, kind, name, deadline)
        except OperationError as error:
            refused, seen = error.message, velero.state(site, kind, name)
        done.text = refused or str(seen)
        done.evidence.append(site.recorder.keep(f"velero-{kind.lower()}-{name}.json", seen.found))
    return Ended(kind, name, seen, refused, now().mono - start, deadline, expected)


def prove_end(site: Site, ended: Ended, phase: str, said: str) -> None:
    """Record that it ended in a phase, in time, with Velero's reason told, and that only Completed was taken for a success."""
    text = ended.refused or str(ended.state)
    wrong = [] if ended.state.phase == phase else [f"its phase is {ended.state.phase or 'none'}"]
    wrong += [f"{each!r} is not told" for each in (phase, said) if each not in text]
    if bool(ended.refused) is (phase == velero.GOOD):
        wrong.append("it was taken for a success" if not ended.refused else "it was not taken for a success")
    if ended.seconds >= ended.deadline:
        wrong.append(f"it took {ended.seconds:.1f} s")
    site.recorder.proof(
        "end-is-told-with-its-reason",
        store="kubernetes",
        passed=not wrong,
        expected=f"{phase} within {ended.deadline:.0f} s, {said!r} told, and a success only when it is {velero.GOOD}",
        observed=f"after {ended.seconds:.1f} s: {text}",
        differences=wrong,
        data=False,
    )


def prove_not_counted(site: Site, corner: Corner, ended: Ended) -> None:
    """Record that a backup is not among its Schedule's completed ones."""
    found = site.kube.list(f"{velero.API}/Backup", site.profile.kubernetes.velero_namespace)
    there = ended.name in {each["metadata"]["name"] for each in found}
    good = places.completed(found, corner.schedules[1])
    site.recorder.proof(
        "backup-is-not-counted",
        store="kubernetes",
        passed=there and ended.name not in good,
        expected=f"{ended.name} is known to Velero, and not among the completed backups",
        observed=f"{'known' if there else 'not known'}; completed: {', '.join(good) or 'none'}",
        data=False,
    )


def prove_not_restored(site: Site, corner: Corner, ended: Ended, key: Key) -> None:
    """Record that the project's objects are not those of the backup: the comparison finds it, whatever Velero says."""
    found = differing(site, ended.expected, corner.namespaces[1:], key)
    site.recorder.proof(
        "incomplete-restore-is-found",
        store="kubernetes",
        passed=bool(ended.expected) and bool(found),
        expected=f"the comparison with the {len(ended.expected)} objects of the backup is red",
        observed=f"{len(found)} differences, first: {found[0]}" if found else "no difference",
        differences=found,
    )


def prove_under_way(site: Site, ended: Ended) -> None:
    """Record that the wait ended at its deadline, said that it was under way, and gave no success."""
    on_time = ended.deadline <= ended.seconds <= ended.deadline + OVERRUN_S
    site.recorder.proof(
        "under-way-is-no-end",
        store="kubernetes",
        passed=on_time and "InProgress" in ended.refused,
        expected=f"after {ended.deadline:.0f} s an error that says InProgress",
        observed=f"after {ended.seconds:.1f} s: {ended.refused or ended.state}",
        data=False,
    )


def prove_own_end(site: Site, ended: Ended) -> None:
    """Record that it came to its own end afterwards: nobody cut it short."""
    later = _await(site, ended.kind, ended.name, REST_S, ended.expected)
    site.recorder.proof(
        "it-went-on-to-its-own-end",
        store="kubernetes",
        passed=later.state.phase == velero.GOOD,
        expected=f"{velero.GOOD} within {REST_S:.0f} s more",
        observed=later.refused or f"{later.state} after {later.seconds:.1f} s more",
        data=False,
    )
