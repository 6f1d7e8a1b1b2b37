"""That every store's changes after the recovery point are accounted for, and that what is not restored stands as it stood; recorded."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

from hopsdrill.clients import broker, database
from hopsdrill.core.errors import OperationError
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
# what each thing said at the recovery point, at the disaster (the same where nobody changed it), and says now
States = tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]


def changes_are_accounted_for(site: Site, recovered: Recovered, key: Key) -> None:
    """Every thing that was changed, deleted or added after the recovery point: lost as expected, or told."""
    said_, wrong = list[str](), list[str]()
    for store, read in _ways(site, recovered, key).items():
        stays = store == KUBERNETES or (store in present(site) and present(site)[store].additions_stay)
        try:
            found = account_changes(*read(), additions_stay=stays)
        except OperationError as error:  # what does not serve after its restore has not come back
            wrong.append(f"{store} cannot be read: {error.message}")
            continue
        _record(site, store, found)
        wrong += [f"{store}: {each}: held at the recovery point, and lost" for each in found.unexpected_lost]
        wrong += [f"{store}: {each}: made after the recovery point, and there" for each in found.unexpected_kept]
        said_.append(
            f"{store}: {found.made} changes, {len(found.expected_lost)} lost as expected, {len(found.left)} left standing"
        )
    site.recorder.proof(
        "every-change-after-the-backup-is-accounted-for",
        store="platform",
        passed=not wrong,
        expected="in every store, what was changed, deleted or added after the recovery point is as it was at it; nothing else is lost",
        observed="; ".join([*said_, f"{len(wrong)} lost or kept unexpectedly"]),
        differences=wrong,
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


def _ways(site: Site, recovered: Recovered, key: Key) -> dict[str, Callable[[], States]]:
    """How to read each store's states."""
    found: dict[str, Callable[[], States]] = {RONDB: partial(_database, site, recovered, key)}
    found |= {store: partial(_content, site, store, recovered, key) for store in present(site)}
    return {**found, KUBERNETES: partial(_objects, site, recovered, key)}


def _database(site: Site, recovered: Recovered, key: Key) -> States:
    point, later = recovered.snapshot.database, recovered.snapshot.later.database
    with database(site) as sql:
        live = state_of(sql, site.profile.rondb, key, WRITER_DATABASES)
    return database_says(point), database_says(later or point), database_says(live)


def _content(site: Site, store: str, recovered: Recovered, key: Key) -> States:
    point, later = recovered.snapshot.contents[store], recovered.snapshot.later.contents
    return said(point), said(later.get(store, point)), said(present(site)[store].read(site, key))


def _objects(site: Site, recovered: Recovered, key: Key) -> States:
    point, later = archived_objects(site, recovered.backup, key), recovered.snapshot.later.contents
    live = kubernetes.read(site.kube, objects.namespaces(site), key)
    return said(point), _backed_up(later.get(KUBERNETES, point), point), _backed_up(live, point)


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
