"""Each rule, seen to hold for its reason."""

import pytest
from journal_tape import Timed, replaced, seal_all, without
from sample_journal import MAIN, REFUSED, passing

from hopsdrill.model import events as ev
from hopsdrill.verdict import ExitStatus, Verdict, exit_code, judge
from hopsdrill.verdict.outcome import by_precedence


PASSED, FAILED, UNKNOWN, SKIPPED = ev.Status.PASSED, ev.Status.FAILED, ev.Status.UNKNOWN, ev.Status.SKIPPED


def judged(events):
    """The judgement of timed events."""
    return judge(seal_all(events))


def before_end(*events):
    """The passing run with something said just before its clean-up."""
    run = passing()
    return run[:-2] + [Timed(run[-2].ms, event) for event in events] + run[-2:]


def loss(**changes):
    """The passing run with another account of losses."""
    return replaced(passing(), ev.LossAccounted, **changes)


def counted(**changes):
    """The passing run with an account of completeness."""
    whole = {"store": "rondb", "kind": "rows", "expected": 4, "backed_up": 4, "restored": 4, "live": 9}
    return before_end(ev.CompletenessCounted.model_validate({"scenario": MAIN, **whole, **changes}))


def gap(**changes):
    """A gap of one row."""
    return {"stage": "restore", "cause": "failed part", "count": 1, "things": ["d.t"], **changes}


def objective(name, **changes):
    """The passing run with another measurement."""
    return replaced(passing(), ev.ObjectiveMeasured, {"objective": name}, **changes)


def skew(measured_s, error_s):
    """How far stores are apart, 40 s being allowed."""
    return ev.ObjectiveMeasured(
        scenario=MAIN, objective="skew", measured_s=measured_s, error_s=error_s, target_s=40.0, source="", basis="b"
    )


def unmeasured(share=""):
    """A recovery of which nobody promises the time or the loss, in a run of the whole plan or of a share of it."""
    run = replaced(without(passing(), ev.ObjectiveMeasured), ev.ScenarioPlanned, {"scenario": MAIN}, objectives=[])
    return replaced(run, ev.RunStarted, share=share)


def attested(phase=ev.Phase.DETECT, began="2026-11-24T15:00:00.000Z", ended="2026-11-24T15:04:00.000Z", counts_for="A"):
    """The passing run, in which A attests a phase before anything is done, and it counts as somebody's."""
    run = replaced(passing(), ev.PhaseMeasured, {"phase": ev.Phase.DETECT}, seconds=240.0, attested_by=counts_for)
    return [run[0], Timed(run[0].ms, ev.PhaseAttested(phase=phase, who="A", began=began, ended=ended)), *run[1:]]


def undeclared():
    """The passing run with one scenario declared only at its end."""
    run = passing()
    late = next(t for t in run if isinstance(t.event, ev.ScenarioPlanned) and t.event.scenario == REFUSED)
    return [*without(run, ev.ScenarioPlanned, scenario=REFUSED)[:-2], late, *run[-2:]]


def canaries(**changes):
    """The passing run with an account of the search engine's canaries."""
    load = ev.BeatLoad(interval_s=0.5, seconds=60, busy=0.02, cpu=0.01, median_ms=9.0, worst_ms=40.0)
    good = ev.CanariesAccounted(
        scenario=MAIN,
        store="opensearch",
        nonce="n",
        written=120,
        acknowledged=120,
        survived=60,
        newest=60,
        newest_sent="2026-11-23T10:00:00.000Z",
        lost_acked="2026-11-23T10:00:00.520Z",
        rpo_s=30.0,
        error_s=0.26,
        expected_lost=60,
        unexpected_lost=0,
        unexpected_kept=0,
        undecided=0,
        wrong=0,
        backed_up=True,
        load=load,
    )
    return before_end(good.model_copy(update=changes))


CASES = [
    (
        lambda: replaced(passing(), ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, status=FAILED),
        "proof-failed",
        "FAIL",
    ),
    (lambda: loss(unexpected_lost=1), "unexpected-loss", "FAIL"),
    (lambda: loss(unexpected_kept=1), "unexpected-loss", "FAIL"),
    (lambda: canaries(unexpected_lost=1), "unexpected-loss", "FAIL"),
    (lambda: canaries(unexpected_kept=1), "unexpected-loss", "FAIL"),
    (lambda: canaries(wrong=1), "unexpected-loss", "FAIL"),
    (lambda: before_end(skew(39.0, 1.1)), "objective-missed", "BREACHED"),
    (lambda: counted(restored=3, gaps=[gap()]), "gap-not-allowed", "FAIL"),
    (lambda: counted(restored=3), "gap-not-allowed", "FAIL"),
    (lambda: counted(restored=2, gaps=[gap(allowed="scratch")]), "gap-not-allowed", "FAIL"),
    (lambda: counted(backed_up=3, gaps=[gap(stage="backup")]), "gap-not-allowed", "FAIL"),
    (lambda: counted(live=None, uncounted={"live": "no answer"}), "not-counted", "UNKNOWN"),
    (lambda: counted(backed_up=None), "not-counted", "UNKNOWN"),
    (
        lambda: replaced(passing(), ev.ActionProbed, {"action": "data-directories-were-emptied"}, effective=False),
        "action-without-effect",
        "INVALID",
    ),
    (
        lambda: without(passing(), ev.ActionProbed, action="data-directories-were-emptied"),
        "action-not-probed",
        "INVALID",
    ),
    (
        lambda: replaced(passing(), ev.InterlockChecked, {"name": "cluster-is-ours"}, open=False),
        "interlock-ignored",
        "INVALID",
    ),
    (lambda: before_end(ev.RunInterrupted(signum=15)), "interrupted", "ABORTED"),
    (lambda: without(passing(), ev.RunFinished), "not-finished", "ABORTED"),
    (lambda: without(passing(), ev.RunStarted), "not-finished", "ABORTED"),
    (lambda: [*passing(), Timed(10**6, ev.CleanupFinished(leftovers=[]))], "not-finished", "ABORTED"),
    (list, "not-finished", "ABORTED"),
    (lambda: before_end(ev.InternalFailure(message="boom")), "internal-failure", "UNKNOWN"),
    (lambda: before_end(ev.NotConducted(why="environment", message="gone", hint="")), "called-off", "UNKNOWN"),
    (lambda: without(passing(), ev.EnvironmentSeen), "environment-not-recorded", "UNKNOWN"),
    (lambda: without(passing(), ev.ScenarioPlanned), "nothing-planned", "UNKNOWN"),
    (undeclared, "not-declared-before", "UNKNOWN"),
    (lambda: replaced(passing(), ev.ScenarioPlanned, {"scenario": REFUSED}, proofs=[]), "proves-nothing", "UNKNOWN"),
    (lambda: without(passing(), ev.ScenarioStarted, scenario=MAIN), "scenario-not-passed", "UNKNOWN"),
    (lambda: without(passing(), ev.ScenarioFinished, scenario=MAIN), "scenario-not-passed", "UNKNOWN"),
    (
        lambda: replaced(passing(), ev.ScenarioFinished, {"scenario": MAIN}, status=SKIPPED),
        "scenario-not-passed",
        "UNKNOWN",
    ),
    (
        lambda: replaced(passing(), ev.ScenarioFinished, {"scenario": MAIN}, status=FAILED),
        "scenario-not-passed",
        "UNKNOWN",
    ),
    (
        lambda: replaced(passing(), ev.StepFinished, {"scenario": MAIN, "index": 3}, status=FAILED, error="no"),
        "step-not-passed",
        "UNKNOWN",
    ),
    (lambda: without(passing(), ev.StepFinished, scenario=MAIN, index=9), "step-not-passed", "UNKNOWN"),
    (
        lambda: without(without(passing(), ev.StepFinished, index=9), ev.StepStarted, index=9),
        "step-not-passed",
        "UNKNOWN",
    ),
    (lambda: without(passing(), ev.ProofRecorded, proof="objects-match-the-backup"), "proof-not-recorded", "UNKNOWN"),
    (
        lambda: replaced(passing(), ev.ProofRecorded, {"proof": "objects-match-the-backup"}, status=UNKNOWN),
        "proof-undecided",
        "UNKNOWN",
    ),
    (
        lambda: replaced(passing(), ev.ProofRecorded, {"proof": "objects-match-the-backup"}, status=SKIPPED),
        "proof-undecided",
        "UNKNOWN",
    ),
    (lambda: objective("rto", measured_s=None), "objective-not-measured", "UNKNOWN"),
    (lambda: objective("rpo", measured_s=-1.0), "objective-not-measured", "UNKNOWN"),
    (lambda: without(passing(), ev.ObjectiveMeasured, objective="rpo"), "objective-not-measured", "UNKNOWN"),
    (unmeasured, "recovery-not-measured", "UNKNOWN"),
    (lambda: attested(ev.Phase.RESTORE, counts_for=""), "attested-out-of-turn", "INVALID"),
    (lambda: attested(began="2026-11-24T15:05:00.000Z"), "attested-out-of-turn", "INVALID"),
    (lambda: attested(ended="2026-11-24T15:20:00.001Z"), "attested-out-of-turn", "INVALID"),
    (lambda: attested(ended="2027-01-01T00:00:00.000Z"), "attested-out-of-turn", "INVALID"),
    (lambda: attested(counts_for="B"), "attested-by-nobody", "INVALID"),
    (lambda: objective("rto", measured_s=900.1), "objective-missed", "BREACHED"),
    (lambda: objective("rto", measured_s=899.9, error_s=0.2), "objective-missed", "BREACHED"),
    (lambda: objective("rpo-worst-case", measured_s=700_000.0), "objective-missed", "BREACHED"),
]


@pytest.mark.parametrize(
    ("make", "rule", "verdict"), CASES, ids=[f"{number}-{case[1]}" for number, case in enumerate(CASES)]
)
def test_rule_holds(make, rule, verdict):
    """One thing wrong gives the verdict its rule names, and the rule is among the reasons."""
    judgement = judged(make())

    assert judgement.verdict == verdict
    assert rule in {reason.rule for reason in judgement.reasons}


def test_a_share_of_a_plan_may_leave_the_measuring_to_another():
    """Which of the shares measures is the plan's affair."""
    assert judged(unmeasured(share="1/2")).verdict is Verdict.PASS


def test_a_journal_from_before_scenarios_declared_objectives_is_judged_by_what_was_measured():
    """What was a pass when it was signed stays one; what was not measured stays unknown."""
    old = replaced(passing(), ev.ScenarioPlanned, {"scenario": MAIN}, objectives=[])
    assert judged(old).verdict is Verdict.PASS
    assert judged(without(old, ev.ObjectiveMeasured, objective="rto")).verdict is Verdict.UNKNOWN


def test_what_was_attested_in_time_stands():
    """A word given before the run is no fault."""
    assert judged(attested()).verdict is Verdict.PASS


def test_a_word_given_afterwards_does_not_reach_into_the_restore():
    """Entered when all was over, and true then: it tells of a time at which the restore was under way."""
    first, word, *rest = attested(ended="2026-11-24T15:21:00.000Z")
    late = [first, *rest[:-2], Timed(rest[-2].ms, word.event), *rest[-2:]]
    texts = [reason.text for reason in judged(late).reasons if reason.rule == "attested-out-of-turn"]
    assert [text.rpartition(", ")[2] for text in texts] == ["when the restore had begun"]


def test_every_rule_with_a_verdict_has_a_case():
    """No rule of the table is untested."""
    from hopsdrill.verdict import RULES  # noqa: PLC0415 - the table is only of interest here

    tested = {case[1] for case in CASES} | {"not-conducted", "proved", "cleanup-incomplete", "artefact-withheld"}
    assert {rule.name for rule in RULES} == tested


def test_passing_run_passes():
    """A run with everything declared and proved is PASS, and its reasons name the events."""
    judgement = judged(passing())

    assert judgement.verdict is Verdict.PASS
    assert judgement.headline == "PASS (lab; stand-ins: rondb)"
    assert judgement.codes == (0,)
    proofs = {entry.seq for entry in seal_all(passing()) if isinstance(entry.event, ev.ProofRecorded | ev.ActionProbed)}
    assert proofs <= {seq for reason in judgement.reasons for seq in reason.events}


def test_reason_names_the_event_it_follows_from():
    """The chain leads from the verdict to the entry in the journal."""
    entries = seal_all(replaced(passing(), ev.ProofRecorded, {"proof": "loss-is-as-expected"}, status=FAILED))

    first = judge(entries).reasons[0]
    assert first.scenario == MAIN
    assert [entries[seq].event.proof for seq in first.events] == ["loss-is-as-expected"]


def test_failed_proof_beats_everything():
    """Wrong data stays FAIL although the run was interrupted after it, and an action had no effect."""
    run = replaced(passing(), ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, status=FAILED)
    run = replaced(run, ev.ActionProbed, {"action": "rows-changed-after-the-backup"}, effective=False)
    run = [*run[:-1], Timed(run[-1].ms, ev.RunInterrupted(signum=2))]

    judgement = judged(run)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.codes == (1, 130, 8)


def test_scenarios_are_judged_alone_too():
    """A failed proof of one scenario leaves the other's verdict alone."""
    judgement = judged(replaced(passing(), ev.ProofRecorded, {"proof": "nothing-was-touched"}, status=FAILED))

    assert (judgement.of(MAIN), judgement.of(REFUSED)) == (Verdict.PASS, Verdict.FAIL)


@pytest.mark.parametrize(("why", "code"), [("environment", 4), ("interlock", 4), ("plan", 2), ("nothing-selected", 5)])
def test_run_that_never_began_has_no_verdict(why, code):
    """A refusal before the first scenario is no verdict, and exits by its cause."""
    refusal = Timed(10, ev.NotConducted(why=why, message="no lab", hint="hopsdrill lab up"))
    judgement = judged([*passing()[:3], refusal])

    assert judgement.verdict is None
    assert judgement.headline.startswith("NOT CONDUCTED (lab")
    assert exit_code(judgement) == code


def test_leftovers_change_the_exit_code_only():
    """PASS with something left behind stays PASS and exits 7; JSON carries both codes."""
    left = ev.Resource(kind="namespace", name="hopsworks")
    judgement = judged(replaced(passing(), ev.CleanupFinished, leftovers=[left]))

    assert (judgement.verdict, judgement.codes) == (Verdict.PASS, (7, 0))
    assert "namespace hopsworks" in judgement.reasons[-1].text


def test_leftovers_kept_on_purpose_are_not_incomplete():
    """--keep-on-failure keeps the wreck without exit code 7."""
    left = ev.Resource(kind="namespace", name="hopsworks")
    judgement = judged(replaced(passing(), ev.CleanupFinished, leftovers=[left], kept_on_purpose=True))

    assert judgement.codes == (0,)


def test_ledger_is_believed_before_the_clean_up():
    """A thing that was created and never seen gone is left behind, whatever the clean-up says."""
    assert judged(without(passing(), ev.ResourceRemoved)).codes == (7, 0)


@pytest.mark.parametrize(
    ("codes", "first"),
    [
        ((1, 8), 1),
        ((8, 7, 6), 8),
        ((7, 6), 7),
        ((6, 0), 6),
        ((3, 1), 3),
        ((0,), 0),
        ((143, 8), 143),
        ((129, 8), 129),
        ((1, 143), 1),
    ],
)
def test_exit_code_precedence(codes, first):
    """Where several codes hold, the documented one counts; a withheld artefact yields to an internal failure only."""
    judgement = judged(passing()).model_copy(update={"codes": by_precedence(set(codes))})

    assert exit_code(judgement) == first
    withheld = judgement.model_copy(update={"codes": by_precedence({9, *codes})})
    assert exit_code(withheld) == (3 if first == 3 else ExitStatus.WITHHELD)


def test_a_withheld_artefact_is_exit_code_9_and_the_verdict_stays():
    """What the run came to is still true; that it held a secret comes first."""
    withheld = ev.ArtefactWithheld(artefact="evidence/00", what="it held a secret, and was removed")
    found = judged([*passing(), Timed(0, withheld)])

    assert (found.verdict, found.codes) == (Verdict.PASS, (9, 0))
    assert "evidence/00: it held a secret" in found.reasons[-1].text


def test_headline_names_a_cluster_that_is_no_lab():
    """A verdict from another cluster says which, and that nothing stood in."""
    run = replaced(passing(), ev.EnvironmentSeen, created_by_lab=False, cluster="standby", stand_ins=[])

    assert judged(run).headline == "PASS (cluster standby; no stand-ins)"


def test_canaries_that_are_as_expected_leave_a_passing_run_passing():
    """Lost ones are what a backup costs; a skew within its bound is met."""
    assert judged(canaries()).verdict is Verdict.PASS
    assert judged(before_end(skew(38.0, 1.1))).verdict is Verdict.PASS


def test_gaps_that_the_plan_allows_and_counts_that_nobody_can_take_are_no_fault():
    """A gap with its leave accounts for what is missing; a column that is opaque says so in the report."""
    for whole in (
        counted(),
        counted(restored=3, gaps=[gap(allowed="scratch")]),
        counted(backed_up=None, opaque={"backed_up": "the engine's own form"}),
    ):
        assert judged(whole).verdict is Verdict.PASS
