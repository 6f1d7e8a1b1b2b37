"""Installing the platform the way an operator does, and waiting until it really serves."""

from typing import Any

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.portforward import pod_ready
from hopsdrill.core.errors import ConnectionLost, DeadlineExceeded, OperationError, PreconditionError
from hopsdrill.core.kubedata import job_end, secret
from hopsdrill.core.wait import Waited, wait_for
from hopsdrill.recovery import values
from hopsdrill.recovery.enabling import require_enablable
from hopsdrill.recovery.jobs import last_words, pod_words
from hopsdrill.recovery.location import credentials_file, enter_backups
from hopsdrill.recovery.schedules import SCHEDULES, settled
from hopsdrill.recovery.stuck import stuck_in
from hopsdrill.recovery.velero import location_phase
from hopsdrill.site import Site


SERVING = ("batch/v1/Job", "apps/v1/StatefulSet", "apps/v1/Deployment", "v1/Pod")  # what says that the platform serves


def install(site: Site) -> None:
    """Install the release into a namespace of its own and wait until every store serves.

    Raises:
        PreconditionError: the namespace is there already, so somebody else's platform may be in it.
        OperationError: helm refused, or a Job failed.
        DeadlineExceeded: something did not become ready in time; names it.
    """
    with site.recorder.operation("look whether it can be installed", site.release.name, target=site.namespace) as done:
        require_vacant(site)
        given = values.platform_values(site)
        require_enablable(site, given)
        done.text = "nothing of its name is there, and backups by its values can work"
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": site.namespace}})
    store_secrets(site)
    for prefix in site.profile.bucket_prefixes:
        site.ledger("s3-prefix", prefix)
    enter_backups(site, site.profile.kubernetes.storage_location)
    install_release(site, given, "install-values", site.deadlines.install.total_seconds())


def install_release(site: Site, given: dict[str, Any], name: str, deadline: float) -> None:
    """``helm install``, and wait until every store serves."""
    path = values.write(site, name, given)
    call = (
        f"helm install {site.release.name} {site.release.shown} --version {site.release.version} --values {path.name}"
    )
    with site.recorder.operation("install the platform", call, target=site.namespace) as done:
        site.ledger("helm-release", site.release.name, namespace=site.namespace)
        labels = [f"{key}={value}" for key, value in site.labels.items()]
        try:
            site.helm.install(site.release, path, labels=labels, timeout=deadline)
        except OperationError as error:  # Helm says that it failed; the containers say why
            msg = f"{error.message}\n{troubles(site)}"
            raise OperationError(msg, hint=error.hint) from error
        done.text = (
            f"{site.release.name} is installed; every pod is ready after {wait_serving(site, deadline).elapsed:.1f} s"
        )
        done.evidence.append(site.recorder.keep(SCHEDULES, settled(site)))


def require_vacant(site: Site) -> None:
    """See that no platform of this name is there, nor anything of its backups.

    Raises:
        PreconditionError: something is; names it.
    """
    hint = "`hopsdrill gc` removes what an interrupted run left behind"
    if site.kube.exists("v1/Namespace", site.namespace):
        msg = f"The namespace {site.namespace} exists on this cluster already; nothing was touched."
        raise PreconditionError(msg, hint=hint)
    for prefix in site.profile.bucket_prefixes:
        if site.store.entries(prefix):
            msg = f"The bucket {site.store.ref.bucket} holds objects under {prefix} already; nothing was touched."
            raise PreconditionError(msg, hint=hint)


def store_secrets(site: Site, *, own: bool = True, velero: bool = True) -> None:
    """Give the platform (``own``) and Velero their access to the bucket."""
    access, own_key = read_credentials(site.store.ref.credentials_file)
    names, location = site.profile.store_secret, site.profile.kubernetes
    if own:
        site.create(secret(names.name, site.namespace, {names.access_key: access, names.secret_key: own_key}))
    if velero:
        keys = {location.location_secret_key: credentials_file(site)}
        site.create(secret(location.location_secret, location.velero_namespace, keys))


def wait_serving(site: Site, deadline: float, *, location: bool = True) -> Waited[str]:
    """Wait until every store serves: Jobs ended, all pods of the wanted revision ready, database and location answering.

    Without backups there is no ``location`` to wait for.

    Raises:
        OperationError: a Job of the release failed, or pods are stuck.
        DeadlineExceeded: names what is not ready, and what its containers said last.
    """
    stuck = stuck_in(site)
    try:
        return wait_for(
            lambda: _lacking(site, location=location),
            what=f"the platform in {site.namespace} to serve",
            until=lambda text: not text,
            broken=lambda text: text if text.startswith("Job ") else stuck(),
            deadline=deadline,
            watch=site.kube.watching(*SERVING, namespace=site.namespace),
        )
    except DeadlineExceeded as error:
        msg = f"{error.message}; {troubles(site)}"
        raise DeadlineExceeded(msg, hint=error.hint) from error


def troubles(site: Site) -> str:
    """What the containers of pods that are not ready have said last."""
    waiting = [pod for pod in site.kube.list("v1/Pod", site.namespace) if not pod_ready(pod)]
    said = {pod["metadata"]["name"]: pod_words(site, pod) for pod in waiting}
    return "; ".join(f"{name}: {words}" for name, words in sorted(said.items()) if words) or "no container said why"


def _lacking(site: Site, *, location: bool) -> str:
    found = site.kube.list("batch/v1/Job", site.namespace)
    # hooks are awaited by Helm; one that refused an earlier upgrade stays, failed, until the next upgrade that has it
    jobs = [job for job in found if job["metadata"]["name"] not in site.profile.hook_jobs]
    failed = sorted(job["metadata"]["name"] for job in jobs if job_end(job) == "failed")
    if failed:
        return f"Job {failed[0]} failed: {last_words(site, failed[0])}"
    running = sorted(job["metadata"]["name"] for job in jobs if job_end(job) == "running")
    sets = [
        each for kind in ("StatefulSet", "Deployment") for each in site.kube.list(f"apps/v1/{kind}", site.namespace)
    ]
    lacking = [*running, *sorted(each["metadata"]["name"] for each in sets if not rolled_out(each))]
    if not sets or lacking:
        return f"not ready: {', '.join(lacking) or 'nothing yet'}"
    phase = location_phase(site) if location else ""
    if location and phase != "Available":
        return f"backup location {site.profile.kubernetes.storage_location} is {phase or 'without a phase'}"
    return "" if serving(site) else "the database does not answer"


def rolled_out(found: dict[str, Any]) -> bool:
    """Whether a StatefulSet or Deployment runs only pods of its newest form, and all of them are ready."""
    status, wanted = found.get("status", {}), found["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
        return False
    # a StatefulSet says which revision its pods have; a Deployment counts old pods in `replicas`
    if status.get("currentRevision") != status.get("updateRevision"):
        return False
    counts = (status.get("replicas", 0), status.get("readyReplicas", 0))
    updated = status.get("updatedReplicas", wanted if "updateRevision" in status else 0)
    return counts == (wanted, wanted) and updated == wanted


def serving(site: Site) -> bool:
    """Whether the database answers a query right now."""
    try:
        session = site.sql()
    except (ConnectionLost, OperationError):
        return False
    try:
        return session.query("SELECT 1") == [(1,)]
    except OperationError:
        return False
    finally:
        session.close()
