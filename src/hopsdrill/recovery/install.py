"""Installing the platform the way an operator does, and waiting until it really serves."""

import base64
from typing import Any

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.portforward import pod_ready
from hopsdrill.core.errors import ConnectionLost, OperationError, PreconditionError
from hopsdrill.core.kubedata import job_end
from hopsdrill.core.wait import wait_for
from hopsdrill.recovery import values
from hopsdrill.recovery.velero import location_phase
from hopsdrill.site import Site


def install(site: Site) -> None:
    """Install the release into a namespace of its own and wait until every store serves.

    Raises:
        PreconditionError: the namespace is there already, so somebody else's platform may be in it.
        OperationError: helm refused, or a Job failed.
        DeadlineExceeded: something did not become ready in time; names it.
    """
    _require_vacant(site)
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": site.namespace}})
    _store_secrets(site)
    # what the platform will make by itself is the drill's doing all the same
    names = site.profile.kubernetes
    for prefix in (site.profile.rondb.bucket_prefix, names.bucket_prefix):
        site.ledger("s3-prefix", f"{prefix}/")
    for kind in ("velero-restores", "velero-backups"):
        site.ledger(kind, names.storage_location, namespace=names.velero_namespace)
    path = values.write(site, "install-values", values.platform_values(site))
    call = (
        f"helm install {site.release.name} {site.release.chart} --version {site.release.version} --values {path.name}"
    )
    with site.recorder.operation("install the platform", call, target=site.namespace) as done:
        site.ledger("helm-release", site.release.name, namespace=site.namespace)
        site.helm.install(site.release, path, labels=[f"{key}={value}" for key, value in site.labels.items()])
        done.text = f"{site.release.name} is installed; every pod is ready after {wait_serving(site):.1f} s"


def _require_vacant(site: Site) -> None:
    hint = "`hopsdrill gc` removes what an interrupted run left behind"
    if site.kube.exists("v1/Namespace", site.namespace):
        msg = f"The namespace {site.namespace} exists on this cluster already; nothing was touched."
        raise PreconditionError(msg, hint=hint)
    for prefix in (site.profile.rondb.bucket_prefix, site.profile.kubernetes.bucket_prefix):
        if found := site.store.entries(f"{prefix}/"):
            msg = f"The bucket {site.store.ref.bucket} holds {len(found)} objects under {prefix}/ already; nothing was touched."
            raise PreconditionError(msg, hint=hint)
    if site.store.versioning() != "Enabled":
        msg = f"The bucket {site.store.ref.bucket} keeps no object versions (versioning: {site.store.versioning() or 'never set'})."
        raise PreconditionError(msg, hint="switch versioning on before backups are enabled; `hopsdrill lab up` does")


def _store_secrets(site: Site) -> None:
    access, secret = read_credentials(site.store.ref.credentials_file)
    own, velero = site.profile.store_secret, site.profile.kubernetes
    ini = f"[default]\naws_access_key_id={access}\naws_secret_access_key={secret}\n"
    site.create(_secret(own.name, site.namespace, {own.access_key: access, own.secret_key: secret}))
    site.create(_secret(velero.location_secret, velero.velero_namespace, {velero.location_secret_key: ini}))


def _secret(name: str, namespace: str, data: dict[str, str]) -> dict[str, Any]:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "data": encoded}


def wait_serving(site: Site) -> float:
    """Wait until all pods are ready, the database answers and the backup location is available; gives the seconds.

    Raises:
        OperationError: a Job of the release failed.
        DeadlineExceeded: names what is not ready.
    """
    waited = wait_for(
        lambda: _lacking(site),
        what=f"the platform in {site.namespace} to serve",
        until=lambda text: not text,
        broken=lambda text: text if text.startswith("Job ") and text.endswith("failed") else None,
        deadline=site.deadlines.install.total_seconds(),
    )
    return waited.elapsed


def _lacking(site: Site) -> str:
    jobs = site.kube.list("batch/v1/Job", site.namespace)
    failed = sorted(job["metadata"]["name"] for job in jobs if job_end(job) == "failed")
    if failed:
        return f"Job {failed[0]} failed"
    running = sorted(job["metadata"]["name"] for job in jobs if job_end(job) == "running")
    pods = site.kube.list("v1/Pod", site.namespace)
    owned = [pod for pod in pods if pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}]
    waiting = sorted(pod["metadata"]["name"] for pod in owned if not pod_ready(pod))
    lacking = running + waiting
    if not owned or lacking:
        return f"not ready: {', '.join(lacking) or 'no pods yet'}"
    phase = location_phase(site)
    if phase != "Available":
        return f"backup location {site.profile.kubernetes.storage_location} is {phase or 'without a phase'}"
    return "" if serving(site) else "the database does not answer"


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
