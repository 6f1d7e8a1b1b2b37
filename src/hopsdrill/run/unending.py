"""Restores that take longer than somebody waits: the search engine's is slowed down by its own setting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hopsdrill.adapters.portforward import pod_ready
from hopsdrill.clients import need, search_engine
from hopsdrill.core.clock import now
from hopsdrill.core.errors import DeadlineExceeded, VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.model.plan import Data
from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.install import wait_serving
from hopsdrill.recovery.jobs import await_jobs
from hopsdrill.recovery.restore import restore_in_place
from hopsdrill.run import in_place
from hopsdrill.run.in_place import Wanted
from hopsdrill.run.proofs import content_differences
from hopsdrill.site import Site


STORE = "opensearch"
PATIENCE = 60.0  # seconds: longer than each hook takes, and shorter than the search engine's restore is made to last
GIVE_UP = "give a restore up"
LASTS = 90.0  # seconds that a slowed restore lasts
BOUND = timedelta(seconds=90)  # of a restore that cannot end
SLOWEST = "1b"  # bytes a second
ENDED_S = 60.0
RESTARTED_S = 180.0


def slowed(site: Site, aim: Wanted, seconds: float = 0.0) -> Wanted:
    """The same restore with the search engine's bound to a rate at which it lasts so long; without seconds it does not end.

    Raises:
        VerificationError: the profile names no value for the rate.
    """
    if "opensearch_rate" not in site.profile.restore_values:
        msg = "The platform profile does not say by which value the search engine's restore is slowed down."
        raise VerificationError(msg, hint="add opensearch_rate under `restore_values:`")
    names, rate = need(site.profile.opensearch, STORE), SLOWEST
    if seconds:
        with search_engine(site) as search:
            size = search.snapshot_bytes(names.repository, aim.backup.others[STORE].id)
        rate = f"{max(1, int(size / seconds))}b"
    return replace(aim, asked=replace(aim.asked, overrides={**aim.asked.overrides, "opensearch_rate": rate}))


@contextmanager
def slowly(site: Site, aim: Wanted, seconds: float) -> Iterator[Wanted]:
    """As `slowed`, for a restore that ends within; afterwards the search engine is as fast as before."""
    try:
        yield slowed(site, aim, seconds)
    finally:
        _unbind(site)


def _unbind(site: Site) -> None:
    """Take the rate away: OpenSearch keeps it when the platform registers its repository without one."""
    with search_engine(site) as search:
        search.unbind(need(site.profile.opensearch, STORE).repository)


@dataclass(frozen=True)
class Unended:
    """A restore whose deadline was over before its end.

    Attributes:
        said: the error's message; empty when the restore was taken for ended.
        seconds: until then.
        left: its Jobs that had not ended well, by how they stood.
    """

    said: str
    seconds: float
    left: dict[str, str]


def restore_past_the_deadline(site: Site, data: Data, aim: Wanted, key: Key) -> Unended:
    """Restore with a search engine that cannot finish, within a bound of the scenario's own."""
    bound = replace(site, deadlines=site.deadlines.model_copy(update={"restore": BOUND}))
    in_place.change_all(site, data, aim, key)
    begun, said = now().mono, ""
    try:
        restore_in_place(bound, aim.backup, aim.asked)
    except DeadlineExceeded as error:
        said = error.message
    found = markers.standing(site, aim.jobs(site))
    return Unended(said, now().mono - begun, {name: end for name, end in found.items() if end != "complete"})


def prove_unended(site: Site, aim: Wanted, seen: Unended, key: Key) -> None:
    """Record that the restore was told as under way, with the Job named, and that its documents have not come back."""
    job = _endless(site, aim)
    site.recorder.proof(
        "restore-is-told-as-not-ended",
        store="platform",
        passed=job in seen.said and seen.left.get(job) == "running",
        expected=f"no end within {BOUND.total_seconds():.0f} s, saying that {job} is under way",
        observed=f"{seen.said or 'taken for ended'}; then {seen.left}",
        data=False,
    )
    expected = aim.snapshot.contents[STORE]
    _, missing = content_differences(site, STORE, expected, key)
    site.recorder.proof(
        "documents-have-not-come-back",
        store=STORE,
        passed=bool(missing),
        expected=f"the comparison with the point's {len(expected)} documents and indices is red",
        observed=f"{len(missing)} differences, first: {missing[0]}" if missing else "all there",
    )


def _endless(site: Site, aim: Wanted) -> str:
    """The Job that waits for the slowed search engine."""
    return need(site.profile.opensearch, STORE).restore_jobs[0].format(id=aim.backup.others[STORE].id)


def give_up(site: Site, aim: Wanted) -> None:
    """Delete the Jobs of the restore, then what the search engine is still bringing back, and restart it.

    Before, what the other stores bring back is awaited: a database whose restore is cut off does not come up again.
    Without the restart the next restore does not begin: threads of the one given up sleep as long as its rate tells them,
    and the engine has few of them, so it cannot even have a repository registered.
    """
    jobs, deadline = aim.jobs(site), site.deadlines.restore.total_seconds()
    await_jobs(site, [job for job in jobs if job != _endless(site, aim)], deadline)
    markers.delete(site, jobs)
    with site.recorder.operation(GIVE_UP, STORE, target=site.namespace, destructive=True) as done:
        half = _drop(site)
        restart(site)
        _unbind(site)
        wait_serving(site, deadline)
        done.text = (
            f"indices that were half restored, and are dropped: {', '.join(half) or 'none'}; the engine was restarted"
        )


def _drop(site: Site) -> list[str]:
    with search_engine(site) as search:
        half = list[str]()

        def dropped() -> list[str]:
            """One that waits its turn begins when another is dropped."""
            found = search.recovering()
            for index in found:
                search.drop(index)
            half.extend(found)
            return found

        wait_for(
            dropped,
            what="the search engine to restore nothing more",
            until=lambda left: not left,
            deadline=ENDED_S,
        )
    return half


def restart(site: Site) -> None:
    """Have the search engine's pods made anew, and wait until they are ready.

    Raises:
        DeadlineExceeded: they are not in time.
    """
    names = need(site.profile.opensearch, STORE)
    service = site.kube.get("v1/Service", names.service, site.namespace) or {}
    selector = ",".join(f"{key}={value}" for key, value in service["spec"]["selector"].items())

    def pods() -> dict[str, dict[str, Any]]:
        return {pod["metadata"]["uid"]: pod for pod in site.kube.list("v1/Pod", site.namespace, selector)}

    old = pods()
    for pod in old.values():
        site.kube.delete("v1/Pod", pod["metadata"]["name"], site.namespace)
    wait_for(
        lambda: [pod["metadata"]["name"] for uid, pod in pods().items() if uid not in old and pod_ready(pod)],
        what=f"{len(old)} new pods of {names.service} to be ready",
        until=lambda ready: len(ready) == len(old),
        deadline=RESTARTED_S,
    )


def prove_nothing_runs(site: Site, aim: Wanted) -> None:
    """Record that no Job, pod or recovery of the restore is left."""
    jobs = aim.jobs(site)
    with search_engine(site) as search:
        left = [*markers.standing(site, jobs), *markers.running(site, jobs), *search.recovering()]
    site.recorder.proof(
        "nothing-is-left-running",
        store="platform",
        passed=not left,
        expected="no Job of the restore, no pod of one, no shard that is being restored",
        observed=", ".join(left) or "nothing",
        differences=left,
        data=False,
    )
