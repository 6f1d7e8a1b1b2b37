"""Installations that restore: the platform is removed, its bucket left, and it is installed with backups' IDs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from hopsdrill.core.clock import now
from hopsdrill.core.errors import DrillError, PlanError, VerificationError
from hopsdrill.model.plan import Data
from hopsdrill.proof.key import Key
from hopsdrill.recovery.rebuild import restore_into_new
from hopsdrill.recovery.request import request_for
from hopsdrill.recovery.restore import Restored
from hopsdrill.run import in_place
from hopsdrill.run.cleanup import made, remove_all
from hopsdrill.run.disaster import declare_disaster, require
from hopsdrill.run.in_place import Wanted
from hopsdrill.run.points import Points, mixed
from hopsdrill.run.proofs import content_differences
from hopsdrill.run.refusals import UNKNOWN_ID
from hopsdrill.run.refused import pattern
from hopsdrill.run.stages import Disaster, Recovered
from hopsdrill.safety.ledger import IN_THE_STORE
from hopsdrill.site import Site
from hopsdrill.workload import documents, objects


REMOVE = "remove the platform"
STAYS = IN_THE_STORE | {"velero-backups", "velero-restores", "lab-velero"}  # what outlives the platform
LEFT_OUT = documents.LOGS


def remove(site: Site, data: Data, points: Points, key: Key) -> Disaster:
    """Change every store, so that what stays in the bucket is not what is to come back; then remove all but the bucket.

    Raises:
        VerificationError: something of it is left.
    """
    in_place.change_all(site, data, in_place.wanted(site, points[1]), key)
    disaster = declare_disaster(site, None, "the platform is lost, its bucket is left")
    _take_down(site)
    left = [name for name in objects.namespaces(site) if site.kube.exists("v1/Namespace", name)]
    site.recorder.action(
        "the-platform-was-removed",
        effective=not left,
        expected="none of its namespaces is left",
        observed=", ".join(left) or "none",
    )
    require({"the-platform-was-removed": not left})
    return disaster


def _take_down(site: Site) -> None:
    """Remove the release and all its namespaces, whatever state they are in; nothing where they are gone."""
    ours = [each for each in made(site) if each.kind not in STAYS]
    call = f"release {site.release.name} and {len(ours)} things it needs"
    with site.recorder.operation(REMOVE, call, target=site.namespace, destructive=True):
        remove_all(site, ours)


def wanted(
    site: Site,
    points: Points,
    older: tuple[str, ...] = (),
    more: Mapping[str, str] | None = None,
    *,
    without_global_id: bool = False,
) -> Wanted:
    """An installation with the newer point's ID; stores in ``older`` come from the other one.

    Raises:
        PlanError: the profile has no path for one of the values in ``more``.
    """
    before, base = points
    snapshot, backup = mixed(base, dict.fromkeys(older, before))
    lacking = sorted(set(more or {}) - set(site.profile.restore_values))
    if lacking:
        msg = f"The platform profile does not say at which value a restore is told {', '.join(lacking)}."
        raise PlanError(msg, hint="add it under `restore_values:`")
    # without a global ID every store is told its own, so that nothing but the file system lacks one
    asked = request_for(site, backup, "" if without_global_id else base.backup.rondb.id, velero=False)
    asked = replace(asked, in_place=None, force=None, overrides={**asked.overrides, **(more or {})})
    return Wanted(base, snapshot, backup, replace(asked, backup_id=asked.backup_id or None))


def install(site: Site, aim: Wanted, disaster: Disaster) -> Recovered:
    """Restore the Kubernetes objects and install by this request, anew where another one has failed; wait until every store serves.

    Raises:
        OperationError, DeadlineExceeded: a restore Job failed, or did not end.
    """
    _take_down(site)
    restored = Restored(now())
    restored.provisioned = now()
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": site.namespace}})
    for name in objects.namespaces(site):
        site.ledger("namespace", name, api="v1/Namespace")
    restore_into_new(site, aim.backup, restored, aim.asked)
    return Recovered(aim.snapshot, aim.backup, disaster, restored, "")


def without_logs(site: Site, points: Points) -> Wanted:
    """An installation whose payload leaves one index out, beside what is left out anyway."""
    return wanted(site, points, more={"opensearch_indices": f"-{LEFT_OUT}"})


def prove_left_out(site: Site, recovered: Recovered, key: Key) -> None:
    """Record that every document but those of the index left out is as the snapshot holds it, and that none of those is there."""
    store = "opensearch"
    wanted_ = {
        title: each for title, each in recovered.snapshot.contents[store].items() if not _of_index(title, LEFT_OUT)
    }
    live, wrong = content_differences(site, store, wanted_, key)
    there = [title for title in live if _of_index(title, LEFT_OUT)]
    left_out = len(recovered.snapshot.contents[store]) - len(wanted_)
    site.recorder.proof(
        "documents-but-those-left-out-match-the-snapshot",
        store=store,
        passed=bool(left_out) and not wrong and not there,
        expected=f"{len(wanted_)} documents and indices as in the snapshot, and none of the {left_out} of {LEFT_OUT}",
        observed=f"{len(wrong)} differences, {len(there)} of {LEFT_OUT}",
        differences=wrong,
    )


def _of_index(title: str, index: str) -> bool:
    """Whether a print is of this index or of a document in it."""
    return title == f"index {index}" or title.startswith(f"document {index}/")


# --- in vain ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InVain:
    """An installation that brought not everything back.

    Attributes:
        said: the error; empty where the installation ended well.
        missing: differences from the snapshot, by store.
    """

    said: str
    missing: dict[str, list[str]]


def _of_id(aim: Wanted, global_id: str) -> Wanted:
    return replace(aim, asked=replace(aim.asked, backup_id=global_id))


def install_in_vain(site: Site, points: Points, how: str, disaster: Disaster, key: Key) -> InVain:
    """Install by a request that cannot bring everything back.

    Raises:
        VerificationError: the scenario asks in a way nobody knows.
    """
    ask = partial(wanted, site, points)
    ways = {
        "with an ID that no backup has": lambda: _of_id(ask(), UNKNOWN_ID),
        "with an ID for the database that no backup has": lambda: ask(more={"rondb_id": UNKNOWN_ID}),
        "with a snapshot for the search engine that does not exist": lambda: ask(more={"opensearch_id": UNKNOWN_ID}),
        "with the IDs of single stores and no global ID": lambda: ask(without_global_id=True),
        "with a payload that names the index to leave out without its minus sign": lambda: ask(
            more={"opensearch_indices": LEFT_OUT}
        ),
    }
    if how not in ways:
        msg = f"There is no installation {how!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(ways)}")
    try:
        recovered = install(site, ways[how](), disaster)
    except DrillError as error:
        return InVain(error.message, {})
    contents = recovered.snapshot.contents
    return InVain("", {store: content_differences(site, store, contents[store], key)[1] for store in contents})


def prove_told(site: Site, seen: InVain, why: str) -> None:
    """Record that the installation failed with the reason, or that the comparison names what has not come back.

    Raises:
        VerificationError: the scenario expects a reason nobody knows.
    """
    compared = {"files are missing": "hopsfs", "documents are missing": "opensearch"}
    reasons = {
        "the bucket holds no such backup of the database": f"holds nothing of rondb below .+/{UNKNOWN_ID}/",
        "the search engine's Job says that there is no such snapshot": pattern(site, "unknown-snapshot"),
    }
    if why in compared:
        found = seen.missing.get(compared[why], [])
        passed, expected = bool(found), f"the comparison of {compared[why]} with the snapshot is red"
        observed = f"{len(found)} differences, first: {found[0]}" if found else seen.said or "no difference"
    elif why in reasons:
        words = reasons[why]
        passed, expected = re.search(words, seen.said) is not None, f"the installation fails, saying {words!r}"
        observed = seen.said or "it ended well"
    else:
        msg = f"There is no reason {why!r}."
        raise VerificationError(msg, hint=f"known: {', '.join([*compared, *reasons])}")
    site.recorder.proof(
        "installation-is-told-as-no-restore",
        store="platform",
        passed=passed,
        expected=expected,
        observed=observed,
        data=why in compared,
    )
