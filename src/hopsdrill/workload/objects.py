"""Objects of the platform and of its projects: Secrets, ConfigMaps, service accounts and their rights."""

import base64
import secrets
from typing import Any

from hopsdrill.core.redact import REDACTOR
from hopsdrill.site import Site
from hopsdrill.workload import environments


PROJECTS = ("fraud-project", "churn-project")
KEYS = "api-keys"  # a project's Secret
SETTINGS = "serving-settings"  # a project's ConfigMap
PLATFORM_SECRET = "serving-credentials"  # noqa: S105 - the name of a Secret in the release's namespace
ENVIRONMENT = "python-environment"  # a project's ConfigMap: how its Python environment is made
LATER = "made-after-the-backup"
GROUP = "rbac.authorization.k8s.io"


def value() -> str:
    """A fresh secret value in base64, registered."""
    made = secrets.token_urlsafe(24)
    REDACTOR.register(made)
    return base64.b64encode(made.encode()).decode()


def secret(name: str, namespace: str, keys: tuple[str, ...] = ("token", "password")) -> dict[str, Any]:
    """A Secret with fresh values."""
    meta = {"name": name, "namespace": namespace}
    data = {key: value() for key in keys}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "data": data}


def _settings(namespace: str) -> dict[str, Any]:
    meta = {"name": SETTINGS, "namespace": namespace}
    data = {"model": "fraud-detector", "replicas": "2", "threshold": "0.85"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def _environment(namespace: str, repository: str) -> dict[str, Any]:
    meta = {"name": ENVIRONMENT, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": environments.recipe(repository)}


def _rights(namespace: str) -> list[dict[str, Any]]:
    meta = {"name": "serving", "namespace": namespace}
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [SETTINGS], "verbs": ["get", "watch"]}]
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        {"apiVersion": f"{GROUP}/v1", "kind": "Role", "metadata": meta, "rules": rules},
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "serving"},
            "subjects": [{"kind": "ServiceAccount", "name": "serving", "namespace": namespace}],
        },
    ]


def create_all(site: Site, total: int) -> int:
    """Make the projects' namespaces with ``total`` objects in them, and one Secret of the platform's own; gives their number."""
    key, _, flag = site.profile.kubernetes.include_label.partition("=")
    platform = secret(PLATFORM_SECRET, site.namespace)
    platform["metadata"]["labels"] = {key: flag}
    made = [platform]
    for project, repository in zip(PROJECTS, environments.REPOSITORIES, strict=True):
        meta = {"name": project, "labels": dict(site.profile.kubernetes.project_labels)}
        site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": meta})
        own = [secret(KEYS, project), _settings(project), _environment(project, repository), *_rights(project)]
        made += [*own, *_more(project, total // len(PROJECTS) - len(own))]
    for body in made:
        site.create(body)
    return len(made)


def _more(project: str, count: int) -> list[dict[str, Any]]:
    """Serving metadata of many models: a ConfigMap each, and for every other one a Secret."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        if number % 2:
            made.append(secret(f"model-{number:03d}", project, ("token",)))
        else:
            meta = {"name": f"model-{number:03d}", "namespace": project}
            data = {"model": f"model {number}", "version": str(number % 5)}
            made.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})
    return made


def namespaces(site: Site) -> list[str]:
    """The namespaces a drill's Kubernetes proofs look at."""
    return [site.namespace, *PROJECTS]
