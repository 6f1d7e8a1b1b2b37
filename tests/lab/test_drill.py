"""The drill on the real lab, sabotaged: it must go red for the right reason, and clean up whatever happens to it."""

import json
import re
import signal

import pytest
import yaml
from no_op_chart import no_op_chart
from on_lab import DRILLS, hopsdrill, leftovers, run_folder, tailored, under_way, wait_until_journalled

from hopsdrill.core.paths import data_dir
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.run import orphans


RESTORING = '"name":"restore in place"'


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """One run with all planted defects, on one restored platform."""
    reports = tmp_path_factory.mktemp("planted")
    ended = hopsdrill("run", DRILLS / "planted.yaml", "--json", "--reports", reports, timeout=900)
    return ended, run_folder(reports)


ACCOUNT = "every-change-after-the-backup-is-accounted-for"
ROWS, FILES, BLOCKS = ("rows-match-the-snapshot", "files-match-the-snapshot", "block-objects-match-the-snapshot")
FILE = "file /Projects/fraud/Features/part 00009 größe.parquet"
# the proofs that fail, and what the first of them names
DEFECTS = {
    "one changed row": ([ROWS, ACCOUNT], r"fraud_featurestore.transactions_1["),
    "one missing table": ([ROWS, ACCOUNT], "fraud_featurestore.transactions_1: table missing"),
    "one stale secret": (["objects-match-the-backup", ACCOUNT], "Secret fraud-project/api-keys data.token"),
    "one changed label": (
        ["objects-match-the-backup", ACCOUNT],
        "ConfigMap fraud-project/serving-settings metadata.labels.planted",
    ),
    "one dropped grant": (["users-and-grants-match-the-snapshot", ACCOUNT], "fraud__writer@%: lost: GRANT"),
    "one lost write": (
        ["loss-is-as-expected"],
        "hopsdrill.writes[3]: acknowledged before the recovery point, and gone",
    ),
    "another drawn value": (["the-drawn-value-came-back"], "another value, or none"),
    "one changed byte of a file": ([FILES, BLOCKS, ACCOUNT], f"{FILE} content"),
    "one missing block": ([FILES, BLOCKS, ACCOUNT], f"{FILE} content"),
    "another version of a block's checksum": ([FILES, BLOCKS, ACCOUNT], f"{FILE} checksum"),
    "one changed document": (["documents-match-the-snapshot", ACCOUNT], "document featurestore/7 description"),
    "one changed mapping": (
        ["documents-match-the-snapshot", ACCOUNT],
        "index featurestore mappings.properties.description.fields.keyword.ignore_above: 256 -> 257",
    ),
    "another image under a tag": (
        ["environments-match-the-snapshot", ACCOUNT],
        "image fraud/python-environment:1 digest",
    ),
    "one lost row of the stream": (
        ["rows-in-flight-are-lost-and-no-others"],
        "row 1: in the online store before the backup",
    ),
    "one shifted offset": (["offsets-match-the-snapshot"], "offset of group fraud-report in fraud_onlinefs/"),
}


def test_planted_defects_turn_the_run_red(planted):
    """The run as a whole is FAIL, with its exit code."""
    ended, _ = planted
    assert (ended.code, ended.told["verdict"]) == (1, "FAIL"), ended.err[-3000:]


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_planted_defect_is_found_and_named(planted, defect):
    """Its scenario is FAIL, by the proofs that look at it, and the difference is named in the report; no other proof of it fails."""
    ended, folder = planted
    proofs, named = DEFECTS[defect]
    assert ended.told["scenarios"][f"planted.feature::{defect} is found"] == "FAIL"
    of_it = [
        entry.event
        for entry in read(folder)
        if isinstance(entry.event, ev.ProofRecorded) and entry.event.scenario.endswith(f"{defect} is found")
    ]
    failed = [event for event in of_it if event.status is ev.Status.FAILED]
    assert [event.proof for event in failed] == proofs
    assert any(named in line for line in [*failed[0].differences, failed[0].observed]), failed[0].differences
    assert named in (folder / "report.md").read_text().replace("\\", "")


def test_the_upgrade_after_a_restore_does_not_hide_what_is_missing(planted):
    """A document that differs after the plain upgrade is found by the proof that looks at documents, and by no other."""
    ended, folder = planted
    name = "planted.feature::What goes missing before the plain upgrade is found after it"
    assert ended.told["scenarios"][name] == "FAIL"
    events = [entry.event for entry in read(folder) if isinstance(entry.event, ev.ProofRecorded)]
    failed = [each for each in events if each.scenario == name and each.status is ev.Status.FAILED]
    assert [each.proof for each in failed] == ["documents-match-the-snapshot"]


def test_without_a_defect_the_same_proofs_pass(planted):
    """The defects were undone, and so the last scenario passes: what failed before failed because of them."""
    ended, _ = planted
    assert ended.told["scenarios"]["planted.feature::Without a defect nothing is found"] == "PASS"


def test_public_clients_read_the_restored_data(planted):
    """Clients that are none of ours find in every store what the drill had written."""
    ended, _ = planted
    assert ended.told["scenarios"]["planted.feature::Public clients find what was restored"] == "PASS"


def test_every_restore_that_is_not_meant_is_refused(planted):
    """The packaged feature of refusals, on the same platform."""
    ended, _ = planted
    refusals = {name: verdict for name, verdict in ended.told["scenarios"].items() if "refusals.feature" in name}
    assert len(refusals) == 7
    assert set(refusals.values()) == {"PASS"}, refusals


SMALL = ("test_database_only.py", "database_only.feature")  # as each of these needs a platform and a restore of its own


def test_a_restore_made_a_no_op_is_invalid(tmp_path):
    """Helm succeeds and all Jobs are Complete, yet nothing was restored: the drill says INVALID, and never that it recovered."""
    plan = tailored(tmp_path, *SMALL, profile={"chart": str(no_op_chart(tmp_path))}, name="no-op")
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert (ended.code, ended.told["verdict"]) == (8, "INVALID"), ended.err[-3000:]
    assert "server-was-made-anew had no effect" in ended.told["summary"]["recovered"]


def test_a_restore_that_loses_data_in_silence_is_a_fail(tmp_path):
    """Helm succeeds, the restore Jobs are Complete, rows are missing: FAIL, and the missing rows are named."""
    values = yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text())["values"]
    values["rondb"] = {"rondb": {"restoreFromBackup": {"silentPartialRestore": True}}}
    data = {"rows": 10000, "tables": 1}  # a lost parent of other tables would be noticed by their foreign keys
    plan = tailored(tmp_path, "test_silent.py", "silent.feature", profile={"values": values}, name="silent", data=data)
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert (ended.code, ended.told["verdict"]) == (1, "FAIL"), ended.err[-3000:]
    events = [entry.event for entry in read(run_folder(tmp_path / "reports"))]
    failed = [event for event in events if isinstance(event, ev.ProofRecorded) and event.status is ev.Status.FAILED]
    assert [event.proof for event in failed] == ["rows-match-the-snapshot", "nothing-is-missing-without-a-cause"]
    assert all(line.endswith("row missing") for line in failed[0].differences)
    (rows,) = [event for event in events if isinstance(event, ev.CompletenessCounted) and event.kind == "rows"]
    (gap,) = rows.gaps
    held = 10000 + 1  # the data, and the value that is drawn for the drill
    assert (rows.expected, rows.restored) == (held, held - gap.count)
    assert (gap.stage, gap.allowed, gap.cause.startswith("failed part: node 1: part ")) == ("restore", "", True), gap
    ends = [event for event in events if isinstance(event, ev.OperationFinished) and "Jobs complete" in event.outcome]
    assert len(ends) == 1


@pytest.mark.nightly
def test_a_snapshot_restored_with_a_failed_shard_and_http_200_is_a_fail(tmp_path):
    """The engine answers 200, a shard has not come back: FAIL, with the documents and the shard named."""
    data = {"rows": 700, "tables": 7, "files": 12, "documents": 400, "objects": 24, "in_flight": 5}
    plan = tailored(tmp_path, "test_shard.py", "shard.feature", name="shard", data=data)
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert (ended.code, ended.told["verdict"]) == (1, "FAIL"), ended.err[-3000:]
    events = [entry.event for entry in read(run_folder(tmp_path / "reports"))]
    failed = {
        each.proof: [*each.differences, each.observed]
        for each in events
        if isinstance(each, ev.ProofRecorded) and each.status is ev.Status.FAILED
    }
    assert set(failed) == {"documents-match-the-snapshot", "nothing-is-missing-without-a-cause"}, failed
    counted = {each.kind: each for each in events if isinstance(each, ev.CompletenessCounted) and each.gaps}
    assert set(counted) == {"documents", "shards"}
    assert all(gap.cause.startswith("failed shard: featurestore/") for each in counted.values() for gap in each.gaps)


def test_sigterm_tears_down_and_leaves_a_report(tmp_path, kube, bucket):
    """In the middle of the restore: exit code 143, ABORTED, a whole report, nothing left behind."""
    with under_way(tmp_path, tailored(tmp_path, *SMALL, name="interrupted")) as child:
        wait_until_journalled(tmp_path, RESTORING)
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=240) == 143
    folder = run_folder(tmp_path)
    told = json.loads((folder / "report.json").read_text())
    assert (told["verdict"], told["exit_code"]) == ("ABORTED", 143)
    assert told["fields"]["cleanup"]["left"] == []
    assert leftovers(kube, bucket) == []
    assert orphans.orphans(folder.name) == []


@pytest.mark.nightly
def test_kill_9_leaves_a_journal_that_opens_and_gc_leaves_nothing(tmp_path, kube, bucket):
    """In the middle of the restore: the report is ABORTED, a new run is refused until `gc` has removed everything, then it passes."""
    plan = tailored(tmp_path, *SMALL, name="killed")
    with under_way(tmp_path, plan) as child:
        wait_until_journalled(tmp_path, RESTORING)
        child.kill()
        child.wait()
    folder = run_folder(tmp_path)
    shown = hopsdrill("report", "show", folder, "--json")
    assert (shown.code, shown.told["verdict"]) == (8, "ABORTED")
    assert leftovers(kube, bucket) != []
    refused = hopsdrill("run", plan, "--reports", tmp_path / "refused")
    assert refused.code != 0
    assert "exists on this cluster already" in refused.err
    swept = hopsdrill("gc", "--reports", tmp_path, "--json")
    assert swept.code == 0, swept.err
    assert leftovers(kube, bucket) == []
    assert orphans.orphans(folder.name) == []
    assert json.loads((folder / "report.json").read_text())["fields"]["cleanup"]["left"] == []
    again = hopsdrill("run", plan, "--json", "--reports", tmp_path / "again")
    assert (again.code, again.told["verdict"]) == (0, "PASS"), again.err[-3000:]
    assert leftovers(kube, bucket) == []


def test_gc_without_a_journal_finds_what_carries_a_runs_label(tmp_path, kube):
    """A namespace whose run's folder is lost is removed all the same."""
    kube.create(
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "labtest-stray", "labels": {"hopsdrill.io/run": "lost"}},
        }
    )
    ended = hopsdrill("gc", "--reports", tmp_path)
    assert ended.code == 0
    assert "namespace labtest-stray" in ended.out
    assert not kube.exists("v1/Namespace", "labtest-stray")


def test_a_cluster_the_lab_did_not_create_is_never_changed(tmp_path, lab):
    """A plan that names a kubeconfig, even the lab's own, is refused before anything is touched."""
    ref = lab.clusters["drill"]
    plan = tailored(tmp_path, *SMALL, target={"kubeconfig": str(ref.kubeconfig), "context": ref.context})
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert ended.code == 4
    assert "may not change it" in ended.told["summary"]["recovered"]


def test_the_version_of_an_object_is_named_by_its_key(planted):
    """The proof that looks at the bucket names the object beside the one that a read of the file looks at."""
    _, folder = planted
    lines = [
        line
        for entry in read(folder)
        if isinstance(entry.event, ev.ProofRecorded)
        and entry.event.proof == BLOCKS
        and entry.event.scenario.endswith("checksum is found")
        for line in entry.event.differences
    ]
    assert len(lines) == 1
    assert re.match(r"object hopsfs-blocks-set-\d+/blk_\d+_\d+\.meta etag: ", lines[0])
