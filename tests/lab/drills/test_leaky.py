"""Bind a drill that does all it can to show a secret."""

import base64
import json
import os
from pathlib import Path

import pytest
import yaml
from pytest_bdd import given, scenarios, then, when

from hopsdrill.adapters.helm import Release
from hopsdrill.core.errors import OperationError
from hopsdrill.core.redact import MASK, REDACTOR
from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.velero import API, await_end
from hopsdrill.site import Site


HELM = PlannedOperation(name="install a chart that fails", target="platform")
VELERO = PlannedOperation(name="take a backup that is refused", target="velero")
CHART = "apiVersion: v2\nname: leaky\nversion: 0.1.0\n"
# Helm's own encodings of it, and its words about them
TEMPLATE = '{{ $p := .Values.password }}{{ fail (printf "no: %s, %s, %s, %s" $p ($p | b64enc) ($p | toJson) ($p | b64enc | b64enc)) }}'


@pytest.fixture
def canary() -> str:
    """What the test has planted, loaded as any secret is."""
    value = os.environ["HOPSDRILL_TEST_CANARY"]
    REDACTOR.register(value)
    return value


@given("a secret that the drill has loaded")
def loaded(site: Site, canary: str) -> None:
    """A Secret holds it, as it is and within another one's data."""
    inner = base64.b64encode(json.dumps({"password": canary}).encode()).decode()
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "leaky", "namespace": "default"}}
    if site.kube.get("v1/Secret", "leaky", "default") is None:
        site.create({**body, "stringData": {"password": canary, "inner": inner}})


@when("Helm refuses a chart and quotes the secret in its words")
@declares(operations=[HELM], proofs=["helm-quoted-it"])
def helm_refuses(site: Site, canary: str) -> None:
    """The values hold it; the chart's only template fails with it in every form that Helm knows."""
    chart, values = site.scratch / "leaky", site.scratch / "leaky.yaml"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(CHART)
    (chart / "templates" / "all.yaml").write_text(TEMPLATE)
    values.write_text(yaml.safe_dump({"password": canary}))
    with (
        pytest.raises(OperationError) as refused,
        site.recorder.operation(
            "install a chart that fails", f"helm install leaky, password {canary}", target="default"
        ),
    ):
        site.helm.install(Release("leaky", str(chart), "0.1.0", "default"), values)
    site.recorder.keep("helm.log", str(refused.value))
    _proved(site, "helm-quoted-it", str(refused.value))


@when("Velero refuses a backup and quotes the secret in its words")
@declares(operations=[VELERO], proofs=["velero-quoted-it"])
def velero_refuses(site: Site, canary: str) -> None:
    """The namespace it is to hold has a name that is none."""
    namespace = site.profile.kubernetes.velero_namespace
    meta = {"name": "leaky", "namespace": namespace, "annotations": {"password": canary}}
    site.create({"apiVersion": API, "kind": "Backup", "metadata": meta, "spec": {"includedNamespaces": [canary]}})
    with (
        pytest.raises(OperationError) as refused,
        site.recorder.operation("take a backup that is refused", f"to {canary}", target=namespace),
    ):
        await_end(site, "Backup", "leaky", 60)
    pods = site.kube.list("v1/Pod", namespace, "component=velero")
    log = "\n".join(site.kube.logs(pod["metadata"]["name"], namespace) for pod in pods)
    site.recorder.keep("velero.log", "\n".join(line for line in log.splitlines() if "leaky" in line))
    site.recorder.keep("velero-backup.json", site.kube.get(f"{API}/Backup", "leaky", namespace))
    _proved(site, "velero-quoted-it", str(refused.value))


def _proved(site: Site, proof: str, words: str) -> None:
    site.recorder.proof(
        proof,
        store="platform",
        passed=MASK in words or REDACTOR.found_in(words),
        expected="the secret, repeated",
        observed=words,
        data=False,
    )


@then("what Kubernetes holds of the secret is kept as evidence")
@declares(proofs=["kubernetes-holds-it"])
def kept(site: Site) -> None:
    """The object as it is read, with base64 in base64."""
    found = site.kube.get("v1/Secret", "leaky", "default")
    site.recorder.keep("secret.json", found)
    _proved(site, "kubernetes-holds-it", json.dumps(found))


@then("the drill breaks with the secret in its error")
@declares(proofs=["never-recorded"])
def broken(canary: str) -> None:
    """An error of Python's own, which no one of ours has written."""
    int(canary)


scenarios(str(Path(__file__).parent / "leaky.feature"))
