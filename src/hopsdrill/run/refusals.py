"""Restores that must be refused: asked for, the reason read, and everything compared before and after."""

import re
from dataclasses import dataclass
from typing import Any

from hopsdrill.clients import database
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.process import Completed
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.instance import instance
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.recovery.restore import Request, overrides, request
from hopsdrill.recovery.velero import restores
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import objects


UNKNOWN_ID = "100110000"  # well-formed, and older than any cluster


@dataclass(frozen=True)
class Standing:
    """All that a refused restore must leave as it was."""

    database: DatabaseState
    instance: str
    objects: kubernetes.Fingerprint
    pods: dict[str, int]
    velero_restores: list[str]
    release: tuple[int, str]

    def touched(self, later: "Standing") -> list[str]:
        """What differs, by name."""
        differences = (
            []
            if self.database.same_as(later.database)
            else [f"database: {self.database} before, {later.database} after"]
        )
        compared = kubernetes.compare(self.objects, later.objects)
        differences += [*compared.differences, *(f"{title}: was not there before" for title in compared.additional)]
        for name in ("instance", "pods", "velero_restores", "release"):
            old, new = getattr(self, name), getattr(later, name)
            differences += [] if old == new else [f"{name}: {old} before, {new} after"]
        return differences


def standing(site: Site, key: Key) -> Standing:
    """Read it."""
    with database(site) as sql:
        state = state_of(sql, site.profile.rondb, key, ())
        which = instance(sql, site.profile.rondb.instance_query)
    return Standing(
        state,
        which,
        kubernetes.read(site.kube, objects.namespaces(site), key),
        _pods(site),
        sorted(restores(site)),
        site.helm.revision(site.release.name, namespace=site.namespace),
    )


def _pods(site: Site) -> dict[str, int]:
    """Pods that go on running, by UID, with their restarts."""
    found: list[dict[str, Any]] = site.kube.list("v1/Pod", site.namespace)
    going = [pod for pod in found if pod["spec"].get("restartPolicy") == "Always"]
    restarts = {pod["metadata"]["uid"]: pod.get("status", {}).get("containerStatuses", []) for pod in going}
    return {uid: sum(each["restartCount"] for each in statuses) for uid, statuses in sorted(restarts.items())}


def requests(recovered: Recovered) -> dict[str, tuple[Request, str]]:
    """What may be asked for wrongly, by the scenario's words: the request, and the reason's name in the profile."""
    known, own = recovered.backup.rondb.id, overrides(recovered.backup)
    return {
        "without forceDataClear": (Request(known, in_place=True, force=None, overrides=own), "without-force"),
        "without inPlace": (Request(known, in_place=None, force=True, overrides=own), "without-in-place"),
        "without a backup ID": (Request(None, in_place=True, force=True), "without-id"),
        "with an unknown backup ID": (Request(UNKNOWN_ID, in_place=True, force=True), "unknown-id"),
        "with the ID of a completed restore": (
            Request(known, in_place=True, force=True, overrides=own),
            "completed-marker",
        ),
    }


@dataclass(frozen=True)
class Asked:
    """A restore that was asked for wrongly: how everything stood before, and how it was answered."""

    before: Standing
    answer: Completed
    pattern: str


def ask_wrongly(site: Site, recovered: Recovered, how: str, key: Key) -> Asked:
    """Ask for a restore that must be refused.

    Raises:
        VerificationError: the scenario asks in a way nobody knows.
    """
    known = requests(recovered)
    if how not in known:
        msg = f"There is no request {how!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    asked, reason = known[how]
    before = standing(site, key)
    call = f"helm upgrade {site.release.name} {site.release.chart} ({asked})"
    with site.recorder.operation("ask for a restore wrongly", call, target=site.namespace, destructive=True) as done:
        answer = request(site, asked, f"refused-values-{reason}")
        done.text = "accepted" if answer.returncode == 0 else f"refused with exit code {answer.returncode}"
        done.evidence.append(site.recorder.keep(f"refusal-{reason}.txt", answer.stderr))
    return Asked(before, answer, site.profile.refusals[reason])


def _around(said: str, found: re.Match[str] | None) -> str:
    start = said.rfind(": ", 0, found.start()) + 2 if found else max(0, len(said) - 300)
    return said[start:][:300]


def prove_refused(site: Site, asked: Asked, key: Key) -> None:
    """Record that it was refused with its reason, and that nothing was touched."""
    said = " ".join(asked.answer.stderr.split())
    found = re.search(asked.pattern, said)
    site.recorder.proof(
        "refused-with-the-reason",
        store="platform",
        passed=asked.answer.returncode != 0 and found is not None,
        expected=f"refused, saying {asked.pattern!r}",
        observed=f"exit code {asked.answer.returncode}: {_around(said, found)}",
        data=False,
    )
    touched = asked.before.touched(standing(site, key))
    before = asked.before
    site.recorder.proof(
        "nothing-was-touched",
        store="platform",
        passed=not touched,
        expected="database, accounts, objects, running pods, release revision and Velero restores as before",
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
