"""A platform with data and a whole backup set that one run leaves standing, for another run that never saw the data."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.clients import need
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import EvidenceStore, Journal, Recorder
from hopsdrill.model.plan import Data
from hopsdrill.plan.loader import load_plan, load_profile
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet, take_set
from hopsdrill.run import renew, stages
from hopsdrill.run.cleanup import made, remove_all
from hopsdrill.run.lease import lease
from hopsdrill.run.session import Drill, site_of
from hopsdrill.run.target import target_of
from hopsdrill.site import Site
from hopsdrill.workload import stream


DATA = Data(rows=3000, tables=3, files=20, documents=300, objects=24, in_flight=5)


@dataclass(frozen=True)
class Standing:
    """What stands."""

    site: Site
    backup: BackupSet


@contextlib.contextmanager
def standing(folder: Path):
    """Install, load every store, back all of them up; everything is removed at the end."""
    path = data_dir("drills") / "smoke.yaml"
    plan = load_plan(path)
    cluster, store = target_of(plan)
    journal = Journal(folder / "run")
    drill = Drill(
        "labtest-sealed",
        folder / "run",
        plan,
        load_profile(plan, path),
        cluster,
        store,
        Recorder(journal, EvidenceStore(folder / "run")),
    )
    scratch = folder / "scratch"
    scratch.mkdir()
    site = site_of(drill, scratch)
    try:
        with lease(cluster.name, "a test that leaves a platform standing"):
            renew.begin(site)
            sent = stages.load_everything(site, DATA, Key()).sent
            stream.scale(site, need(site.profile.kafka, "kafka"), 1)  # what is in flight would arrive after a restore
            stream.await_rows(site, {each.id for each in sent})
            taken = take_set(site)
        yield Standing(site, taken)
    finally:
        remove_all(site, made(site))
        journal.close()
