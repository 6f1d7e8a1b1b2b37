"""The canaries of a recovery, accounted for store by store: what came back of them, the recovery point they show, and the skew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from hopsdrill.core.bracket import Offset
from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.proof.canaries import UNKNOWN, Measured, Point, Skew, matrix, newer_messages, point_of
from hopsdrill.proof.loss import Loss, Window, account
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run.clocks import CLUSTER
from hopsdrill.run.stages import Disaster, Recovered
from hopsdrill.site import Site
from hopsdrill.workload.canaries import Flock, Kept


ALIVE, LOST = "canaries-were-acknowledged-before-and-after-every-backup", "canaries-are-lost-as-expected"
# what writes down when a backup began and ended cuts to whole seconds
CUT = timedelta(seconds=1)
# their rows are the database's, so that its backup is theirs
WITH_THE_DATABASE = ("rondb", "hopsfs")
BROKER = "kafka"  # in no backup; its difference to another store is a gap in its offsets


BEGIN = "write canaries"


@dataclass(frozen=True)
class Account:
    """One store's canaries after the restore.

    Attributes:
        left: numbers of those that are there.
        wrong: those with another content than was written, each with what is there.
        window: when the backup was taken, on this machine's clock; None where no backup holds the store.
        point: the moment its data stands for; None when none came back.
        age: of that moment at the disaster.
    """

    kept: Kept
    left: set[int]
    wrong: list[str]
    loss: Loss
    window: Window | None
    point: Point | None
    age: Measured | None

    @property
    def alive(self) -> bool:
        """Whether one was acknowledged before the backup, and one after it."""
        window = self.window or UNKNOWN
        acked = [write.acked for write in self.kept.writes if write.acked is not None]
        return self.window is None or (
            any(each < window.after for each in acked)
            and any(write.sent > window.before for write in self.kept.writes if write.acked is not None)
        )


def begin(site: Site, flock: Flock) -> None:
    """Begin the canaries of every store.

    Raises:
        OperationError, DeadlineExceeded: a store refused, or did not acknowledge in time.
    """
    call = ", ".join(f"{store} every {interval:g} s" for store, interval in flock.intervals.items())
    with site.recorder.operation(BEGIN, call, target=site.namespace) as done:
        flock.start()
        done.text = "every store has acknowledged one"


def windows(backup: BackupSet, clocks: Mapping[str, Offset], offset: Offset) -> dict[str, Window]:
    """When each store's backup was taken, on this machine's clock: acknowledged before it is in, sent after it is not."""
    point = Window(backup.rondb.after, backup.rondb.before).widened(offset.seconds, offset.error)
    status = backup.main.get("status", {})
    spans = {store: (each.entry["start_time"], each.entry["end_time"]) for store, each in backup.others.items()}
    spans["kubernetes"] = (status.get("startTimestamp", ""), status.get("completionTimestamp", ""))
    clock = clocks.get(CLUSTER, offset)
    others = {
        store: Window(parse_utc(start) - CUT, parse_utc(end) + CUT).widened(clock.seconds, clock.error)
        for store, (start, end) in spans.items()
    }
    return {**others, **dict.fromkeys(WITH_THE_DATABASE, point)}


def accounts(recovered: Recovered) -> dict[str, Account]:
    """Every store's canaries against those that are there now, by store; none where the recovery had none.

    Raises:
        OperationError: a store does not answer.
    """
    disaster = recovered.disaster
    known = windows(recovered.backup, disaster.clocks, disaster.offset) if disaster.canaries else {}
    return {each.store: _account(each, known.get(each.store), disaster.declared.utc) for each in disaster.canaries}


def _account(kept: Kept, window: Window | None, declared: datetime) -> Account:
    written = {write.number: write for write in kept.writes}
    found = kept.left()
    wrong = [
        f"canary {number} of {kept.store}: says {text[:80]!r}"
        for number, text in sorted(found.items())
        if number in written and text != kept.text(written[number])
    ]
    left = set(found)
    if kept.newest_only and left <= written.keys():  # it stands for those that it has replaced
        left = set(range(1, max(left, default=0) + 1))
    loss = account(kept.writes, left, window or UNKNOWN)
    point = point_of(kept.writes, loss.newest, declared)
    return Account(kept, left, wrong, loss, window, point, point.to(declared) if point else None)


def prove(site: Site, recovered: Recovered) -> dict[str, Account]:
    """Record every store's account, and the skew between them; a canary that is lost or there unexpectedly is red.

    Raises:
        OperationError: there were no canaries, or a store does not answer.
    """
    found = accounts(recovered)
    if not found:
        msg = "There were no canaries in this recovery, so that nothing can be said about them."
        raise OperationError(msg, hint="begin the scenario with: canaries in every store until the disaster")
    dead = [store for store, each in found.items() if not each.alive]
    site.recorder.action(
        ALIVE,
        effective=not dead,
        expected="each store that is backed up acknowledged a canary before its backup began and one after it had ended",
        observed=f"not so: {', '.join(dead)}" if dead else _counts(found),
    )
    for each in found.values():
        _record(site, each, recovered.disaster)
    site.recorder.write(ev.SkewMeasured(scenario=site.recorder.scenario, cells=_cells(found)))
    return found


def _counts(found: Mapping[str, Account]) -> str:
    return ", ".join(f"{store} {each.loss.acknowledged}" for store, each in found.items()) + " acknowledged"


def misses(each: Account) -> list[str]:
    """What is wrong about one store's canaries, each named."""
    what = f"canary {{}} of {each.kept.store}"
    lost = [
        f"{what.format(number)}: acknowledged before its backup, or before one that came back, and gone"
        for number in each.loss.unexpected_lost
    ]
    kept = [
        f"{what.format(number)}: sent after its backup, or never, and there" for number in each.loss.unexpected_kept
    ]
    return [*lost, *kept, *each.wrong]


def _record(site: Site, each: Account, disaster: Disaster) -> None:
    kept, loss, point, age = each.kept, each.loss, each.point, each.age
    ledger = [
        [write.number, utc_text(write.sent), utc_text(write.acked) if write.acked else None, write.number in each.left]
        for write in kept.writes
    ]
    evidence = [site.recorder.keep(f"canaries-{kept.store}.json", {"nonce": disaster.nonce, "canaries": ledger})]
    wrong = misses(each)
    site.recorder.write(
        ev.CanariesAccounted(
            scenario=site.recorder.scenario,
            store=kept.store,
            nonce=disaster.nonce,
            written=len(kept.writes),
            acknowledged=loss.acknowledged,
            survived=loss.survived,
            newest=loss.newest,
            newest_sent=utc_text(point.after) if point else "",
            lost_acked=utc_text(point.before) if point else "",
            rpo_s=round(age.seconds, 3) if age else None,
            error_s=round(age.error, 3) if age else None,
            expected_lost=len(loss.expected_lost),
            unexpected_lost=len(loss.unexpected_lost),
            unexpected_kept=len(loss.unexpected_kept),
            undecided=len(loss.undecided),
            wrong=len(each.wrong),
            backed_up=each.window is not None,
            load=_load(kept),
            evidence=evidence,
        )
    )
    site.recorder.proof(
        LOST,
        store=kept.store,
        passed=not wrong,
        expected=_expected(each),
        observed=f"{loss.survived} of {loss.acknowledged} came back, the newest is {loss.newest or 'none'}; "
        f"{len(loss.unexpected_lost)} lost and {len(loss.unexpected_kept)} kept unexpectedly, {len(each.wrong)} with another content",
        differences=wrong,
        evidence=evidence,
    )


def _expected(each: Account) -> str:
    if each.window is None:
        return "in no backup: what it keeps of its canaries is without a hole, and as it was written"
    span = f"{utc_text(each.window.after)} to {utc_text(each.window.before)} on our clock"
    return f"canaries acknowledged before the backup ({span}) are there as they were written, those sent after it are lost, none is missing between"


def _load(kept: Kept) -> ev.BeatLoad:
    load = kept.load
    return ev.BeatLoad(
        interval_s=kept.interval,
        seconds=round(load.seconds, 1),
        busy=round(load.busy, 4),
        cpu=round(load.cpu, 4),
        median_ms=round(load.median_ms, 1),
        worst_ms=round(load.worst_ms, 1),
    )


def skews(found: Mapping[str, Account]) -> list[Skew]:
    """Pairs of stores that are backed up."""
    return matrix({store: each.point for store, each in found.items() if each.window is not None})


def _cells(found: Mapping[str, Account]) -> list[ev.SkewCell]:
    timed = [
        ev.SkewCell(
            first=each.first,
            second=each.second,
            seconds=round(each.value.seconds, 3) if each.value else None,
            error_s=round(each.value.error, 3) if each.value else None,
        )
        for each in skews(found)
    ]
    brokers = [each for each in found.values() if each.kept.store == BROKER]
    others = [each for each in found.values() if each.window is not None]
    return timed + [
        ev.SkewCell(
            first=one.kept.store,
            second=other.kept.store,
            seconds=None,
            error_s=None,
            messages=newer_messages(one.kept.writes, one.left, other.point) if other.point else None,
        )
        for one, other in product(brokers, others)
    ]
