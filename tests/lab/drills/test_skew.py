"""Bind the drill of the skew; what is true is read from the engines themselves, by clients that are none of ours where there is one."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from pytest_bdd import given, parsers, scenarios, then

from hopsdrill.clients import database, file_system, need, search_engine
from hopsdrill.core import canary
from hopsdrill.core.clock import now, parse_utc
from hopsdrill.core.wait import wait_for
from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run import canaries, stages
from hopsdrill.run.shelf import Shelf
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site
from hopsdrill_steps.backup import BACK_UP, WHOLE


LATER, PASSED = 40, timedelta(seconds=90)
CACHED = timedelta(milliseconds=200)  # OpenSearch reads its clock five times a second, and stamps with what it read
TRUE = "recovery-points-are-what-the-engines-say"
LOSE = PlannedOperation(name="lose a canary", target="{namespace}", destructive=True)
VICTIM = 3
NARROW = ("rondb", "hopsfs", "opensearch", "kubernetes")  # whose recovery points must be known to a second
MOST_S = 1.0


def later(spec: dict[str, Any]) -> dict[str, Any]:
    """A Job that first sleeps."""
    pod = spec["template"]["spec"]
    first = pod["containers"][0]
    sleeps = {**first, "name": "later", "command": ["sleep", str(LATER)], "args": []}
    template = {**spec["template"], "spec": {**pod, "initContainers": [sleeps, *pod.get("initContainers", [])]}}
    return {**spec, "template": template}


@given(
    "the weekly backup has been taken, the search engine's begun 40 seconds after the database's",
    target_fixture="backup",
)
@declares(operations=BACK_UP, proofs=WHOLE)
def taken_apart(platform: Site, snapshot: Snapshot, key: Key) -> BackupSet:
    """Its Job sleeps before it begins."""
    return stages.back_up(platform, snapshot, key, {"opensearch": later})


@given("90 seconds have passed since the database's backup")
@declares()
def passed(backup: BackupSet) -> None:
    """The disaster comes then."""
    due = backup.rondb.before + PASSED
    wait_for(lambda: now().utc, what="90 seconds after the backup", until=lambda at: at >= due, deadline=100)


def flushed(site: Site, snapshot: str) -> tuple[datetime, datetime]:
    """Between which moments the engine flushed the canaries' shard for a snapshot: its start, and that of the shard's files."""
    names = need(site.profile.opensearch, "opensearch")
    with site.forwarder.to(names.service, site.namespace, names.port) as (host, port):
        client = OpenSearch([{"host": host, "port": port}])
        status = client.snapshot.status(repository=names.repository, snapshot=snapshot)["snapshots"][0]
        client.close()
    began = status["stats"]["start_time_in_millis"]
    shard = status["indices"][canary.INDEX]["stats"]["start_time_in_millis"]
    first, last = (datetime.fromtimestamp(each / 1000, UTC) for each in (began, shard))
    return first - CACHED, last + CACHED


def true_spans(site: Site, recovered: Recovered) -> dict[str, tuple[datetime, datetime]]:
    """Between which moments each store's recovery point lies, on this machine's clock, as the engine says it."""
    backup, clocks = recovered.backup, recovered.disaster.clocks
    status = backup.main["status"]
    told = {
        "rondb": (backup.rondb.after, backup.rondb.before),
        "opensearch": flushed(site, backup.others["opensearch"].id),
        "kubernetes": (
            parse_utc(status["startTimestamp"]),
            parse_utc(status["completionTimestamp"]) + timedelta(seconds=1),
        ),
    }
    told["hopsfs"] = told["rondb"]
    found = {}
    for store, (after, before) in told.items():
        offset = clocks[store if store in clocks else "cluster"]
        shift, slack = timedelta(seconds=offset.seconds), timedelta(seconds=offset.error)
        found[store] = after - shift - slack, before - shift + slack
    return found


@then("recovery points and skew are what the engines themselves say, to within their errors")
@declares(proofs=[TRUE])
def are_true(platform: Site, recovered: Recovered) -> None:
    """Each store's stated span has a moment in common with the engine's own; no error is above a second."""
    true, wrong, said = true_spans(platform, recovered), [], []
    found = canaries.accounts(recovered)
    for store, (after, before) in true.items():
        point = found[store].point
        middle, half = (after + (before - after) / 2), (before - after).total_seconds() / 2
        if point is None:
            wrong.append(f"{store}: no recovery point")
            continue
        measured = point.to(middle)
        said.append(
            f"{store} {-measured.seconds:+.3f} s off, ± {measured.error:.3f} s; the engine's own ± {half:.3f} s"
        )
        if abs(measured.seconds) > measured.error + half:
            wrong.append(f"{said[-1]}: not within its error")
        if measured.error > MOST_S:
            wrong.append(f"{said[-1]}: known no better than that")
    narrow = [each for each in canaries.skews(found) if {each.first, each.second} <= set(NARROW)]
    wide = [each for each in narrow if each.value is None or each.value.error > MOST_S]
    wrong += [f"skew of {each.first} and {each.second}: {each.value}" for each in wide]
    apart = (true["opensearch"][0] - true["rondb"][1]).total_seconds()
    platform.recorder.proof(
        TRUE,
        store="platform",
        passed=not wrong and apart > LATER - 5,
        expected=f"every recovery point within its error of the engine's own, the search engine's about {LATER} s after the database's",
        observed=f"{'; '.join(said)}; {apart:.1f} s apart by their own words",
        differences=wrong,
    )


def _row(site: Site) -> None:
    with database(site) as sql:
        sql.execute("DELETE FROM hopsdrill.canaries WHERE number = %s", [VICTIM])


def _file(site: Site) -> None:
    with file_system(site, canary.OWNER) as files:
        files.remove(f"{canary.FOLDER}/{VICTIM}")


def _document(site: Site) -> None:
    with search_engine(site) as search:
        search.remove(canary.INDEX, str(VICTIM))


def _entry(site: Site) -> None:
    (page,) = [
        each["metadata"]["name"]
        for each in site.kube.list("v1/ConfigMap", site.namespace, f"{canary.LABEL}=true")
        if str(VICTIM) in (each.get("data") or {})
    ]
    site.kube.patch("v1/ConfigMap", page, site.namespace, {"data": {str(VICTIM): None}})


LOSSES = {"rondb": _row, "hopsfs": _file, "opensearch": _document, "kubernetes": _entry}


@pytest.fixture
def restored(shelf: Shelf) -> Recovered:
    """What the first scenario left."""
    assert shelf.recovered is not None, "the first scenario did not restore anything"
    return shelf.recovered


@given(
    parsers.parse("the platform as it was restored, and one canary of {store} lost since"), target_fixture="recovered"
)
@declares(operations=[LOSE])
def one_lost(platform: Site, restored: Recovered, store: str) -> Recovered:
    """An old one, so that newer ones are there."""
    with platform.recorder.operation("lose a canary", f"{store} {VICTIM}", target=platform.namespace, destructive=True):
        partial(LOSSES[store], platform)()
    return restored


scenarios(str(Path(__file__).parent / "skew.feature"))
