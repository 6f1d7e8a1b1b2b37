"""Whether Velero knows just the backups that are to be restored: a location over a bucket that has them, and over others."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hopsdrill.core.clock import now
from hopsdrill.core.errors import DeadlineExceeded, VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.recovery import location as places
from hopsdrill.recovery import velero
from hopsdrill.run import corner as corners
from hopsdrill.run.corner import Corner
from hopsdrill.site import Site


PERIOD = "5s"  # how often Velero is asked to look into the bucket
WAITED_S, OVERRUN_S = 5.0, 3.0  # for backups that never come, and by how much that wait may end late: one observation
END_S = 60.0


def location_over(site: Site, corner: Corner) -> places.Synced:
    """Make the location anew over the backups that lie in its folder, and wait until Velero knows them.

    Raises:
        DeadlineExceeded: it does not.
    """
    made = replace(corner.location, sync=PERIOD)
    corners.make_location(site, made)
    places.await_available(site, made.name)
    call = f"the latest of {', '.join(corner.schedules)}"
    with site.recorder.operation("wait for the backups to be synced", call, target=site.cluster_uid) as done:
        start = now().mono
        seen = places.await_synced(site, made, corner.schedules)
        done.text = f"after {now().mono - start:.1f} s: {seen}"
    return seen


def prove_synced(site: Site, corner: Corner, seen: places.Synced, version: str) -> None:
    """Record that what was waited for are just the backups of that version, and that Velero knows each as Completed."""
    wanted = corner.taken[version]
    phases = {name: velero.backup_phase(site, name) for name in wanted.values()}
    site.recorder.proof(
        "latest-backups-are-known",
        store="kubernetes",
        passed=seen.known == wanted and set(phases.values()) == {velero.GOOD},
        expected=f"of both schedules the latest completed backup: {', '.join(wanted.values())}",
        observed=f"{seen}; phases: {phases}",
        data=False,
    )


def hold(site: Site, corner: Corner, what: str) -> None:
    """Make a corner whose location holds something that is not to be taken for the wanted backups.

    Raises:
        VerificationError: the scenario names something nobody knows.
    """
    ways: dict[str, Callable[[], None]] = {
        "no backup": lambda: None,
        "backups of another schedule only": lambda: _foreign(site, corner),
        "backups of the users schedule only": lambda: _users_only(site, corner),
        "refused backups of both schedules": lambda: _refused(site, corner),
    }
    if what not in ways:
        msg = f"Nothing is known that is {what!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(ways)}")
    corners.furnish(site, corner)
    corners.write(site, corner, "1")
    ways[what]()


def _users_only(site: Site, corner: Corner) -> None:
    velero.backup_from_schedule(site, corner.schedules[1])


def _foreign(site: Site, corner: Corner) -> None:
    name = f"{corner.stem}-foreign"
    space = site.profile.kubernetes.velero_namespace
    body = velero.backup_body(site, corner.schedules[1], name)
    labels = {velero.SCHEDULE: f"{corner.stem}-foreign"}
    site.create({**body, "metadata": {"name": name, "namespace": space, "labels": labels}})
    velero.await_end(site, "Backup", name, END_S)


def _refused(site: Site, corner: Corner) -> None:
    for schedule, space in corner.spaces.items():
        name = corners.begin_backup(site, schedule, excludedNamespaces=[space])
        wait_for(
            lambda name=name: velero.backup_phase(site, name),  # type: ignore[misc] # bound now, called now
            what=f"backup {name} to be refused",
            until=lambda phase: phase == "FailedValidation",
            deadline=END_S,
        )


@dataclass(frozen=True)
class Waited:
    """A restore of the latest backups that was asked for: what ended it, after how long, and which Restores there were before."""

    ended: str
    seconds: float
    before: frozenset[str]


def ask(site: Site, corner: Corner) -> Waited:
    """Ask for the latest backups of both Schedules, which the location does not hold."""
    before, start, ended = frozenset(velero.restores(site)), now().mono, ""
    call = f"the latest of {', '.join(corner.schedules)}, at most {WAITED_S:.0f} s"
    with site.recorder.operation("ask for the latest backups", call, target=site.cluster_uid) as done:
        try:
            places.restore_latest(site, corner.location, corner.schedules, WAITED_S)
        except DeadlineExceeded as error:
            ended = error.message
        done.text = ended or "restored"
    return Waited(ended, now().mono - start, before)


def prove_ended(site: Site, waited: Waited, said: str) -> None:
    """Record that the wait ended at its deadline and told what was seen."""
    on_time = WAITED_S <= waited.seconds <= WAITED_S + OVERRUN_S
    site.recorder.proof(
        "wait-ended-with-what-was-seen",
        store="kubernetes",
        passed=on_time and said in waited.ended,
        expected=f"an error after {WAITED_S:.0f} s that says {said!r}",
        observed=f"after {waited.seconds:.1f} s: {waited.ended or 'no error'}",
        data=False,
    )


def prove_no_restore(site: Site, waited: Waited) -> None:
    """Record that no Restore was made."""
    made = sorted(set(velero.restores(site)) - waited.before)
    site.recorder.proof(
        "no-restore-was-made",
        store="kubernetes",
        passed=not made,
        expected=f"the {len(waited.before)} Restores of before",
        observed=f"made: {', '.join(made)}" if made else "the same",
        data=False,
    )
