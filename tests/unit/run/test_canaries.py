"""A recovery's canaries, judged store by store: what is lost or there unexpectedly is named and red."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.bracket import Offset
from hopsdrill.core.clock import Instant, utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Objective
from hopsdrill.recovery.backup import BackupSet, RondbBackup, StoreBackup
from hopsdrill.run import canaries, measures
from hopsdrill.run.stages import Disaster, Recovered
from hopsdrill.workload.beat import Load, Write
from hopsdrill.workload.canaries import Kept, Stamp


START = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = Stamp("the auditor's", "flock")
NONE = Offset(0.0, 0.0)
COUNT = 120
# seconds at which each store's backup is taken
TAKEN = {"rondb": 30.2, "hopsfs": 30.2, "opensearch": 70.2, "registry": 35.0, "kubernetes": 75.0}


def at(seconds):
    """A moment of the drill."""
    return START + timedelta(seconds=seconds)


def text_of(store, number):
    """What a canary says."""
    return STAMP.text(store, number, at(number))


def kept(store, left, *, newest_only=False):
    """One canary a second, number 1 at second 1, acknowledged after 50 ms; ``left`` by number."""
    writes = tuple(Write(number, at(number), at(number + 0.05)) for number in range(1, COUNT + 1))
    load = Load(120.0, 0.05, 0.01, 50.0, 60.0)
    return Kept(
        store, 1.0, newest_only, writes, load, lambda write: STAMP.text(store, write.number, write.sent), lambda: left
    )


def good():
    """What a right restore leaves, by store."""
    found = {
        store: {number: text_of(store, number) for number in range(1, int(taken) + 1)} for store, taken in TAKEN.items()
    }
    found["registry"] = {35: text_of("registry", 35)}
    found["kafka"] = {number: text_of("kafka", number) for number in range(1, COUNT + 1)}
    return found


def backup():
    """Backups that took two tenths of a second to a second."""

    def entry(store):
        return {"start_time": utc_text(at(TAKEN[store] - 0.5)), "end_time": utc_text(at(TAKEN[store] + 0.5))}

    rondb = RondbBackup("1", {}, at(30.1), at(30.3), "rule")
    span = entry("kubernetes")
    main = {"status": {"startTimestamp": span["start_time"], "completionTimestamp": span["end_time"]}}
    others = {store: StoreBackup("1", entry(store)) for store in ("opensearch", "registry")}
    return BackupSet(rondb, main, {}, others)


def recovered(left, clocks=None):
    """A recovery with canaries in every store."""
    flocks = tuple(kept(store, found, newest_only=store == "registry") for store, found in left.items())
    disaster = Disaster(Instant(at(121), 0.0), (), NONE, flocks, STAMP.nonce, clocks or {"cluster": NONE})
    return Recovered(None, backup(), disaster, SimpleNamespace(provisioned=None), "token")


@pytest.fixture
def prove():
    """Judge what was left; gives what was recorded."""

    def run(left, **more):
        site = judged.site()
        events, proofs, actions = [], {}, {}
        site.recorder.write, site.recorder.scenario = events.append, "scenario"
        site.recorder.action = lambda name, effective, **_: actions.update({name: effective})

        def proof(name, store, passed, differences=(), **_):
            assert name == canaries.LOST
            proofs[store] = passed, list(differences)

        site.recorder.proof = proof
        found = canaries.prove(site, recovered(left, **more))
        return SimpleNamespace(site=site, events=events, proofs=proofs, actions=actions, accounts=found)

    return run


def accounts_of(run):
    """The recorded accounts by store."""
    return {each.store: each for each in run.events if isinstance(each, ev.CanariesAccounted)}


def test_a_right_restore_is_green_in_every_store(prove):
    """Each loses what came after its own backup, and nothing else."""
    run = prove(good())
    assert all(passed for passed, _ in run.proofs.values())
    assert run.actions == {canaries.ALIVE: True}
    told = accounts_of(run)
    assert told["rondb"].newest == 30
    assert told["rondb"].nonce == STAMP.nonce
    assert told["rondb"].rpo_s == pytest.approx(121 - 30.525, abs=0.01)
    assert told["rondb"].error_s == pytest.approx(0.525, abs=0.01)
    assert told["registry"].newest == 35
    assert told["registry"].survived == 35
    assert not told["kafka"].backed_up
    assert told["opensearch"].load.interval_s == 1.0


@pytest.mark.parametrize("store", ["rondb", "hopsfs", "opensearch", "kubernetes", "kafka"])
def test_a_hole_is_red_and_named(prove, store):
    """An older one is gone although a newer one came back."""
    left = good()
    del left[store][7]
    run = prove(left)
    assert run.proofs[store] == (
        False,
        [f"canary 7 of {store}: acknowledged before its backup, or before one that came back, and gone"],
    )
    assert accounts_of(run)[store].unexpected_lost == 1
    assert [other for other, (passed, _) in run.proofs.items() if not passed] == [store]


@pytest.mark.parametrize("store", ["rondb", "hopsfs", "opensearch", "kubernetes"])
@pytest.mark.parametrize("number", [90, 500])
def test_one_that_is_newer_than_its_backup_or_was_never_written_is_red(prove, store, number):
    """It cannot have come from there."""
    left = good()
    left[store] |= (
        {each: text_of(store, each) for each in range(int(TAKEN[store]), number + 1)} if number == 90 else {number: "?"}
    )
    passed, named = prove(left).proofs[store]
    assert not passed
    assert f"canary {number} of {store}: sent after its backup, or never, and there" in named


@pytest.mark.parametrize("store", list(TAKEN))
def test_nothing_left_is_red_where_there_is_a_backup(prove, store):
    """And there is no recovery point."""
    left = good() | {store: {}}
    run = prove(left)
    assert not run.proofs[store][0]
    assert accounts_of(run)[store].rpo_s is None


def test_a_broker_that_lost_everything_is_stated_and_not_judged(prove):
    """No backup holds it; the gap in its offsets is none then."""
    run = prove(good() | {"kafka": {}})
    assert run.proofs["kafka"][0]
    (skew,) = [each for each in run.events if isinstance(each, ev.SkewMeasured)]
    assert {each.messages for each in skew.cells if each.first == "kafka"} == {0}


def test_another_content_is_red(prove):
    """A number that says what was not written, or what another flock wrote."""
    left = good()
    left["opensearch"][5] = Stamp("an older run's", "flock").text("opensearch", 5, at(5))
    passed, named = prove(left).proofs["opensearch"]
    assert not passed
    assert named[0].startswith("canary 5 of opensearch: says ")


@pytest.mark.parametrize(("found", "why"), [({0: "sha256:0"}, "never"), ({20: None}, "gone"), ({90: None}, "there")])
def test_an_image_that_is_no_canary_or_the_wrong_one_is_red(prove, found, why):
    """By its digest."""
    left = good() | {"registry": {number: text or text_of("registry", number) for number, text in found.items()}}
    passed, named = prove(left).proofs["registry"]
    assert not passed
    assert any(why in line for line in named)


def test_a_backup_is_judged_by_its_own_clock(prove):
    """A cluster whose clock is 20 s ahead says 90.2 for what was 70.2 here."""
    ahead = {"cluster": Offset(20.0, 0.1)}
    assert not prove(good(), clocks=ahead).proofs["opensearch"][0]
    left = good()
    left["opensearch"] = {number: text_of("opensearch", number) for number in range(1, 51)}
    left["kubernetes"] = {number: text_of("kubernetes", number) for number in range(1, 56)}
    left["registry"] = {15: text_of("registry", 15)}
    assert all(passed for passed, _ in prove(left, clocks=ahead).proofs.values())


def test_a_beat_that_did_not_span_its_backup_has_shown_nothing(prove, monkeypatch):
    """It began too late, or ended too early."""
    whole = recovered(good())
    late = replace(whole.disaster.canaries[2], writes=whole.disaster.canaries[2].writes[75:])
    assert not canaries._account(late, canaries.windows(whole.backup, {}, NONE)["opensearch"], at(121)).alive
    early = replace(whole.disaster.canaries[2], writes=whole.disaster.canaries[2].writes[:70])
    assert not canaries._account(early, canaries.windows(whole.backup, {}, NONE)["opensearch"], at(121)).alive
    monkeypatch.setattr(canaries.Account, "alive", property(lambda each: each.kept.store != "opensearch"))
    assert prove(good()).actions == {canaries.ALIVE: False}


def test_without_canaries_nothing_is_said():
    """A step that promises an account ends there."""
    with pytest.raises(OperationError, match="no canaries"):
        canaries.prove(judged.site(), recovered({}))


def test_skew_and_worst_recovery_point_are_those_of_the_stores(prove):
    """The database's point is 90 s old, the widest pair are it and the objects; Kafka counts messages."""
    run = prove(good())
    (told,) = [each for each in run.events if isinstance(each, ev.SkewMeasured)]
    cells = {(each.first, each.second): each for each in told.cells}
    assert cells["rondb", "opensearch"].seconds == pytest.approx(-40.0, abs=0.01)
    assert cells["rondb", "opensearch"].error_s == pytest.approx(1.05, abs=0.01)
    assert cells["kafka", "rondb"].messages == 90
    measures._worst_point(run.site, run.accounts, Objective(within=timedelta(days=8)))
    measures.measure_skew(run.site, run.accounts, Objective(within=timedelta(seconds=40), source="contract"))
    rpo, skew = run.events[-2:]
    assert (rpo.objective, rpo.measured_s) == ("rpo", pytest.approx(90.475, abs=0.01))
    assert (skew.objective, skew.target_s, skew.source) == ("skew", 40.0, "contract")
    assert skew.measured_s == pytest.approx(45.0, abs=0.5)


def test_a_store_without_a_survivor_leaves_skew_and_recovery_point_open(prove):
    """They have no value, which is UNKNOWN, and say which store."""
    run = prove(good() | {"hopsfs": {}})
    measures._worst_point(run.site, run.accounts, Objective(within=timedelta(days=8)))
    measures.measure_skew(run.site, run.accounts, None)
    assert [(each.measured_s, "hopsfs" in each.basis) for each in run.events[-2:]] == [(None, True), (None, True)]


def test_every_canary_says_the_auditors_nonce():
    """And its number, its store and its time."""
    said = STAMP.text("kafka", 7, at(7))
    assert '"nonce": "the auditor\'s"' in said
    assert '"number": 7' in said
    assert (
        len(
            {
                said,
                STAMP.text("kafka", 8, at(7)),
                STAMP.text("rondb", 7, at(7)),
                Stamp("x", "flock").text("kafka", 7, at(7)),
            }
        )
        == 4
    )
