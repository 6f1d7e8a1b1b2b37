"""The status of a platform's backups: enabled when all is well, partial with service and reason for each misconfiguration."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import DeadlineExceeded
from hopsdrill.core.process import run
from hopsdrill.core.wait import wait_for
from hopsdrill.model.profile import Profile
from hopsdrill.recovery.status import Level, Status, judge, read
from hopsdrill.run.listing import CALL_S, profile_of
from hopsdrill.site import Site


SEEN_S = 90.0  # until Velero has looked at what was changed; it looks at a location once a minute at the latest
OFTEN = "1s"  # how often Velero is told to look at a location that is misconfigured for a while


@dataclass
class Told:
    """What the status is asked by.

    Attributes:
        store: the bucket that is named; another than the platform's own in one scenario.
    """

    store: ObjectStore


def status(site: Site, told: Told) -> Status:
    """The status as `hopsdrill platform status` judges it."""
    return judge(read(site.kube, site.profile, told.store), site.profile)


def levels(profile: Profile, **but: Level) -> dict[str, Level]:
    """The level of every service when all is well, but for those named."""
    services = ["hopsfs", "kubernetes", *profile.recorded]
    none = {"kafka": Level.NONE} | ({} if profile.registry else {"registry": Level.NONE})
    return {**dict.fromkeys(services, Level.ENABLED), **none, **but}


def seen_levels(found: Status) -> dict[str, Level]:
    """The level of every service."""
    return {name: each.level for name, each in found.services.items()}


def words(top: Level, services: dict[str, Level]) -> str:
    """A status as a report shows it."""
    return f"{top.value}; " + ", ".join(f"{name} {level.value}" for name, level in sorted(services.items()))


def prove_enabled(site: Site, told: Told, proof: str = "status-is-enabled") -> None:
    """Record that the status is enabled as a whole and for every service; Velero is given time to look again."""
    wanted = words(Level.ENABLED, levels(site.profile))

    def as_wanted(found: Status) -> bool:
        return words(found.level, seen_levels(found)) == wanted

    found = settled(site, told, as_wanted)
    record(site, proof, wanted, found, passed=as_wanted(found))


def settled(site: Site, told: Told, as_wanted: Callable[[Status], bool]) -> Status:
    """The status once it is as wanted; as it is at the deadline when it never was."""
    with suppress(DeadlineExceeded):
        return wait_for(
            lambda: status(site, told), what="the status", until=as_wanted, deadline=SEEN_S, interval=1.0
        ).value
    return status(site, told)


def prove_disabled(site: Site) -> None:
    """Record that the status of a platform that takes no backups is disabled, the file system's versions aside."""
    off = dict.fromkeys((*site.profile.recorded, "kubernetes"), Level.DISABLED)
    wanted, found = words(Level.DISABLED, levels(site.profile, **off)), status(site, Told(site.store))
    record(site, "status-is-disabled", wanted, found, passed=words(found.level, seen_levels(found)) == wanted)


def record(site: Site, proof: str, wanted: str, found: Status, *, passed: bool) -> None:
    """Record a status, with every finding."""
    said = [each.seen for service in found.services.values() for each in service.findings]
    site.recorder.proof(
        proof,
        store="platform",
        passed=passed,
        expected=wanted,
        observed="; ".join([words(found.level, seen_levels(found)), *said]),
        data=False,
    )


def prove_command(site: Site) -> None:
    """Record that `hopsdrill platform status`, called as an operator calls it, says that everything is enabled, and exits 0."""
    where: list[str | Path] = ["--kubeconfig", site.kube.kubeconfig, "--context", site.kube.context]
    ref = site.store.ref
    where += ["--store-endpoint", ref.endpoint, "--bucket", ref.bucket, "--store-credentials", ref.credentials_file]
    command: list[str | Path] = [sys.executable, "-m", "hopsdrill", "platform", "status", "--json"]
    with site.recorder.operation("ask for the status", "hopsdrill platform status", target=site.cluster_uid) as done:
        ended = run([*command, "--profile", profile_of(site), *where], timeout=CALL_S, check=False)
        done.text = f"exit code {ended.returncode}"
        done.evidence.append(site.recorder.keep("platform-status.json", ended.stdout))
    told = json.loads(ended.stdout or "{}")
    services = {name: Level(each["level"]) for name, each in told.get("services", {}).items()}
    wanted = words(Level.ENABLED, levels(site.profile))
    seen = words(Level(told["level"]), services) if told else ended.stderr.strip()
    site.recorder.proof(
        "command-says-enabled",
        store="platform",
        passed=(ended.returncode, seen) == (0, wanted),
        expected=f"exit code 0: {wanted}",
        observed=f"exit code {ended.returncode}: {seen}",
        data=False,
    )
