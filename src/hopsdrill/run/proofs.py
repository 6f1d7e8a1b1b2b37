"""The proofs of a recovery, recorded: rows, users, objects, loss."""

from dataclasses import asdict

from hopsdrill.core.clock import utc_text
from hopsdrill.model import events as ev
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.loss import Loss, Window, account
from hopsdrill.proof.snapshot import account_differences, row_differences
from hopsdrill.recovery.restore import unfinished
from hopsdrill.run.stages import WRITER_DATABASES, Recovered, archived_objects
from hopsdrill.site import Site
from hopsdrill.workload import objects, writer


def data_matches(site: Site, recovered: Recovered, key: Key) -> None:
    """Rows, users and grants, and the drawn value, each against the snapshot."""
    expected, rondb = recovered.snapshot.database, site.profile.rondb
    sql = site.sql()
    try:
        rows = row_differences(sql, expected, rondb, key, WRITER_DATABASES)
        accounts = account_differences(sql, expected, rondb, key)
        drawn = writer.read_challenge(sql) == recovered.snapshot.challenge
    finally:
        sql.close()
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
    lost = [
        f"hopsdrill.writes[{number}]: acknowledged before the recovery point, and gone"
        for number in found.unexpected_lost
    ]
    kept = [f"hopsdrill.writes[{number}]: sent after the recovery point, and there" for number in found.unexpected_kept]
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


def _loss(site: Site, recovered: Recovered) -> tuple[Loss, list[str], Window]:
    sql = site.sql()
    try:
        left, wrong = writer.survivors(sql, recovered.token)
    finally:
        sql.close()
    point, offset = recovered.backup.rondb, recovered.disaster.offset
    window = Window(point.after, point.before).widened(offset.seconds, offset.error)
    return account(recovered.disaster.writes, left, window), wrong, window


def loss_of(site: Site, recovered: Recovered) -> tuple[Loss, list[str], Window]:
    """Loss accounting, rows with wrong content, and the consistency point on our clock."""
    sql = site.sql()
    try:
        left, wrong = writer.survivors(sql, recovered.token)
    finally:
        sql.close()
    point, offset = recovered.backup.rondb, recovered.disaster.offset
    window = Window(point.after, point.before).widened(offset.seconds, offset.error)
    return account(recovered.disaster.writes, left, window), wrong, window
