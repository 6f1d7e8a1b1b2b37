"""What scenarios of retention and version record: green for what is right, red for everything else."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.adapters.s3 import Version
from hopsdrill.core.errors import OperationError, PlanError, PreconditionError, VerificationError
from hopsdrill.core.process import Completed
from hopsdrill.run import coherence, lifecycle, pruned, pruning, refusals, refused, versions
from hopsdrill.run.lifecycle import Stocked
from hopsdrill.run.pruning import Pruned


NOW = datetime(2026, 11, 26, tzinfo=UTC)


# --- lifecycle -------------------------------------------------------------------------------------------------------

OLD, NEW, MARKER = ("a", "1", False), ("a", "2", False), ("b", "3", True)
STOCKED = Stocked("bucket", frozenset({OLD, MARKER}), frozenset({NEW}))


def bucket_of(*left, rules=()):
    """A site whose other bucket holds these versions."""
    found = [Version(key, version, latest=False, modified=NOW, marker=marker) for key, version, marker in left]
    store = SimpleNamespace(versions=lambda _: found, lifecycle=lambda: list(rules))
    return judged.site(store=SimpleNamespace(other=lambda _: store))


@pytest.mark.parametrize(("left", "passed"), [([NEW], True), ([NEW, OLD], False), ([NEW, MARKER], False), ([], False)])
def test_just_what_the_rule_names_expires(left, passed, monkeypatch):
    """Neither less nor more."""
    monkeypatch.setattr(lifecycle, "EXPIRED_S", 0.0)
    site = bucket_of(*left)
    lifecycle.prove_expired(site, STOCKED)
    assert site.proofs["store-expires-what-the-rule-names"][0] is passed


@pytest.mark.parametrize(("days", "markers", "passed"), [(68, True, True), (60, True, False), (68, False, False)])
def test_a_policy_is_read_back_as_it_was_set(days, markers, passed):
    """Days and markers."""
    site = bucket_of(rules=[LifecycleRule(lifecycle.POLICY, noncurrent_days=days, lone_markers=markers)])
    lifecycle.prove_read_back(site, "bucket", 68)
    assert site.proofs["lifecycle-is-read-back"][0] is passed


# --- coherence -------------------------------------------------------------------------------------------------------


def asked(  # noqa: PLR0913 - whatever a test wants otherwise
    code=4, said="versions 60 d < 67 d; change NoncurrentDays", *, other=(), planned=None, gates=None, why=""
):
    """A drill that was asked for."""
    told = {"feasibility": [{"ok": True, "arithmetic": "1 < 2"}, {"ok": True, "arithmetic": "2 < 3"}]}
    plan = planned or Completed(("plan",), 0, json.dumps(told), "", 1.0)
    ended = Completed(("run",), code, "", said, 1.0)
    return coherence.Asked(refused.Refused({}, "", {}), ended, plan, gates or {}, list(other), why)


@pytest.mark.parametrize(
    ("found", "passed"),
    [(asked(), True), (asked(code=2), False), (asked(said="no such bucket"), False), (asked(code=0, said=""), False)],
)
def test_a_refusal_has_its_code_its_arithmetic_and_the_setting(found, passed):
    """A refusal for another reason is none."""
    site = judged.site()
    coherence.prove_refused(site, found, 4, "versions 60 d <", "NoncurrentDays")
    assert site.proofs["drill-is-refused-with-the-arithmetic"][0] is passed


def plan_of(code, *judgements):
    """What `hopsdrill plan` printed."""
    told = [{"name": "n", "ok": ok, "arithmetic": text} for ok, text in judgements]
    return asked(planned=Completed(("plan",), code, json.dumps({"feasibility": told}), "", 1.0))


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        (plan_of(0, (True, "1 < 2"), (True, "2 < 3")), True),
        (plan_of(2, (True, "1 < 2"), (False, "3 < 2")), True),
        (plan_of(0, (True, "1 < 2"), (False, "3 < 2")), False),
        (plan_of(2, (True, "1 < 2"), (True, "2 < 3")), False),
        (plan_of(0, (True, ""), (True, "2 < 3")), False),
        (asked(planned=Completed(("plan",), 2, "", "cannot be run", 1.0)), False),
    ],
)
def test_a_plan_shows_its_judgements_and_ends_by_them(found, passed):
    """Each with its arithmetic."""
    site = judged.site()
    coherence.prove_plan_told(site, found)
    assert site.proofs["plan-shows-each-judgement"][0] is passed


def test_a_refused_run_that_began_something_is_red(monkeypatch):
    """By its journal."""
    monkeypatch.setattr(coherence, "prove_untouched", lambda *_: None)
    for other, passed in (((), True), (("OperationStarted",), False)):
        site = judged.site()
        coherence.prove_nothing_touched(site, asked(other=other))
        assert site.proofs["refused-run-began-nothing"][0] is passed


@pytest.mark.parametrize(
    ("gates", "why", "passed"),
    [
        ({coherence.LIFECYCLE: (True, "68 d >= 67 d")}, "held by run r", True),
        ({coherence.LIFECYCLE: (False, "68 d >= 67 d")}, "held by run r", False),
        ({coherence.LIFECYCLE: (True, "no rule")}, "held by run r", False),
        ({coherence.LIFECYCLE: (True, "68 d >= 67 d"), "other": (False, "shut")}, "held by run r", False),
        ({}, "held by run r", False),
        ({coherence.LIFECYCLE: (True, "68 d >= 67 d")}, "held by run s", False),
    ],
)
def test_settings_that_agree_open_every_gate(gates, why, passed):
    """And say why."""
    site = judged.site(run_id="r")
    coherence.prove_let_through(site, asked(gates=gates, why=why), "68 d >=")
    assert site.proofs["coherent-settings-are-let-through"][0] is passed


def test_settings_nobody_knows_are_refused_with_the_known_ones():
    """Before anything is made."""
    with pytest.raises(VerificationError) as error:
        coherence.ask(judged.site(), None, "something else")
    assert "a ttl of 10d" in error.value.hint


# --- ttl -------------------------------------------------------------------------------------------------------------


class Engine:
    """A stand-in for the search engine, with snapshots."""

    def __init__(self, *names):
        self.names = names

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def snapshots(self, _):
        """By name."""
        return dict.fromkeys(self.names, NOW)


def traced(monkeypatch, *, recorded=(), snapshots=(), keys=(), backups=()):
    """A site in which those are left."""
    monkeypatch.setattr(pruned, "entries", lambda *_: {key: {} for key in recorded})
    monkeypatch.setattr(pruned, "search_engine", lambda _: Engine(*snapshots))
    store = SimpleNamespace(entries=lambda prefix: [key for key in keys if key.startswith(prefix)])
    return judged.site(store=store, kube=SimpleNamespace(exists=lambda _, name, __: name in backups))


GONE = {"rondb": ["1"], "opensearch": ["1"], "kubernetes": ["m"]}


@pytest.mark.parametrize(
    ("store", "left"),
    [
        ("rondb", {"recorded": ["1"]}),
        ("rondb", {"keys": ["rondb_backup/1/users.sql"]}),
        ("opensearch", {"recorded": ["1"]}),
        ("opensearch", {"snapshots": ["1"]}),
        ("kubernetes", {"keys": ["k8s_backup/backups/m/m.tar.gz"]}),
        ("kubernetes", {"backups": ["m"]}),
    ],
)
def test_a_pruned_backup_that_is_left_anywhere_is_red(monkeypatch, store, left):
    """In the bucket, in the record, in the engine, in the cluster."""
    site = traced(monkeypatch, **left)
    pruned.prove_gone(site, Pruned({store: GONE[store]}))
    passed, lines = site.proofs["old-backups-are-pruned"]
    assert (passed, len(lines)) == (False, 1)


def test_what_is_gone_everywhere_is_green_and_nothing_to_prune_is_red(monkeypatch):
    """A run that had nothing old proves nothing."""
    for gone, passed in (({"rondb": ["1"]}, True), ({"rondb": []}, False)):
        site = traced(monkeypatch)
        pruned.prove_gone(site, Pruned(gone))
        assert site.proofs["old-backups-are-pruned"][0] is passed


@pytest.mark.parametrize(("hours", "passed"), [(720, True), (1440, False), (1, False)])
def test_without_ttl_a_backup_is_everywhere_and_velero_keeps_its_own(monkeypatch, hours, passed):
    """By its expiration."""
    status = {
        "startTimestamp": "2026-11-26T00:00:00Z",
        "expiration": f"{NOW + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}",
    }
    monkeypatch.setattr(pruned.velero, "state", lambda *_: SimpleNamespace(found={"status": status}))
    site = traced(monkeypatch, recorded=["1"], keys=["rondb_backup/1/users.sql"])
    backup = {"metadata": {"name": "m"}}
    old = SimpleNamespace(backup=SimpleNamespace(ids={"rondb": "1"}, main=backup, users=backup))
    pruned.prove_kept(site, old)
    assert site.proofs["nothing-is-pruned-without-ttl"][0] is True
    assert site.proofs["velero-keeps-its-own-default"][0] is passed
    lacking = traced(monkeypatch, recorded=["1"])
    pruned.prove_kept(lacking, old)
    assert lacking.proofs["nothing-is-pruned-without-ttl"][0] is False


def test_a_clock_set_ahead_is_the_only_change_of_a_job(monkeypatch):
    """Every container gets it, and the CronJob's own spec stays."""
    made = []
    site = judged.site(create=made.append)
    spec = {
        "template": {"spec": {"initContainers": [{"name": "i"}], "containers": [{"name": "c", "env": [{"name": "X"}]}]}}
    }
    before = json.dumps(spec)
    pod = pruning._clock_at(site, NOW)(spec)["template"]["spec"]
    assert json.dumps(spec) == before
    assert made[0]["metadata"]["name"] == pruning.CLOCK
    for each in [*pod["initContainers"], *pod["containers"]]:
        assert {"name": "HOPSDRILL_CLOCK", "value": str(NOW.timestamp())} in each["env"]
        assert each["volumeMounts"] == [{"name": pruning.CLOCK, "mountPath": "/clock"}]
    assert {"name": "X"} in pod["containers"][0]["env"]


# --- version ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "passed"), [("made by version 1, chart is 2", True), ("", False), ("made by version 1", False)]
)
def test_a_restore_that_was_let_pass_or_refused_otherwise_is_red(said, passed):
    """Both versions are named."""
    site = judged.site()
    refused.prove_refused(site, said, "made by version 1", "chart is 2")
    assert site.proofs["refused-before-anything-was-asked"][0] is passed


def test_what_a_refused_restore_touched_is_red(monkeypatch):
    """By the same comparison as other refusals."""
    monkeypatch.setattr(refusals, "standing", lambda *_: "after")
    held = {"database": SimpleNamespace(totals=dict), "objects": {}, "release": (1, "deployed"), "pods": {}}
    for touched in ([], ["database: other"]):
        before = SimpleNamespace(touched=lambda *_, found=touched, **__: found, **held)
        site = judged.site()
        versions.prove_untouched(site, versions.Asked("no", before), None)
        assert site.proofs["nothing-was-touched"] == (not touched, touched)


@pytest.mark.parametrize(("fault", "passed"), [(None, True), (PreconditionError("made by another"), False)])
def test_a_version_that_is_refused_is_not_let_through(monkeypatch, fault, passed):
    """By the comparison itself."""

    def compare(*_, **__):
        if fault:
            raise fault
        return SimpleNamespace(made={}, asked="1", running="1")

    monkeypatch.setattr(versions.version, "require_version", compare)
    site = judged.site()
    versions.prove_let_through(site, SimpleNamespace(main={}))
    assert site.proofs["own-version-is-let-through"][0] is passed


def test_a_backup_that_says_its_version_once_or_wrongly_is_red(monkeypatch):
    """Twice, and the one that runs."""
    both = {"an object in the backup": "1", "hopsdrill's annotation": "1"}
    monkeypatch.setattr(versions.version, "running", lambda _: "1")
    for told, passed in ((both, True), ({**both, "hopsdrill's annotation": "2"}, False), ({}, False)):
        monkeypatch.setattr(versions.version, "made_by", lambda *_, found=told: found)
        site = judged.site()
        versions.prove_told(site, SimpleNamespace(main={}))
        assert site.proofs["backup-says-its-version"][0] is passed


def test_a_chart_that_is_no_folder_cannot_be_packed_anew():
    """It is said before anything is done."""
    site = judged.site()
    site.profile = site.profile.model_copy(update={"chart": "repository/name"})
    with pytest.raises(PlanError, match="is no folder"):
        versions.by_version(site, versions.OTHER)


def test_a_ttl_that_is_none_is_refused_before_it_is_set(monkeypatch):
    """By the platform's own values it could not be set either."""
    monkeypatch.setattr(pruning, "configure", lambda *_, **__: None)
    with pytest.raises(OperationError, match="is no ttl"):
        pruning.prune(judged.site(), "60", None, None, SimpleNamespace(callback=lambda *_: None), None)
