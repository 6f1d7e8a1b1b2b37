"""That every store's changes after the recovery point are accounted for, and that what is not restored stands as it stood; recorded."""

from collections.abc import Mapping
from dataclasses import asdict

from hopsdrill.clients import broker, database
from hopsdrill.model import events as ev
from hopsdrill.proof import kubernetes, offsets
from hopsdrill.proof.key import Key
from hopsdrill.proof.loss import Changes, account_changes
from hopsdrill.proof.prints import Prints
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.run.contents import block_objects, present, topic_stands
from hopsdrill.run.stages import WRITER_DATABASES, Recovered
from hopsdrill.run.whole import archived_objects
from hopsdrill.site import Site
from hopsdrill.workload import objects


RONDB, KUBERNETES = "rondb", "kubernetes"
States = dict[str, tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]]


def changes_are_accounted_for(site: Site, recovered: Recovered, key: Key) -> None:
    """Every thing that was changed, deleted or added after the recovery point: lost as expected, or told."""
    found: dict[str, Changes] = {}
    for store, (point, last, live) in _states(site, recovered, key).items():
        stays = store == KUBERNETES or (store in present(site) and present(site)[store].additions_stay)
        found[store] = account_changes(point, last, live, additions_stay=stays)
        _record(site, store, found[store])
    lost = [
        f"{store}: {each}: held at the recovery point, and lost"
        for store, all_ in found.items()
        for each in all_.unexpected_lost
    ]
    kept = [
        f"{store}: {each}: made after the recovery point, and there"
        for store, all_ in found.items()
        for each in all_.unexpected_kept
    ]
    said = [
        f"{store}: {each.made} changes, {len(each.expected_lost)} lost as expected, {len(each.left)} left standing"
        for store, each in found.items()
    ]
    site.recorder.proof(
        "every-change-after-the-backup-is-accounted-for",
        store="platform",
        passed=not lost and not kept,
        expected="in every store, what was changed, deleted or added after the recovery point is as it was at it; nothing else is lost",
        observed="; ".join([*said, f"{len(lost)} lost and {len(kept)} kept unexpectedly"]),
        differences=[*lost, *kept],
    )


def _record(site: Site, store: str, found: Changes) -> None:
    reason = "changed, deleted or added after the recovery point"
    if found.left:
        reason += "; what was added is left by a restore that removes nothing, each in the evidence"
    site.recorder.write(
        ev.LossAccounted(
            scenario=site.recorder.scenario,
            store=store,
            acknowledged=found.made,
            survived=found.made - len(found.expected_lost),
            expected_lost=len(found.expected_lost),
            unexpected_lost=len(found.unexpected_lost),
            unexpected_kept=len(found.unexpected_kept),
            undecided=0,
            reason=reason,
            evidence=[site.recorder.keep(f"changes-{store}.json", asdict(found))],
        )
    )


def _states(site: Site, recovered: Recovered, key: Key) -> States:
    """Of every store that was changed: what each thing said at the recovery point, at the disaster, and says now."""
    snapshot, found = recovered.snapshot, States()
    later = snapshot.later.contents
    if snapshot.later.database is not None:
        with database(site) as sql:
            live = state_of(sql, site.profile.rondb, key, WRITER_DATABASES)
        found[RONDB] = (database_says(snapshot.database), database_says(snapshot.later.database), database_says(live))
    for store, each in present(site).items():
        if store in later:
            found[store] = (said(snapshot.contents[store]), said(later[store]), said(each.read(site, key)))
    if KUBERNETES in later:
        point = archived_objects(site, recovered.backup, key)
        now = kubernetes.read(site.kube, objects.namespaces(site), key)
        found[KUBERNETES] = (said(point), _backed_up(later[KUBERNETES], point), _backed_up(now, point))
    return found


def _backed_up(live: Prints, archived: Prints) -> dict[str, object]:
    """Objects that the backup holds, and those of the projects, of which it holds all."""
    return {
        title: each.digests
        for title, each in live.items()
        if title in archived or any(f" {project}/" in title for project in objects.PROJECTS)
    }


def said(state: Prints) -> dict[str, object]:
    """What each thing says, by title."""
    return {title: each.digests for title, each in state.items()}


def database_says(state: DatabaseState) -> dict[str, object]:
    """What each account and each row says, by ``row database.table[key]``; of a table too large for that, what its ranges add up to."""
    found: dict[str, object] = {f"account {who}": each for who, each in state.accounts.items()}
    for title, table in state.tables.items():
        for bounds, part in table.parts.items():
            if part.packed is None:
                found[f"rows {title} from {bounds.start} to before {bounds.end}"] = part.digest
            else:
                found |= {f"row {title}[{', '.join(map(str, key))}]": values for key, values in part.rows.items()}
    return found


# --- what a restore does not bring back, or not as such ----------------------------------------------------------------


def block_differences(site: Site, recovered: Recovered, key: Key) -> list[str]:
    """Objects of blocks that were there at the recovery point and are another version now; what came later is its files' affair."""
    return kubernetes.compare(recovered.snapshot.objects_of_blocks, block_objects(site, key)).differences


def blocks_match(site: Site, recovered: Recovered, key: Key) -> None:
    """Record that the object of every block is the version that it was."""
    expected = recovered.snapshot.objects_of_blocks
    wrong = block_differences(site, recovered, key)
    site.recorder.proof(
        "block-objects-match-the-snapshot",
        store="hopsfs",
        passed=bool(expected) and not wrong,
        expected=f"{len(expected)} objects of the file system's blocks, each the version that was current at the backup",
        observed="no difference" if not wrong else f"{len(wrong)} differences, first: {wrong[0]}",
        differences=wrong,
    )


def offset_differences(site: Site, recovered: Recovered, key: Key) -> list[str]:
    """In what Kafka stands otherwise than at the recovery point; where it was lost with its cluster, what is there of then."""
    then = recovered.snapshot.topic
    if then is None:
        return []
    if recovered.anew:
        with broker(site) as kafka:
            return offsets.survivors(kafka, then.topic, recovered.disaster.declared.utc)
    return offsets.differences(then, topic_stands(site, key, then))


def offsets_match(site: Site, recovered: Recovered, key: Key) -> None:
    """Record that Kafka, which no backup holds, kept all it had and where its readers stood; or lost all of it with its cluster."""
    wrong, then = offset_differences(site, recovered, key), recovered.snapshot.topic
    kept = f"{len(then.prints) if then else 0} partitions, messages and confirmed offsets as they were at the backup"
    site.recorder.proof(
        "offsets-match-the-snapshot",
        store="kafka",
        passed=then is not None and not wrong,
        expected="nothing of what the lost broker had" if recovered.anew else kept,
        observed="no difference" if not wrong else f"{len(wrong)} differences, first: {wrong[0]}",
        differences=wrong,
    )
