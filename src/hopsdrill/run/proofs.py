"""The proofs of a recovery, recorded: rows, users, objects, loss."""

from dataclasses import asdict

from hopsdrill.clients import broker, database, need, search_engine
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.proof import documents, kubernetes
from hopsdrill.proof import stream as stream_proof
from hopsdrill.proof.key import Key
from hopsdrill.proof.loss import Loss, Window, account
from hopsdrill.proof.prints import Prints
from hopsdrill.proof.snapshot import account_differences, row_differences
from hopsdrill.recovery.restore import unfinished
from hopsdrill.run.contents import Content, present, reconciled
from hopsdrill.run.stages import WRITER_DATABASES, Recovered
from hopsdrill.run.whole import archived_objects
from hopsdrill.site import Site
from hopsdrill.workload import objects, stream, writer


def data_matches(site: Site, recovered: Recovered, key: Key) -> None:
    """Rows, users and grants, and the drawn value, each against the snapshot."""
    expected, rondb = recovered.snapshot.database, site.profile.rondb
    with database(site) as sql:
        rows = row_differences(sql, expected, rondb, key, WRITER_DATABASES)
        accounts = account_differences(sql, expected, rondb, key)
        drawn = writer.read_challenge(sql) == recovered.snapshot.challenge
    for table, reason in rondb.excluded_tables.items():
        site.recorder.write(ev.Noted(topic="deviation", text=f"Table {table} is not compared: {reason}"))
    record = site.recorder.proof
    record(
        "rows-match-the-snapshot",
        store="rondb",
        passed=not rows,
        expected=f"{expected.rows} rows in {len(expected.tables)} tables, each as in the snapshot",
        observed=_differing(rows),
        differences=rows,
    )
    record(
        "users-and-grants-match-the-snapshot",
        store="rondb",
        passed=not accounts,
        expected=f"{len(expected.accounts)} accounts with their passwords and grants",
        observed=_differing(accounts),
        differences=accounts,
    )
    record(
        "the-drawn-value-came-back",
        store="rondb",
        passed=drawn,
        expected="the random value drawn after the installation, which only the drill and the backup know",
        observed="the same value" if drawn else "another value, or none",
    )


def _differing(differences: list[str]) -> str:
    return "no difference" if not differences else f"{len(differences)} differences, first: {differences[0]}"


def contents_match(site: Site, recovered: Recovered, key: Key, without: str = "") -> None:
    """Files, documents and environments, each against the snapshot; ``without`` is a store that was not restored."""
    for store in present(site):
        if store != without:
            content_matches(site, store, recovered, key)


def content_matches(site: Site, store: str, recovered: Recovered, key: Key) -> bool:
    """Everything one such store holds against the snapshot."""
    content, expected = present(site)[store], recovered.snapshot.contents[store]
    live, wrong = content_differences(site, store, expected, key)
    return site.recorder.proof(
        f"{content.what}-match-the-snapshot",
        store=store,
        passed=bool(expected) and not wrong,
        expected=f"{len(expected)} {content.what} with all they say, as in the snapshot",
        observed=f"{len(live)} read, {_differing(wrong)}",
        differences=wrong,
        evidence=[site.recorder.keep(f"live-{store}.json", sorted(live))],
    )


def content_differences(site: Site, store: str, expected: Prints, key: Key) -> tuple[Prints, list[str]]:
    """What a store holds, and in what that differs from what is expected."""
    content = present(site)[store]
    try:
        live = content.read(site, key)
        return live, [*_wrong(site, content, kubernetes.compare(expected, live)), *_unfit(site, store, live)]
    except OperationError as error:  # a store that does not serve after its restore has not come back
        return {}, [f"{store} cannot be read: {error.message}"]


def _wrong(site: Site, content: Content, found: kubernetes.Comparison) -> list[str]:
    """Differences, and what was made after the backup; where a restore removes nothing, that is remarked only."""
    if content.additions_stay:
        if found.additional:
            text = f"Made after the backup and still there, for this store's restore removes nothing: {', '.join(found.additional)}"
            site.recorder.write(ev.Noted(topic="deviation", text=text))
        return found.differences
    return [*found.differences, *(f"{title}: was made after the backup, and is there" for title in found.additional)]


def _unfit(site: Site, store: str, live: Prints) -> list[str]:
    """What is wrong inside a store, whatever the snapshot says."""
    if store == "opensearch":
        with search_engine(site) as search:
            return documents.unfit(search, need(site.profile.opensearch, store))
    if store == "hopsfs":
        return reconciled(site).wrong if live else ["the file system is empty"]
    return []


def in_flight_is_lost(site: Site, recovered: Recovered) -> None:
    """Rows that Kafka carried at the backup, against those the online store has."""
    with database(site) as sql:
        found = stream_proof.account(recovered.snapshot.sent, stream.arrived(sql))
        damaged = [f"row {number}: says something else than was sent" for number in stream.damaged(sql)]
    with broker(site) as kafka:
        evidence = [site.recorder.keep("kafka.json", {**stream.offsets(kafka, site), **asdict(found)})]
    lost = [f"row {number}: in the online store before the backup, and gone" for number in found.unexpected_lost]
    kept = [f"row {number}: not in the online store at the backup, and there" for number in found.unexpected_kept]
    site.recorder.write(
        ev.LossAccounted(
            scenario=site.recorder.scenario,
            store="kafka",
            acknowledged=len(recovered.snapshot.sent),
            survived=found.kept,
            expected_lost=len(found.expected_lost),
            unexpected_lost=len(lost),
            unexpected_kept=len(kept),
            undecided=0,
            reason="on their way to the online store at the recovery point; they must be replayed",
            evidence=evidence,
        )
    )
    site.recorder.proof(
        "rows-in-flight-are-lost-and-no-others",
        store="kafka",
        passed=bool(found.expected_lost) and not lost and not kept and not damaged,
        expected="rows in flight at the backup are lost and must be replayed; those that had arrived are there",
        observed=f"{found.kept} of {len(recovered.snapshot.sent)} there, {len(found.expected_lost)} lost as expected, "
        f"{len(lost)} lost and {len(kept)} kept unexpectedly, {len(damaged)} damaged",
        differences=[*lost, *kept, *damaged],
        evidence=evidence,
    )


def stream_flows(site: Site) -> None:
    """Whether a row sent now reaches the online store; it is taken back afterwards."""
    topic = stream.topic_of(site)
    number = stream.FRESH + int(now().utc.timestamp())  # another one for each check
    try:
        stream.send(site, range(number, number + 1))
        stream.await_rows(site, {number})
        observed, passed = "the row arrived", True
    except OperationError as error:
        observed, passed = error.message, False
    with database(site) as sql:
        stream.take_back(sql)
    site.recorder.proof(
        "rows-flow-again",
        store="kafka",
        passed=passed,
        expected=f"a row sent to topic {topic} after the restore reaches the online store",
        observed=observed,
    )


def objects_match(site: Site, recovered: Recovered, key: Key) -> None:
    """Secrets, ConfigMaps and rights against what lies in the bucket; what Velero leaves standing is remarked."""
    expected = archived_objects(site, recovered.backup, key)
    live = kubernetes.read(site.kube, objects.namespaces(site), key)
    found = kubernetes.compare(expected, live)
    ends = unfinished(recovered.restored)
    added = [title for title in found.additional if any(f" {project}/" in title for project in objects.PROJECTS)]
    if added:
        text = f"Objects made after the backup are still there, for Velero's restores never delete: {', '.join(added)}"
        site.recorder.write(ev.Noted(topic="deviation", text=text))
    site.recorder.proof(
        "objects-match-the-backup",
        store="kubernetes",
        passed=not found.differences and not ends,
        expected=f"{len(expected)} objects as they lie in the bucket, every Velero Restore Completed",
        observed="; ".join([_differing(found.differences), *ends]),
        differences=[*found.differences, *ends],
        evidence=[
            site.recorder.keep("objects-expected.json", sorted(expected)),
            site.recorder.keep("objects-live.json", sorted(live)),
        ],
    )


def misses(found: Loss) -> tuple[list[str], list[str]]:
    """Writes that are lost and should be there, and those that are there and should be lost."""
    lost = [
        f"hopsdrill.writes[{number}]: acknowledged before the recovery point, and gone"
        for number in found.unexpected_lost
    ]
    kept = [f"hopsdrill.writes[{number}]: sent after the recovery point, and there" for number in found.unexpected_kept]
    return lost, kept


def loss_is_as_expected(site: Site, recovered: Recovered) -> None:
    """Acknowledged writes against survivors, by the backup's consistency point."""
    found, wrong, window = loss_of(site, recovered)
    ledger = [
        {"number": each.number, "sent": utc_text(each.sent), "acked": utc_text(each.acked) if each.acked else None}
        for each in recovered.disaster.writes
    ]
    evidence = [site.recorder.keep("writes.json", ledger), site.recorder.keep("loss.json", asdict(found))]
    counts = {
        name: len(getattr(found, name)) for name in ("expected_lost", "unexpected_lost", "unexpected_kept", "undecided")
    }
    site.recorder.write(
        ev.LossAccounted(
            scenario=site.recorder.scenario,
            store="rondb",
            acknowledged=found.acknowledged,
            survived=found.survived,
            evidence=evidence,
            **counts,
        )
    )
    lost, kept = misses(found)
    offset = recovered.disaster.offset
    clock = f"the server's clock is {offset.seconds:+.4f} s ± {offset.error:.4f} s off ours"
    span = f"{utc_text(window.after)} to {utc_text(window.before)} on our clock; {clock}"
    site.recorder.proof(
        "loss-is-as-expected",
        store="rondb",
        passed=found.as_expected and bool(found.expected_lost) and not wrong,
        expected=f"writes acknowledged before the recovery point ({span}) are there, those sent after it are lost",
        observed=f"{found.survived} of {found.acknowledged} survived, {counts['expected_lost']} lost as expected, "
        f"{counts['undecided']} in flight at the point, {len(lost)} lost and {len(kept)} kept unexpectedly, {len(wrong)} with wrong content",
        differences=[*lost, *kept, *wrong],
        evidence=evidence,
    )


def loss_of(site: Site, recovered: Recovered) -> tuple[Loss, list[str], Window]:
    """Loss accounting, rows with wrong content, and the consistency point on our clock."""
    with database(site) as sql:
        left, wrong = writer.survivors(sql, recovered.token)
    point, offset = recovered.backup.rondb, recovered.disaster.offset
    window = Window(point.after, point.before).widened(offset.seconds, offset.error)
    return account(recovered.disaster.writes, left, window), wrong, window
