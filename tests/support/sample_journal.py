"""A made-up run for tests: a whole passing restore in place, with every kind of event a good run has."""

from datetime import timedelta

from journal_tape import Tape, Timed

from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.journal.chain import sha256
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Plan
from hopsdrill.run.measures import MEASURED


RUN_ID = "20261124T152000Z-in-place-restore-4f1c"
FEATURE = "in_place_restore/weekly_backup.feature"
MAIN = f"{FEATURE}::A weekly backup is restored in place"
REFUSED = f"{FEATURE}::A restore in place without forceDataClear is refused"
RONDB_ID = "264821520"
VELERO_MAIN = "k8s-backups-main-20261124152042"

ROWS = '{"rows": {"fg_transactions_1": 1429, "fg_customers_1": 1429}, "differing": []}\n'
LOSS = '{"acknowledged": 2210, "lost": [1803, 1804, 1805], "undecided": []}\n'
HELM = 'Release "hopsworks" has been upgraded. Happy Helming!\nSTATUS: deployed\n'
EVIDENCE = {
    "fingerprint-rondb.json": (ROWS, "application/json"),
    "loss-rondb.json": (LOSS, "application/json"),
    "helm-upgrade.txt": (HELM, "text/plain"),
}
DIGEST = {name: sha256(text.encode()) for name, (text, _) in EVIDENCE.items()}

STEPS = (
    ("Given", 'a platform with backups enabled on schedule "@weekly"'),
    ("And", "feature groups with 10000 rows across 7 tables, users and grants, and project secrets"),
    ("And", "a writer that commits numbered rows until the disaster"),
    ("And", "the weekly backup of every installed store has been taken"),
    ("And", "rows, users and secrets were changed, added and deleted after the backup"),
    ("When", "the platform is restored in place from that backup with forceDataClear"),
    ("Then", "the data matches the snapshot row by row"),
    ("And", "exactly the writes made after the recovery point are lost"),
    ("And", "the restored secrets and configmaps equal the backed-up ones"),
    ("And", "the recovery time and the recovery point are within the plan's objectives"),
)
PROOFS = ("database-backup-is-whole", "rows-match-the-snapshot", "loss-is-as-expected", "objects-match-the-backup")
ACTIONS = ("rows-changed-after-the-backup", "data-directories-were-emptied")
REFUSED_STEPS = (
    ("Given", "a platform with a restorable backup"),
    ("When", "a restore in place is asked for without forceDataClear"),
    ("Then", "it is refused with the reason, and nothing was touched"),
)


def plan() -> Plan:
    """The plan the sample ran."""
    return Plan.model_validate(
        {
            "apiVersion": "hopsdrill/v1",
            "kind": "DrillPlan",
            "name": "in-place-restore",
            "title": "A weekly backup is restored in place",
            "hypothesis": "After the data directories are lost, the last weekly backup brings every row, user and secret back.",
            "scenario_description": "An operator's mistake destroys the database's volumes; the cluster itself survives.",
            "binding": "test_in_place_restore.py",
            "features": [FEATURE],
            "target": {"lab_cluster": "drill"},
            "profile": "hopsworks-standin",
            "schedule": "@weekly",
            "objectives": {
                "rto": {"within": timedelta(minutes=15), "source": "drill objective, not a business one"},
                "rpo": {"within": timedelta(days=7, minutes=10), "source": "schedule @weekly"},
            },
            "governance": {
                "roles": {"owner": "Platform team", "approver": "Head of operations"},
                "bia_reference": "BIA-2026-07",
                "severity": "high",
                "confidentiality": "internal",
                "next_drill_due": "2027-02-24",
            },
            "exclusions": [
                "HopsFS: not installed in this lab",
                "OpenSearch: not installed in this lab",
                "Kafka: messages in flight are lost by design",
                "container registry with Python environments: the platform does not back it up",
            ],
        }
    )


def environment() -> ev.EnvironmentSeen:
    """A lab with one stand-in."""
    return ev.EnvironmentSeen(
        cluster="drill",
        context="kind-hopsdrill-drill",
        cluster_uid="6e1f4c0a-0f0b-4f0e-9a53-7c1f3f6d2b11",
        created_by_lab=True,
        components=[
            ev.Component(name="kubernetes", version="v1.34.9", source="kind v0.32.0"),
            ev.Component(name="velero", version="v1.17.1", source="built from pinned modules"),
            ev.Component(name="velero-plugin-for-aws", version="v1.14.3", source="built from pinned modules"),
            ev.Component(name="hopsworks-standin", version="0.1.0", source="charts/hopsworks-standin"),
        ],
        stand_ins=[
            ev.StandIn(
                store="rondb",
                part="MariaDB 10.11",
                plays="the NDB engine of RonDB",
                reason="no registry offers the NDB engine",
                not_exercised="NDB backup and ndb_restore; the consistency point is the snapshot's start, not the backup's end",
            )
        ],
        substitutions=["velero-plugin-for-aws v1.14.3 instead of the documented v1.13.0"],
        clock_offset_s=0.004,
    )


def passing() -> list[Timed]:
    """A run in which everything is proved."""
    tape = Tape()
    _begin(tape)
    _main_given(tape)
    _main_disaster(tape)
    _main_proofs(tape)
    _refused(tape)
    left: list[ev.Resource] = []
    tape.say(ev.CleanupFinished(leftovers=left), after=2.5)
    tape.say(ev.RunFinished(), after=0.1)
    return tape.events


def _begin(tape: Tape) -> None:
    tape.say(
        ev.RunStarted(
            run_id=RUN_ID,
            tool_version="0.1.0",
            plan_file="drills/in-place-restore.yaml",
            plan_digest=sha256(b"plan"),
            plan=plan().model_dump(mode="json", by_alias=True),
            command=["hopsdrill", "run", "drills/in-place-restore.yaml"],
            host={"python": "3.11.2", "platform": "Linux 6.1 x86_64", "cpus": "2", "load": "0.42"},
        )
    )
    tape.say(environment(), after=1.2)
    tape.say(
        ev.InterlockChecked(
            name="cluster-is-ours", open=True, reason="kube-system UID was recorded when the lab made it"
        ),
        ev.InterlockChecked(name="context-is-explicit", open=True, reason="kubeconfig and context are given"),
        _planned(MAIN, STEPS, PROOFS, ACTIONS, ["HDR-34"]),
        _planned(
            REFUSED, REFUSED_STEPS, ("refused-with-the-reason", "nothing-was-touched"), ("restore-was-asked-for",), []
        ),
        after=0.1,
    )


def _planned(name, steps, proofs, actions, tags) -> ev.ScenarioPlanned:
    return ev.ScenarioPlanned(
        scenario=name,
        feature=FEATURE,
        tags=tags,
        steps=[f"{keyword} {text}" for keyword, text in steps],
        proofs=list(proofs),
        actions=list(actions),
        objectives=list(MEASURED) if name == MAIN else [],
    )


def _main_given(tape: Tape) -> None:
    tape.say(ev.ScenarioStarted(scenario=MAIN), after=0.1)
    tape.step(MAIN, 0, *STEPS[0])
    release = ev.Resource(kind="helm-release", name="hopsworks", namespace="hopsworks", cluster_uid="6e1f4c0a")
    tape.say(ev.ResourceCreated(resource=release))
    tape.operation("install", "helm install hopsworks charts/hopsworks-standin", "drill/hopsworks", 18.2, "deployed")
    tape.stepped(MAIN, 0)
    tape.step(MAIN, 1, *STEPS[1])
    tape.operation("load", "INSERT 10000 rows into 7 tables", "rondb", 3.1, "10000 rows in 7 tables, 3 users")
    tape.stepped(MAIN, 1)
    tape.step(MAIN, 2, *STEPS[2])
    tape.stepped(MAIN, 2)
    tape.step(MAIN, 3, *STEPS[3])
    tape.operation("backup-rondb", "create job --from=cronjob/create-rondb-backup", "drill/hopsworks", 9.4, "SUCCESS")
    tape.operation(
        "backup-kubernetes", "create backup from schedule k8s-backups-main", "drill/velero", 6.0, "Completed"
    )
    tape.say(
        ev.RecoveryPoint(
            scenario=MAIN,
            ids={"rondb": RONDB_ID, "kubernetes": VELERO_MAIN},
            moment="2026-11-24T15:20:24.310Z",
            rule="the start of the snapshot all parts were read from",
            schedule="@weekly",
            worst_case_s=604_809.4,
            size_bytes=1_482_752,
            object_count=41,
            location="bucket hopsworks at http://127.0.0.1:9000",
            encryption="none by the bucket",
            immutability="object lock, GOVERNANCE, 30 d",
            expires={"kubernetes": "2026-12-24T15:20:42Z"},
        ),
        _proof(MAIN, "database-backup-is-whole", "rondb", ("3 parts of 2 nodes", "3 parts of 2 nodes"), data=False),
    )
    tape.stepped(MAIN, 3)


def _main_disaster(tape: Tape) -> None:
    tape.step(MAIN, 4, *STEPS[4])
    tape.operation(
        "change",
        "UPDATE, INSERT, DELETE; create, patch and delete secrets",
        "rondb, hopsworks",
        1.4,
        "60 rows, 1 user, 3 secrets",
    )
    tape.say(
        _action(
            "rows-changed-after-the-backup", "the fingerprint differs from the snapshot", "60 rows in 7 tables differ"
        )
    )
    tape.stepped(MAIN, 4)
    tape.step(MAIN, 5, *STEPS[5])
    tape.say(
        ev.DisasterDeclared(
            scenario=MAIN,
            what="the database's volumes are given up",
            rule="the clock starts when the writer is stopped",
        )
    )
    tape.operation(
        "restore-in-place",
        "helm upgrade hopsworks charts/hopsworks-standin -f restore-values.yaml",
        "drill/hopsworks",
        41.3,
        "deployed",
        destructive=True,
        evidence=[DIGEST["helm-upgrade.txt"]],
    )
    tape.say(
        _action(
            "data-directories-were-emptied",
            "every data directory empty before the load",
            "2 of 2 empty, new server UUID",
        )
    )
    tape.stepped(MAIN, 5)


def _main_proofs(tape: Tape) -> None:
    tape.step(MAIN, 6, *STEPS[6])
    tape.operation(
        "fingerprint", "SELECT digests per table", "rondb", 1.1, "7 tables", evidence=[DIGEST["fingerprint-rondb.json"]]
    )
    rows = DIGEST["fingerprint-rondb.json"]
    tape.say(
        _proof(
            MAIN,
            "rows-match-the-snapshot",
            "rondb",
            ("10000 rows in 7 tables", "10000 rows in 7 tables, none differs"),
            rows,
        )
    )
    tape.stepped(MAIN, 6)
    tape.step(MAIN, 7, *STEPS[7])
    tape.say(
        ev.LossAccounted(
            scenario=MAIN,
            store="rondb",
            acknowledged=2210,
            survived=1802,
            expected_lost=408,
            unexpected_lost=0,
            unexpected_kept=0,
            undecided=1,
            evidence=[DIGEST["loss-rondb.json"]],
        ),
        ev.CompletenessCounted(
            scenario=MAIN,
            store="rondb",
            kind="rows",
            expected=10003,
            backed_up=None,
            restored=10000,
            live=10002,
            opaque={"backed_up": "only the engine reads the form in which the backup holds them"},
            gaps=[
                ev.GapFound(
                    stage="restore",
                    cause="excluded by plan",
                    count=3,
                    things=["scratch.notes: 3 of 3"],
                    allowed="scratch tables are nobody's",
                )
            ],
        ),
        _proof(
            MAIN,
            "loss-is-as-expected",
            "rondb",
            ("408 lost, all after the recovery point", "408 lost"),
            DIGEST["loss-rondb.json"],
        ),
    )
    tape.stepped(MAIN, 7)
    tape.step(MAIN, 8, *STEPS[8])
    tape.say(
        _proof(
            MAIN,
            "objects-match-the-backup",
            "kubernetes",
            ("12 secrets, 5 configmaps", "12 secrets, 5 configmaps, none differs"),
        )
    )
    tape.stepped(MAIN, 8)
    tape.step(MAIN, 9, *STEPS[9])
    _objectives(tape)
    tape.stepped(MAIN, 9)
    tape.say(
        ev.Noted(
            topic="exclusion", text="HopsFS, OpenSearch and Kafka are not installed, so nothing is said about them"
        ),
        ev.Noted(topic="manual-step", text="the marker of the earlier restore was deleted, as the documentation asks"),
        ev.ScenarioFinished(scenario=MAIN, status=ev.Status.PASSED),
    )


def _objectives(tape: Tape) -> None:
    phases = (
        (ev.Phase.DETECT, None, "not exercised: the disaster is declared"),
        (ev.Phase.DECIDE, None, "not exercised: the drill does not wait for a decision"),
        (ev.Phase.PROVISION, None, "not exercised: the cluster survives"),
        (ev.Phase.RESTORE, 41.36, "from the declared disaster to the end of the upgrade and its Jobs"),
        (ev.Phase.VALIDATE, 1.24, "to the last proof that looked at data"),
    )
    tape.say(
        *(ev.PhaseMeasured(scenario=MAIN, phase=phase, seconds=seconds, note=note) for phase, seconds, note in phases)
    )
    rto = _objective("rto", 42.6, 900.0, 0.26, basis="from the declared disaster to the last proof", lower_bound=True)
    rpo = _objective("rpo", 20.5, 605_400.0, 0.05, basis="disaster minus the newest write that survived")
    worst = _objective("rpo-worst-case", 604_809.4, 605_400.0, 1.0, basis="schedule interval plus backup duration")
    tape.say(rto, rpo, worst)
    _canaries(tape)


def _canaries(tape: Tape) -> None:
    """As a drill of two stores and a broker leaves them; the plan bounds no skew."""
    clocks = [
        ev.ClockOffset(where="cluster", offset_s=0.012, error_s=0.031, how="Date of the API server's answers"),
        ev.ClockOffset(where="kafka", offset_s=None, error_s=None, how="LogAppendTime of a message: no answer"),
    ]
    tape.say(ev.ClocksMeasured(scenario=MAIN, clocks=clocks))
    told = {"rondb": (60, 20.52, True), "opensearch": (57, 22.02, True), "kafka": (100, 0.25, False)}
    for store, (newest, age, backed_up) in told.items():
        tape.say(_canary(store, newest, age, backed_up=backed_up))
    cells = [
        ev.SkewCell(first="rondb", second="opensearch", seconds=1.5, error_s=0.52),
        ev.SkewCell(first="kafka", second="rondb", seconds=None, error_s=None, messages=40),
        ev.SkewCell(first="kafka", second="opensearch", seconds=None, error_s=None, messages=43),
    ]
    tape.say(ev.SkewMeasured(scenario=MAIN, cells=cells))
    tape.say(_objective("skew", 1.5, None, 0.52, basis="the data of rondb is that much newer than that of opensearch"))


def _canary(store, newest, age, *, backed_up) -> ev.CanariesAccounted:
    sent = parse_utc("2026-11-24T15:21:00.000Z")
    return ev.CanariesAccounted(
        scenario=MAIN,
        store=store,
        nonce="5f1c",
        written=100,
        acknowledged=100,
        survived=newest,
        newest=newest,
        newest_sent=utc_text(sent - timedelta(seconds=age)),
        lost_acked=utc_text(sent - timedelta(seconds=age - 0.52)),
        rpo_s=age,
        error_s=0.26,
        expected_lost=100 - newest if backed_up else 0,
        unexpected_lost=0,
        unexpected_kept=0,
        undecided=0,
        wrong=0,
        backed_up=backed_up,
        load=ev.BeatLoad(interval_s=0.5, seconds=50.0, busy=0.018, cpu=0.006, median_ms=8.4, worst_ms=61.0),
    )


def _objective(objective, measured_s, target_s, error_s, **more) -> ev.ObjectiveMeasured:
    return ev.ObjectiveMeasured(
        scenario=MAIN,
        objective=objective,
        measured_s=measured_s,
        error_s=error_s,
        target_s=target_s,
        source="plan",
        **more,
    )


def _proof(scenario, name, store, said, *evidence, data=True) -> ev.ProofRecorded:
    """``said``: expected and observed."""
    expected, observed = said
    return ev.ProofRecorded(
        scenario=scenario,
        proof=name,
        store=store,
        status=ev.Status.PASSED,
        expected=expected,
        observed=observed,
        evidence=list(evidence),
        data=data,
    )


def _action(name, expected, observed, scenario=MAIN) -> ev.ActionProbed:
    return ev.ActionProbed(scenario=scenario, action=name, effective=True, expected=expected, observed=observed)


def _refused(tape: Tape) -> None:
    tape.say(ev.ScenarioStarted(scenario=REFUSED), after=0.2)
    tape.step(REFUSED, 0, *REFUSED_STEPS[0])
    tape.stepped(REFUSED, 0)
    tape.step(REFUSED, 1, *REFUSED_STEPS[1])
    tape.operation(
        "restore-in-place",
        "helm upgrade hopsworks ... (no forceDataClear)",
        "drill/hopsworks",
        1.9,
        "refused",
        destructive=True,
    )
    tape.say(_action("restore-was-asked-for", "helm ends with an error", "helm ended with 1", REFUSED))
    tape.stepped(REFUSED, 1)
    tape.step(REFUSED, 2, *REFUSED_STEPS[2])
    tape.say(
        _proof(
            REFUSED,
            "refused-with-the-reason",
            "platform",
            ("a message naming forceDataClear", "forceDataClear must be true"),
            data=False,
        ),
        _proof(REFUSED, "nothing-was-touched", "rondb", ("the fingerprint from before", "the same fingerprint")),
    )
    tape.stepped(REFUSED, 2)
    tape.say(ev.ScenarioFinished(scenario=REFUSED, status=ev.Status.PASSED))
    release = ev.Resource(kind="helm-release", name="hopsworks", namespace="hopsworks", cluster_uid="6e1f4c0a")
    tape.say(ev.ResourceRemoved(resource=release), after=3.0)
