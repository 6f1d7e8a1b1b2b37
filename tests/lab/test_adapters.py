"""Adapters on the real thing: default deny, and only errors of our own."""

import pytest

from hopsdrill.adapters.helm import Helm, Release
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.portforward import dial_service
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import InterlockError, OperationError, PreconditionError
from hopsdrill.lab import program


BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "labtest-denied", "namespace": "default"}}


@pytest.mark.parametrize("uid", ["", "another-cluster"])
@pytest.mark.parametrize(
    "change",
    [
        lambda kube: kube.create(BODY),
        lambda kube: kube.apply(BODY),
        lambda kube: kube.patch("v1/ConfigMap", "labtest-denied", "default", {"data": {}}),
        lambda kube: kube.delete("v1/ConfigMap", "labtest-denied", "default"),
    ],
)
def test_a_cluster_nobody_vouches_for_can_be_read_and_not_changed(lab, uid, change):
    """Every changing verb is refused before the call; reading works."""
    ref = lab.clusters["drill"]
    kube = Kube(ref.kubeconfig, ref.context, uid=uid)
    assert kube.uid() == ref.uid
    with pytest.raises(InterlockError, match="Refused to change"):
        change(kube)
    assert not kube.exists("v1/ConfigMap", "labtest-denied", "default")


def test_helm_changes_nothing_without_a_guard(lab, tmp_path):
    """Its default is to refuse."""
    ref = lab.clusters["drill"]
    helm = Helm(program("helm"), ref.kubeconfig, ref.context)
    release = Release("x", "nowhere", "1", "default")
    for change in (
        lambda: helm.install(release, tmp_path),
        lambda: helm.upgrade(release, tmp_path, timeout=1),
        lambda: helm.uninstall("x", namespace="default", timeout=1),
    ):
        with pytest.raises(InterlockError):
            change()
    assert helm.revision("x", namespace="default") == (0, "absent")


def test_what_is_not_there_is_none_or_false(kube):
    """Absence is an answer, not an error."""
    assert kube.get("v1/ConfigMap", "labtest-absent", "default") is None
    assert kube.delete("v1/ConfigMap", "labtest-absent", "default") is False
    assert kube.list("v1/Pod", "labtest-absent") == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda kube: kube.get("nobody.io/v1/Thing", "x"), "does not know this kind"),
        (
            lambda kube: kube.create(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Not A Name", "namespace": "default"}}
            ),
            "said 422",
        ),
        (lambda kube: kube.logs("labtest-absent", "default"), "said 404"),
        (lambda kube: dial_service(kube, "labtest-absent", "default", 80), "no Service"),
        (lambda kube: dial_service(kube, "kubernetes", "default", 1), "with port 1"),
    ],
)
def test_what_goes_wrong_is_an_error_of_ours_with_the_servers_words(kube, call, said):
    """No exception of a client library gets out; the original is its cause."""
    with pytest.raises(OperationError, match=said):
        call(kube)


def test_a_cluster_that_does_not_answer_is_an_error_of_ours(lab, tmp_path):
    """A wrong port in the kubeconfig, and a context that is not in it."""
    ref = lab.clusters["drill"]
    wrong = tmp_path / "kubeconfig"
    text = ref.kubeconfig.read_text()
    server = next(line.split(":", 1)[1].strip() for line in text.splitlines() if "server:" in line)
    wrong.write_text(text.replace(server, "https://127.0.0.1:9"))
    with pytest.raises(OperationError, match="did not answer properly"):
        Kube(wrong, ref.context).uid()
    with pytest.raises(PreconditionError, match="nowhere"):
        Kube(ref.kubeconfig, "nowhere")


def test_objects_of_the_bucket_are_written_listed_and_removed_for_good(bucket):
    """Older versions and delete markers go too; the whole bucket never does."""
    for text in (b"one", b"two"):
        bucket.put("labtest/a/b", text)
    assert bucket.get("labtest/a/b") == b"two"
    assert bucket.get("labtest/a/c") is None
    assert bucket.folders("labtest/") == ["a"]
    assert bucket.delete_prefix("labtest/") == 2
    assert bucket.entries("labtest/") == []
    for whole in ("", "/"):
        with pytest.raises(OperationError, match="whole bucket"):
            bucket.delete_prefix(whole)


def test_a_store_that_does_not_answer_is_an_error_of_ours(lab):
    """With the address in it."""
    wrong = lab.store.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    with pytest.raises(OperationError, match=r"127\.0\.0\.1:9"):
        ObjectStore(wrong).versioning()
