"""The later stages of a recovery drill: change the data, declare the disaster, restore. Each records its probes."""

from datetime import timedelta

from hopsdrill.clients import database, need
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.words import told
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Data
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.instance import instance
from hopsdrill.proof.rondb.witness import Witness, emptied
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.request import Request, Way
from hopsdrill.recovery.restore import BY_FILE, Restored, restore_in_place
from hopsdrill.run.clocks import measure_clocks
from hopsdrill.run.contents import present
from hopsdrill.run.stages import WRITER_DATABASES, Disaster, Recovered, Snapshot, backed_up_objects
from hopsdrill.site import Site
from hopsdrill.workload import changes, dataset, objects, stream, writer
from hopsdrill.workload.canaries import Flock


def change(site: Site, data: Data, snapshot: Snapshot, key: Key) -> None:
    """Change, add and delete rows, users and Secrets after the backup, and see that each took effect.

    Raises:
        VerificationError: something did not take effect, so the restore would have nothing to undo.
    """
    with database(site) as sql:
        with site.recorder.operation(
            "change rows and users", "UPDATE, DELETE, INSERT, DROP USER, ...", target=site.namespace, destructive=True
        ) as done:
            rows = changes.change_rows(sql, dataset.feature_groups(data))
            who = changes.change_users(sql)
            done.text = f"rows {told(rows)}; users {told(who)}"
        with site.recorder.operation("read the database", "after the changes", target=site.namespace):
            live = state_of(sql, site.profile.rondb, key, WRITER_DATABASES)
    snapshot.later.database = live
    with site.recorder.operation(
        "change secrets and configmaps", "patch, delete, create", target=site.namespace, destructive=True
    ) as done:
        what = changes.change_objects(site)
        done.text = told(what)
    lost = kubernetes.compare(snapshot.objects, backed_up_objects(site, key)).differences
    snapshot.later.contents["kubernetes"] = kubernetes.read(site.kube, objects.namespaces(site), key)
    effects = {
        "rows-changed-after-the-backup": (
            min(rows.values()) > 0 and live.tables != snapshot.database.tables,
            told(rows),
        ),
        "users-changed-after-the-backup": (live.accounts != snapshot.database.accounts, told(who)),
        "secrets-changed-after-the-backup": (len(lost) > len(what), f"{told(what)}; {len(lost)} differences"),
    }
    for action, (effective, observed) in effects.items():
        site.recorder.action(
            action, effective=effective, expected="the live state differs from the snapshot", observed=observed
        )
    require({action: effective for action, (effective, _) in effects.items()})


def change_contents(site: Site, snapshot: Snapshot, key: Key) -> None:
    """Change, delete and add files, documents and environments, let the rows in flight arrive; each seen to have taken effect.

    Raises:
        VerificationError: something did not take effect.
    """
    effects: dict[str, bool] = {}
    for store, content in present(site).items():
        with site.recorder.operation(f"change {content.what}", store, target=site.namespace, destructive=True) as done:
            what = content.change(site)
            done.text = str(what)
        snapshot.later.contents[store] = content.read(site, key)
        found = kubernetes.compare(snapshot.contents[store], snapshot.later.contents[store])
        unseen = what.unseen(found.differences, found.additional)
        action = f"{content.what}-changed-after-the-backup"
        effects[action] = not unseen
        site.recorder.action(
            action,
            effective=effects[action],
            expected="each change is seen in the live state",
            observed=f"{what}; not seen: {', '.join(unseen) or 'none'}",
        )
    if snapshot.sent:
        effects |= _let_arrive(site, snapshot)
    require(effects)


def _let_arrive(site: Site, snapshot: Snapshot) -> dict[str, bool]:
    flying = {each.id for each in snapshot.sent if not each.arrived}
    with database(site) as sql:
        absent = flying.isdisjoint(stream.arrived(sql))
    names = need(site.profile.kafka, "kafka")
    with site.recorder.operation("start the consumer", names.consumer, target=site.namespace):
        stream.scale(site, names, 1)
        stream.await_rows(site, flying)
    site.recorder.action(
        "rows-were-in-flight-at-the-backup",
        effective=absent,
        expected=f"{len(flying)} rows acknowledged by the broker are not in the online store before the backup's end, and arrive later",
        observed="absent then, arrived now" if absent else "some were in the online store already",
    )
    return {"rows-were-in-flight-at-the-backup": absent}


def require(effects: dict[str, bool]) -> None:
    """Stop where an action had no effect.

    Raises:
        VerificationError: names the idle ones.
    """
    idle = [action for action, effective in effects.items() if not effective]
    if idle:
        msg = f"Without effect: {', '.join(idle)}. The drill would not show what it claims."
        raise VerificationError(msg, hint="the actions in the report say what was expected and what was seen")


def declare_disaster(site: Site, running: writer.Writer | None, what: str, flock: Flock | None = None) -> Disaster:
    """Stop the writer and the canaries, if there are any, and start the recovery clock."""
    clocks = measure_clocks(site) if flock and flock.started else {}
    if flock:
        flock.halt()
    writes, canaries = running.stop() if running else (), flock.stop() if flock else ()
    with database(site) as sql:
        offset = clocks.get("rondb") or writer.clock_offset(sql)
    said = f"{what}; the writer had {running.acknowledged} writes acknowledged" if running else what
    rule = "declared by the drill, when its writer is stopped"
    site.recorder.write(ev.DisasterDeclared(scenario=site.recorder.scenario, what=said, rule=rule))
    return Disaster(now(), writes, offset, canaries, flock.stamp.nonce if flock else "", clocks)


def restore(  # noqa: PLR0913 - what a restore rests on, and how it is asked for
    site: Site,
    snapshot: Snapshot,
    backup: BackupSet,
    running: writer.Writer | None,
    key: Key,
    *,
    asked: Request | None = None,
    way: Way = BY_FILE,
    flock: Flock | None = None,
) -> Recovered:
    """Restore in place and prove by what was seen that the old data was gone before the new was loaded.

    ``asked`` and ``way`` as `restore_in_place` has them; without a writer no loss can be accounted for, nor without canaries
    (``flock``) in any store but the database.

    Raises:
        VerificationError: the restore had no effect.
        OperationError, DeadlineExceeded: it failed.
    """
    differed = not _state(site, key).same_as(snapshot.database)
    live: Effects = {
        "live-data-differed-before-the-restore": (
            differed,
            "the live database differs from the snapshot",
            "it differed" if differed else "it was equal, so a restore would prove nothing",
        )
    }
    disaster, restored = restore_watched(site, backup, running, live, asked=asked, way=way, flock=flock)
    return Recovered(snapshot, backup, disaster, restored, running.token if running else "")


Effects = dict[str, tuple[bool, str, str]]  # of each action: whether it took effect, what was expected, what was seen


def restore_watched(  # noqa: PLR0913 - what a restore rests on, and how it is asked for
    site: Site,
    backup: BackupSet,
    running: writer.Writer | None,
    effects: Effects,
    *,
    asked: Request | None = None,
    way: Way = BY_FILE,
    flock: Flock | None = None,
) -> tuple[Disaster, Restored]:
    """Declare the disaster and restore in place, the data nodes' volumes watched; ``effects`` are recorded with its own.

    Raises:
        VerificationError: something had no effect.
        OperationError, DeadlineExceeded: it failed.
    """
    old = _instance(site)
    witness = Witness(site.kube, site.profile, site.run_id)
    site.ledger("object", witness.name, namespace=site.namespace, api="v1/Pod")
    witness.start()
    try:
        disaster = declare_disaster(site, running, "a restore in place was decided on", flock)
        restored = restore_in_place(site, backup, asked, way)
    finally:
        seen = witness.observations()
        witness.stop()
    fresh = _instance(site)
    window = (restored.pods_gone or disaster.declared.utc, now().utc + timedelta(seconds=1))
    empty = emptied(seen, site.profile.rondb.node_ids, *window)
    evidence = [
        site.recorder.keep(
            "data-directories.json", [f"{utc_text(each.at)} node {each.node}: {each.entries} entries" for each in seen]
        )
    ]
    effects |= {
        "data-directories-were-emptied": (
            restored.pods_gone is not None and all(empty.values()),
            "every data node's directory is seen empty after the shutdown",
            f"pods gone at {utc_text(restored.pods_gone) if restored.pods_gone else 'no time'}; "
            + ", ".join(
                f"node {node} {f'empty at {utc_text(at)}' if at else 'never empty'}" for node, at in empty.items()
            ),
        ),
        "server-was-made-anew": (fresh != old, "another instance UUID than before", f"{old} before, {fresh} after"),
    }
    for action, (effective, expected, observed) in effects.items():
        site.recorder.action(action, effective=effective, expected=expected, observed=observed, evidence=evidence)
    require({action: effective for action, (effective, _, _) in effects.items()})
    return disaster, restored


def _state(site: Site, key: Key) -> DatabaseState:
    with site.recorder.operation("read the database", "its rows", target=site.namespace), database(site) as sql:
        return state_of(sql, site.profile.rondb, key, WRITER_DATABASES)


def _instance(site: Site) -> str:
    with database(site) as sql:
        return instance(sql, site.profile.rondb.instance_query)
