"""What an installed Velero is judged by: its kinds, its server, its plugins, and what it must not have."""

import secrets
from typing import Any

from hopsdrill.core.wait import wait_for
from hopsdrill.lab.catalog import catalog
from hopsdrill.recovery.velero import API
from hopsdrill.run.velero_install import VAIN_S, Asked, kinds, standing
from hopsdrill.site import Site


# what a drill uses of Velero; its installer defines more
NEEDED = frozenset({"Backup", "BackupStorageLocation", "DownloadRequest", "Restore", "Schedule", "ServerStatusRequest"})
# Velero's own: the key of its repositories of files, which opens no object store; Helm's: what a release is
HARMLESS = frozenset({"velero-repo-credentials"})
HELMS = "helm.sh/release.v1"
PULLING = ("ErrImagePull", "ImagePullBackOff")  # the kubelet's words
STATUS_S = 30.0
OVERRUN_S = 10.0  # by this much a wait may end late: ending the process
KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE"})


def prove_kinds(site: Site) -> None:
    """Record that every kind of Velero that there is has been established, those a drill uses among them."""
    found = {each["spec"]["names"]["kind"]: _condition(each, "Established") for each in kinds(site)}
    wrong = [f"{kind} is not there" for kind in sorted(NEEDED - set(found))]
    wrong += [f"{kind} is not established" for kind, state in sorted(found.items()) if state != "True"]
    site.recorder.proof(
        "velero-kinds-are-known",
        store="kubernetes",
        passed=not wrong,
        expected=f"{', '.join(sorted(NEEDED))} and all others established",
        observed=f"{len(found)} kinds: {', '.join(sorted(found))}",
        differences=wrong,
        data=False,
    )


def prove_available(site: Site) -> None:
    """Record that the server's Deployment is available."""
    found = server(site)
    state = _condition(found, "Available") or "no such Deployment"
    site.recorder.proof(
        "velero-server-is-available",
        store="kubernetes",
        passed=state == "True",
        expected="its Deployment is Available",
        observed=f"Available: {state}; {', '.join(images(found)) or 'no image'}",
        data=False,
    )


def server(site: Site) -> dict[str, Any]:
    """The server's Deployment; empty when there is none."""
    names = site.profile.kubernetes
    return site.kube.get("apps/v1/Deployment", names.velero_deployment, names.velero_namespace) or {}


def images(deployment: dict[str, Any]) -> list[str]:
    """The server's image, then its plugins'."""
    spec = deployment.get("spec", {}).get("template", {}).get("spec", {})
    return [each["image"] for each in [*spec.get("containers", []), *spec.get("initContainers", [])]]


def _condition(found: dict[str, Any], kind: str) -> str:
    conditions = found.get("status", {}).get("conditions", [])
    return next((str(each["status"]) for each in conditions if each["type"] == kind), "")


def prove_plugin(site: Site, plugin: str) -> None:
    """Ask the server what it has loaded and record that an object store's plugin of that name is among it."""
    status = ask_server(site)
    listed = [each["name"] for each in status.get("plugins", []) if each["kind"] == "ObjectStore"]
    site.recorder.proof(
        "velero-lists-the-plugin",
        store="kubernetes",
        passed=plugin in listed,
        expected=f"the object store plugin {plugin}",
        observed=f"server {status.get('serverVersion')} lists {', '.join(listed) or 'no plugin of an object store'}",
        data=False,
    )


def ask_server(site: Site) -> dict[str, Any]:
    """What the server says of itself: ``serverVersion``, and ``plugins`` with ``name`` and ``kind``.

    Raises:
        DeadlineExceeded: it does not answer.
    """
    space, name = site.profile.kubernetes.velero_namespace, f"hopsdrill-{secrets.token_hex(3)}"
    api = f"{API}/ServerStatusRequest"
    site.create({"apiVersion": API, "kind": "ServerStatusRequest", "metadata": {"name": name, "namespace": space}})
    seen = wait_for(
        lambda: (site.kube.get(api, name, space) or {}).get("status", {}),
        what="Velero's server to say what it has loaded",
        until=lambda status: status.get("phase") == "Processed",
        deadline=STATUS_S,
    )
    found: dict[str, Any] = seen.value
    return found


def prove_bare(site: Site) -> None:
    """Record that there is no location, and no Secret or setting with access to a store."""
    space = site.profile.kubernetes.velero_namespace
    wrong = [
        f"{kind} {each['metadata']['name']}"
        for kind in ("BackupStorageLocation", "VolumeSnapshotLocation")
        for each in site.kube.list(f"{API}/{kind}", space)
    ]
    wrong += [*secrets_of(site), *given_access(server(site))]
    site.recorder.proof(
        "velero-has-no-location-and-no-secret",
        store="kubernetes",
        passed=not wrong,
        expected=f"in {space} no location, no Secret of access, no access in the server's settings",
        observed="none" if not wrong else f"{len(wrong)} found",
        differences=wrong,
        data=False,
    )


def secrets_of(site: Site) -> list[str]:
    """The Secrets in Velero's namespace that are neither its own repository key nor Helm's record of a release."""
    found = site.kube.list("v1/Secret", site.profile.kubernetes.velero_namespace)
    return [
        f"Secret {each['metadata']['name']}"
        for each in found
        if each["metadata"]["name"] not in HARMLESS and each.get("type") != HELMS
    ]


def given_access(deployment: dict[str, Any]) -> list[str]:
    """Where a Deployment's pods are given static access: variables of AWS' clients, values and volumes out of Secrets."""
    spec = deployment.get("spec", {}).get("template", {}).get("spec", {})
    found = [f"volume {each['name']} of Secret {each['secret']['secretName']}" for each in _secret_volumes(spec)]
    for container in [*spec.get("containers", []), *spec.get("initContainers", [])]:
        named = [each["name"] for each in container.get("env", []) if _static(each)]
        found += [f"{name} of container {container['name']}" for name in named]
        found += [f"envFrom of container {container['name']}" for each in container.get("envFrom", []) if each]
    return found


def _secret_volumes(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in spec.get("volumes", []) if "secret" in each]


def _static(variable: dict[str, Any]) -> bool:
    return variable["name"] in KEYS or "secretKeyRef" in variable.get("valueFrom", {})


def prove_as_before(site: Site, before: dict[str, Any]) -> None:
    """Record that the lab's own Velero stands as it did."""
    after = standing(site)
    wrong = [name for name in sorted(set(before) | set(after)) if before.get(name) != after.get(name)]
    site.recorder.proof(
        "velero-is-as-before",
        store="kubernetes",
        passed=not wrong,
        expected=", ".join(before),
        observed="the same" if not wrong else f"other: {', '.join(wrong)}",
        differences=wrong,
        data=False,
    )


# --- what must not come of it ----------------------------------------------------------------------------------------


def prove_refused(site: Site, asked: Asked, said: str) -> None:
    """Record that the command line refused, for the named reason."""
    site.recorder.proof(
        "velero-refuses-to-install",
        store="kubernetes",
        passed=asked.ended not in {0, None} and said in asked.said,
        expected=f"an exit code other than 0, and {said!r}",
        observed=f"exit code {asked.ended}: {asked.said}",
        data=False,
    )


def prove_never_available(site: Site, asked: Asked, upstream: str) -> None:
    """Record that the installation was still waiting at its deadline, and that the server's pod names the image it lacks."""
    state, told, image = _condition(server(site), "Available"), waiting(site), catalog().local(upstream)
    lacking = [f"no pod names {image}"] if image not in told else []
    lacking += [] if any(each in told for each in PULLING) else ["no pod says that an image cannot be pulled"]
    on_time = asked.ended is None and VAIN_S <= asked.seconds <= VAIN_S + OVERRUN_S
    site.recorder.proof(
        "server-never-became-available",
        store="kubernetes",
        passed=on_time and state == "False" and not lacking,
        expected=f"not Available after {VAIN_S:.0f} s; its pod cannot pull {image}, which stands for {upstream}",
        observed=f"after {asked.seconds:.1f} s Available: {state or 'unknown'}; {told or 'no pod waits'}",
        differences=lacking,
        data=False,
    )


def waiting(site: Site) -> str:
    """What the server's containers wait for, each with its image."""
    pods = site.kube.list("v1/Pod", site.profile.kubernetes.velero_namespace)
    states = [
        each
        for pod in pods
        for each in [
            *pod.get("status", {}).get("initContainerStatuses", []),
            *pod.get("status", {}).get("containerStatuses", []),
        ]
    ]
    told = [(each, each["state"]["waiting"]) for each in states if "waiting" in each.get("state", {})]
    return "; ".join(f"{each['image']}: {why.get('reason')} {why.get('message', '')}".strip() for each, why in told)
