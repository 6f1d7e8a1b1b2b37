"""A small drill project in a temporary folder, run for real through the plugin."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.model import events as ev
from hopsdrill.model.lab import ClusterRef, StoreRef
from hopsdrill.plan.loader import features_of, load_plan, load_profile
from hopsdrill.plan.shard import shard
from hopsdrill.plugin.session import collect, conduct
from hopsdrill.run.session import Drill
from hopsdrill.verdict import judge


PLAN = """
apiVersion: hopsdrill/v1
kind: DrillPlan
name: small
title: Small
hypothesis: It works.
binding: test_small.py
features: [small.feature]
target: {lab_cluster: drill}
profile: hopsworks-standin
schedule: "@weekly"
objectives:
  rto: {within: 15m, source: made up}
  rpo: {within: 8d, source: made up}
"""
FEATURE = """
Feature: Small
  Scenario: One
    Given something
    When it happens
    Then it is proved
"""
STEPS = """
import pathlib
import pytest
from pytest_bdd import given, when, then, scenarios
from hopsdrill.plan.declare import declares
from hopsdrill.model.declaration import PlannedOperation

def mark(what):
    with pathlib.Path({trace!r}).open("a") as file:
        file.write(what + "\\n")

scenarios("small.feature")

@pytest.fixture
def thing():
    mark("set up")
    yield 1
    mark("torn down")

@given("something")
def something(thing):
    mark("given")

@when("it happens")
def happens():
    mark("when")

@then("it is proved")
@declares(proofs=["proved"])
def proved(drill):
    mark("then")
    drill.recorder.proof("proved", store="rondb", passed=True, expected="1", observed="1")
"""


class Project:
    """Files of a drill, and what came of running it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trace = folder / "trace"
        self.steps = STEPS.format(trace=str(self.trace))
        self.feature, self.plan = FEATURE, PLAN

    def save(self) -> Path:
        """Write the files; gives the plan."""
        (self.folder / "small.feature").write_text(self.feature)
        (self.folder / "test_small.py").write_text(self.steps)
        (self.folder / "plan.yaml").write_text(self.plan)
        return self.folder / "plan.yaml"

    def problems(self) -> list[str]:
        """What collecting finds wrong."""
        path = self.save()
        return collect(load_plan(path), path).problems

    def run(self, share: str = "") -> "Project":
        """Conduct it, or a share of it, with a real journal."""
        path = self.save()
        plan = load_plan(path)
        run = self.folder / "run"
        journal = Journal(run)
        recorder = Recorder(journal, EvidenceStore(run))
        cluster = ClusterRef(name="drill", kubeconfig=run, context="none", uid="1", created=datetime.now(UTC))
        store = StoreRef(
            endpoint="http://none", internal_endpoint="http://none", bucket="b", region="r", credentials_file=run
        )
        recorder.write(
            ev.RunStarted(run_id="r", tool_version="0", plan_file="p", plan_digest="d", plan={}, command=[], host={})
        )
        recorder.write(
            ev.EnvironmentSeen(
                cluster="drill", context="c", cluster_uid="1", created_by_lab=True, components=[], stand_ins=[]
            )
        )
        dealt = shard(plan, features_of(plan, path), share) if share else None
        conduct(Drill("r", run, plan, load_profile(plan, path), cluster, store, recorder), path, dealt)
        recorder.write(ev.RunFinished())
        journal.close()
        return self

    @property
    def events(self):
        """Everything journalled."""
        return [entry.event for entry in read(self.folder / "run")]

    def of(self, kind):
        """Events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def verdict(self):
        """What the journal amounts to."""
        return judge(read(self.folder / "run")).verdict

    @property
    def done(self) -> list[str]:
        """What the steps did, by their trace."""
        return self.trace.read_text().split() if self.trace.exists() else []

    def said(self) -> str:
        """The journal as text."""
        return json.dumps([event.model_dump(mode="json") for event in self.events])


@pytest.fixture
def project(tmp_path):
    """A project whose one scenario passes."""
    return Project(tmp_path)
