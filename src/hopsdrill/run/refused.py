"""Backups that are to be configured in a way that cannot work: refused by hopsdrill, and by the platform."""

import re
import secrets
from contextlib import ExitStack
from dataclasses import dataclass

from hopsdrill.adapters.bucket_admin import make_bucket
from hopsdrill.core.errors import OperationError, PlanError, PreconditionError
from hopsdrill.core.process import failure_text
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.key import Key
from hopsdrill.proof.kubernetes import compare
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery.enabling import backup_values, require_enablable
from hopsdrill.recovery.install import troubles
from hopsdrill.recovery.schedules import ABSENT, schedules
from hopsdrill.run.configuration import CONFIGURE, configure, revision, upgrade
from hopsdrill.run.contents import CONTENTS
from hopsdrill.site import Site


REFUSAL_S = 120.0  # until a container that refuses to start has said so


@dataclass(frozen=True)
class Refused:
    """What was asked for and must be refused.

    Attributes:
        given: the values.
        said: hopsdrill's own refusal; empty when it let them pass.
        before: how everything stood.
        bucket: of the scenario's own; empty when there is none.
    """

    given: dict[str, object]
    said: str
    before: dict[str, str]
    bucket: str = ""


def unversioned(site: Site, versioning: str = "") -> str:
    """Make a bucket of the scenario's own whose versioning is off; gives its name."""
    name = f"hopsdrill-{secrets.token_hex(4)}"
    with site.recorder.operation("make a bucket", f"{name}, versioning {versioning or 'never set'}", target="store"):
        site.ledger("bucket", name)
        make_bucket(site.store.other(name).ref, versioning)
    return name


def state(site: Site) -> dict[str, str]:
    """All that a refused change of the configuration must leave as it was."""
    pods = site.kube.list("v1/Pod", site.namespace)
    running = {each["metadata"]["name"]: each["metadata"]["uid"] for each in pods}
    return {
        "release": str(revision(site)),
        **schedules(site),
        **{f"pod {name}": uid for name, uid in sorted(running.items())},
    }


def ask(site: Site, **wanted: object) -> Refused:
    """Ask hopsdrill to configure backups in a way that cannot work."""
    given, before, said = backup_values(site, **wanted), state(site), ""
    try:
        require_enablable(site, given)
    except PreconditionError as error:
        said = error.message
    return Refused(given, said, before, str(wanted.get("bucket", "")))


def prove_refused(site: Site, said: str, *wanted: str) -> None:
    """Record that hopsdrill refused before anything was asked of the platform, with each of the wanted words.

    ``said`` is empty where it let the request pass.
    """
    lacking = [word for word in wanted if word not in said]
    site.recorder.proof(
        "refused-before-anything-was-asked",
        store="platform",
        passed=bool(said) and not lacking,
        expected=f"refused, saying {', '.join(map(repr, wanted))}",
        observed=said or "let pass",
        data=False,
    )


def prove_untouched(site: Site, refused: Refused) -> None:
    """Record that release, schedules and pods stand as before, and that nothing lies in the scenario's own bucket."""
    now = state(site)
    touched = [
        f"{name}: {refused.before.get(name, ABSENT)} before, {now.get(name, ABSENT)} after"
        for name in sorted({*refused.before, *now})
        if refused.before.get(name) != now.get(name)
    ]
    touched += [f"bucket {refused.bucket}: {key}" for key in _lying(site, refused.bucket)]
    site.recorder.proof(
        "nothing-was-touched",
        store="platform",
        passed=not touched,
        expected="release, CronJobs, Schedules and pods as before, nothing in the bucket",
        observed=f"{len(touched)} differences" if touched else f"as before, release {refused.before['release']}",
        differences=touched,
        data=False,
    )


def _lying(site: Site, bucket: str) -> list[str]:
    if not bucket:
        return []
    return ["something was written"] if site.store.other(bucket).holds("") else []


def pattern(site: Site, reason: str) -> str:
    """How the platform says a refusal.

    Raises:
        PlanError: the profile does not know.
    """
    if reason not in site.profile.refusals:
        msg = f"The platform profile does not say how the platform refuses {reason}."
        raise PlanError(msg, hint="add it under `refusals:`")
    return site.profile.refusals[reason]


def prove_helm_refuses(site: Site, refused: Refused, reason: str) -> None:
    """Ask the platform itself, by the same values, and record that helm refuses with the reason."""
    with site.recorder.operation(
        CONFIGURE, f"helm upgrade ({reason})", target=site.namespace, destructive=True
    ) as done:
        ended = upgrade(site, refused.given)
        said = " ".join(ended.stderr.split())
        done.text = "accepted" if ended.returncode == 0 else f"refused with exit code {ended.returncode}"
    prove_platform(site, reason, said if ended.returncode else "")


def prove_platform(site: Site, reason: str, said: str) -> None:
    """Record that the platform refused with its reason; ``said`` is empty where it accepted."""
    found = re.search(pattern(site, reason), said)
    start = max(0, found.start() - 100) if found else 0
    site.recorder.proof(
        "platform-refuses-it-too",
        store="platform",
        passed=found is not None,
        expected=f"refused, saying {pattern(site, reason)!r}",
        observed=said[start : start + 400] or "accepted",
        data=False,
    )


def ask_platform(site: Site, refused: Refused, upset: ExitStack, key: Key) -> Prints:
    """Give the platform the values all the same, and record that it refuses to start on them; gives the files of before."""
    files = CONTENTS["hopsfs"].read(site, key)
    upset.callback(configure, site)
    call = "helm upgrade (a bucket without object versions)"
    with site.recorder.operation(CONFIGURE, call, target=site.namespace, destructive=True) as done:
        ended = upgrade(site, refused.given)
        if ended.returncode != 0:
            raise OperationError(failure_text(ended))
        seen = wait_for(
            lambda: troubles(site),
            what="the platform to refuse the bucket",
            until=lambda said: re.search(pattern(site, "no-versions"), said) is not None,
            deadline=REFUSAL_S,
        )
        done.text = f"refused after {seen.elapsed:.1f} s"
    prove_platform(site, "no-versions", seen.value)
    return files


def prove_files(site: Site, before: Prints, bucket: str, key: Key) -> None:
    """Record that every file is as before, and that nothing was written to the bucket that was refused."""
    found = compare(before, CONTENTS["hopsfs"].read(site, key)).all
    found += [f"bucket {bucket}: {line}" for line in _lying(site, bucket)]
    site.recorder.proof(
        "files-are-as-before",
        store="hopsfs",
        passed=not found,
        expected=f"{len(before)} files and folders as before, nothing in the bucket that was refused",
        observed=f"{len(found)} differences" if found else "as before",
        differences=found,
    )
