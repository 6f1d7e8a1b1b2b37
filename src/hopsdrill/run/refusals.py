"""Restores that must be refused: asked for, the reason read, and everything compared before and after."""

import re
from dataclasses import dataclass
from typing import Any

from hopsdrill.clients import database
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.process import Completed
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.proof.rondb.instance import instance
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.recovery.backup import entries, take_set
from hopsdrill.recovery.jobs import ends, last_words
from hopsdrill.recovery.request import Request, overrides
from hopsdrill.recovery.restore import request
from hopsdrill.recovery.velero import restores
from hopsdrill.run.contents import read_all
from hopsdrill.run.refused import pattern
from hopsdrill.run.stages import READ, Recovered
from hopsdrill.site import Site
from hopsdrill.workload import objects


UNKNOWN_ID = "100110000"  # well-formed, and older than any cluster
REFUSED = "FailedValidation"  # phase of a Velero Restore that was not begun, and so has touched nothing


@dataclass(frozen=True)
class Standing:
    """All that a refused restore must leave as it was."""

    database: DatabaseState
    instance: str
    objects: kubernetes.Fingerprint
    contents: dict[str, Prints]
    pods: dict[str, int]
    velero_restores: list[str]
    release: tuple[int, str]

    def touched(self, later: "Standing", *, by_hook: bool) -> list[str]:
        """What differs, by name; where a hook refused, the hooks themselves and the failed revision are no difference."""
        differences = (
            []
            if self.database.same_as(later.database)
            else [f"database: {self.database} before, {later.database} after"]
        )
        old, new = (_without_hooks(each.objects) if by_hook else each.objects for each in (self, later))
        compared = kubernetes.compare(old, new)
        differences += [*compared.differences, *(f"{title}: was not there before" for title in compared.additional)]
        for store, then in self.contents.items():
            differences += [f"{store}: {line}" for line in kubernetes.compare(then, later.contents[store]).all]
        for name in ("instance", "pods", "velero_restores", *([] if by_hook else ["release"])):
            then, now = getattr(self, name), getattr(later, name)
            differences += [] if then == now else [f"{name}: {then} before, {now} after"]
        return differences


def _without_hooks(found: kubernetes.Fingerprint) -> kubernetes.Fingerprint:
    return {title: each for title, each in found.items() if HOOK not in each.digests}


def standing(site: Site, key: Key) -> Standing:
    """Read it."""
    with site.recorder.operation(READ, "what must stay as it is", target=site.namespace):
        return _standing(site, key)


def _standing(site: Site, key: Key) -> Standing:
    with database(site) as sql:
        state = state_of(sql, site.profile.rondb, key, ())
        which = instance(sql, site.profile.rondb.instance_query)
    return Standing(
        state,
        which,
        kubernetes.read(site.kube, objects.namespaces(site), key),
        read_all(site, key),
        _pods(site),
        [name for name, each in sorted(restores(site).items()) if each.get("status", {}).get("phase") != REFUSED],
        site.helm.revision(site.release.name, namespace=site.namespace),
    )


def _pods(site: Site) -> dict[str, int]:
    """Pods that go on running, by UID, with their restarts."""
    found: list[dict[str, Any]] = site.kube.list("v1/Pod", site.namespace)
    going = [pod for pod in found if pod["spec"].get("restartPolicy") == "Always"]
    restarts = {pod["metadata"]["uid"]: pod.get("status", {}).get("containerStatuses", []) for pod in going}
    return {uid: sum(each["restartCount"] for each in statuses) for uid, statuses in sorted(restarts.items())}


ASK = "ask for a restore wrongly"
ONE_STORE_ONLY = "with a backup that one store does not have"
HOOK = "metadata.annotations.helm.sh/hook"  # what carries it, Helm makes anew before each upgrade


def requests(recovered: Recovered) -> dict[str, tuple[Request, str]]:
    """What may be asked for wrongly, by the scenario's words: the request, and the reason's name in the profile."""
    known, own = recovered.backup.rondb.id, overrides(recovered.backup)
    return {
        "without forceDataClear": (Request(known, in_place=True, force=None, overrides=own), "without-force"),
        "without inPlace": (Request(known, in_place=None, force=True, overrides=own), "without-in-place"),
        "without a backup ID": (Request(None, in_place=True, force=True), "without-id"),
        "with an unknown backup ID": (Request(UNKNOWN_ID, in_place=True, force=True), "unknown-id"),
        "with the backup ID as a number": (
            Request(None, in_place=True, force=True, overrides={**own, "backup_id": int(known)}),
            "id-no-text",
        ),
        "with the ID of a completed restore": (
            Request(known, in_place=True, force=True, overrides=own),
            "completed-marker",
        ),
    }


@dataclass(frozen=True)
class Asked:
    """A restore that was asked for wrongly: how everything stood before, and how it was answered.

    Attributes:
        said: Helm's words and those of its failed hooks.
        by_hook: a hook is to refuse, not the rendering: the release's history then has a failed revision more.
    """

    before: Standing
    answer: Completed
    said: str
    pattern: str
    by_hook: bool


def ask_wrongly(site: Site, recovered: Recovered, how: str, key: Key) -> Asked:
    """Ask for a restore that must be refused.

    Raises:
        VerificationError: the scenario asks in a way nobody knows.
        PlanError: the profile does not know this refusal.
    """
    known = requests(recovered)
    if how == ONE_STORE_ONLY:
        known[how] = (_half_known(site, recovered), "unknown-snapshot")
    if how not in known:
        msg = f"There is no request {how!r}."
        raise VerificationError(msg, hint=f"known: {', '.join([*known, ONE_STORE_ONLY])}")
    asked, reason = known[how]
    wanted, before = pattern(site, reason), standing(site, key)
    answer, said = ask_platform(site, asked, reason, hooks=True)
    return Asked(before, answer, said, wanted, by_hook=how == ONE_STORE_ONLY)


def ask_platform(site: Site, asked: Request, reason: str, *, hooks: bool) -> tuple[Completed, str]:
    """Ask the platform for a restore that it must refuse for this reason; gives its answer, and all that it said.

    Args:
        site: where.
        asked: the request.
        reason: the refusal's name in the profile.
        hooks: the words of failed hooks count too.
    """
    call = f"helm upgrade {site.release.name} {site.release.shown} ({asked})"
    with site.recorder.operation(ASK, call, target=site.namespace, destructive=True) as done:
        answer = request(site, asked, f"refused-values-{reason}")
        done.text = "accepted" if answer.returncode == 0 else f"refused with exit code {answer.returncode}"
        said = " ".join([*answer.stderr.split(), *(_hook_words(site) if hooks else [])])
        done.evidence.append(site.recorder.keep(f"refusal-{reason}.txt", said))
    return answer, said


def _half_known(site: Site, recovered: Recovered) -> Request:
    """A restore of a backup that was never restored, with a search snapshot that does not exist."""
    known = entries(site, site.profile.rondb)
    others = sorted((entry["start_time"], key) for key, entry in known.items() if key != recovered.backup.rondb.id)
    fresh = others[-1][1] if others else take_set(site).rondb.id
    return Request(fresh, in_place=True, force=True, overrides={"opensearch_id": UNKNOWN_ID})


def _hook_words(site: Site) -> list[str]:
    """What failed hook Jobs have said: Helm tells only that they failed."""
    jobs = ends(site, site.profile.hook_jobs)
    return [f"{job}: {last_words(site, job)}" for job, end in jobs.items() if end == "failed"]


def _around(said: str, found: re.Match[str] | None) -> str:
    start = said.rfind(": ", 0, found.start()) + 2 if found else max(0, len(said) - 300)
    return said[start:][:300]


def prove_refused(site: Site, asked: Asked, key: Key) -> None:
    """Record that it was refused with its reason, and that nothing was touched."""
    found = re.search(asked.pattern, asked.said)
    site.recorder.proof(
        "refused-with-the-reason",
        store="platform",
        passed=asked.answer.returncode != 0 and found is not None,
        expected=f"refused, saying {asked.pattern!r}",
        observed=f"exit code {asked.answer.returncode}: {_around(asked.said, found)}",
        data=False,
    )
    prove_untouched(site, asked.before, key, by_hook=asked.by_hook)


def prove_untouched(site: Site, before: Standing, key: Key, *, by_hook: bool = False) -> None:
    """Record that everything stands as before, but for hooks that refused (``by_hook``) and the failed revision they leave."""
    touched = before.touched(standing(site, key), by_hook=by_hook)
    revision = "" if by_hook else ", release revision"
    site.recorder.proof(
        "nothing-was-touched",
        store="platform",
        passed=not touched,
        expected=f"database, accounts, objects, files, documents, images, running pods{revision} and Velero restores as before",
        observed=f"as before: {before.database}, {len(before.objects)} objects, revision {before.release[0]}"
        if not touched
        else f"{len(touched)} differences",
        differences=touched,
        evidence=[
            site.recorder.keep(
                "standing-before.json", {**before.database.totals(), "release": before.release, "pods": before.pods}
            )
        ],
    )
