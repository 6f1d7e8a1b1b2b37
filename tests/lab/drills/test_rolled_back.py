"""Bind the rollback of damaged blocks, with the manual step: the very command that an operator types."""

import json
import sys
from datetime import datetime
from pathlib import Path

from pytest_bdd import given, scenarios, when

from hopsdrill.clients import need
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.process import run
from hopsdrill.core.wait import wait_for
from hopsdrill.model import events as ev
from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


DAMAGE = PlannedOperation(name="damage blocks in the bucket", target="bucket", destructive=True)
ROLL_BACK = PlannedOperation(name="roll the blocks back by hand", target="bucket", destructive=True)
DAMAGED = 12  # objects: half of them overwritten, the others deleted
APART_S = 2.0  # between the moment and the damage, so that no version carries the moment's own second


def later_than(moment: datetime) -> None:
    """Let so much time pass."""

    def passed() -> float:
        return (now().utc - moment).total_seconds()

    wait_for(passed, what="the moment to be past", until=lambda s: s > APART_S, deadline=10, interval=0.2)


@given("after that, blocks of its files were overwritten and deleted in the bucket", target_fixture="moment")
@declares(operations=[DAMAGE], actions=["blocks-were-damaged"])
def damaged(platform: Site, recovered: Recovered) -> datetime:
    """Half of some blocks' objects say something else, the others are gone."""
    del recovered
    store, prefix = platform.store, need(platform.profile.hopsfs, "hopsfs").bucket_prefix
    moment = now().utc.replace(microsecond=0)
    later_than(moment)
    keys = [each.key for each in store.entries(prefix) if each.key.endswith(".data")][:DAMAGED]
    with platform.recorder.operation(DAMAGE.name, f"{DAMAGED} objects", target=prefix, destructive=True):
        for key in keys[::2]:
            store.put(key, b"damaged")
        for key in keys[1::2]:
            store.delete(key)
    effect = [store.get(key) for key in keys]
    platform.recorder.action(
        "blocks-were-damaged",
        effective=effect == [b"damaged", None] * (DAMAGED // 2),
        expected=f"{DAMAGED // 2} objects overwritten, {DAMAGED // 2} gone",
        observed=f"{effect.count(b'damaged')} overwritten, {effect.count(None)} gone",
    )
    return moment


@when("an operator rolls the blocks back to the moment before, by hand")
@declares(operations=[ROLL_BACK], actions=["the-rollback-was-proved"])
def rolled_back(platform: Site, moment: datetime) -> None:
    """The command as it stands in docs/how-to/roll-back-objects.md; the report names the step."""
    ref, prefix = platform.store.ref, need(platform.profile.hopsfs, "hopsfs").bucket_prefix
    words = ["rollback", ref.bucket, "--prefix", prefix, "--at", utc_text(moment), "--apply"]
    where = ["--store-endpoint", ref.endpoint, "--store-credentials", str(ref.credentials_file)]
    call = f"hopsdrill {' '.join(words)}"
    platform.recorder.write(ev.Noted(topic="manual-step", text=f"Damaged blocks are brought back by hand: {call}"))
    with platform.recorder.operation(ROLL_BACK.name, call, target=prefix, destructive=True) as done:
        ledger = ["--ledger", str(platform.scratch / "rollback")]
        ended = run([sys.executable, "-m", "hopsdrill", *words, *where, *ledger, "--json"], timeout=120, check=False)
        told = json.loads(ended.stdout or "{}")
        done.text = f"exit code {ended.returncode}; {told.get('keys')}"
        done.evidence.append(platform.recorder.keep("rollback.json", told))
    counts = told.get("keys", {})
    platform.recorder.action(
        "the-rollback-was-proved",
        effective=ended.returncode == 0 and counts["copied"] == counts["uncovered"] == DAMAGED // 2,
        expected=f"exit code 0; {DAMAGED // 2} copied, {DAMAGED // 2} uncovered",
        observed=f"exit code {ended.returncode}; {counts} {ended.stderr[-300:] if ended.returncode else ''}".strip(),
    )


scenarios(str(Path(__file__).parent / "rolled_back.feature"))
