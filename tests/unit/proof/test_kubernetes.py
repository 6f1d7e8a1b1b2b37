"""Kubernetes objects: what is compared, what is not, and how a difference is named."""

import copy
import gzip
import io
import json
import tarfile
from types import SimpleNamespace

import pytest

from hopsdrill.core import velero_archive
from hopsdrill.core.errors import OperationError
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.kubernetes.normal import IGNORED, VOLATILE, ignored, normal, title


KEY = Key()
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "api-keys", "namespace": "fraud", "uid": "1", "labels": {"app": "x"}},
    "type": "Opaque",
    "data": {"token": "c2VjcmV0LXZhbHVl"},
}
SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "fraud"},
    "data": {"threshold": "0.85", "model": "m"},
}
ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "serving", "namespace": "fraud"},
    "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
}


def prints(*objects):
    """Normalised objects by title."""
    return {title(each): normal(each, KEY) for each in objects}


def changed(found, path, value):
    """An object with one field changed, or removed by None."""
    made = copy.deepcopy(found)
    inner = made
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    if value is None:
        inner.pop(path[-1])
    else:
        inner[path[-1]] = value
    return made


def test_equal_objects_do_not_differ():
    """The same objects compare equal."""
    found = kubernetes.compare(prints(SECRET, SETTINGS, ROLE), prints(SECRET, SETTINGS, ROLE))
    assert (found.differences, found.additional) == ([], [])


@pytest.mark.parametrize(
    ("before", "path", "value", "said"),
    [
        (SECRET, ("data", "token"), "YW5vdGhlcg==", "Secret fraud/api-keys data.token: [hidden"),
        (SECRET, ("data", "more"), "YQ==", "Secret fraud/api-keys data.more: absent -> [hidden"),
        (SECRET, ("type",), "kubernetes.io/tls", 'type: "Opaque" -> "kubernetes.io/tls"'),
        (SECRET, ("metadata", "labels", "app"), "y", 'metadata.labels.app: "x" -> "y"'),
        (SETTINGS, ("data", "threshold"), "0.10", 'ConfigMap fraud/settings data.threshold: "0.85" -> "0.10"'),
        (SETTINGS, ("data", "model"), None, 'data.model: "m" -> absent'),
        (ROLE, ("rules",), [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}], "Role fraud/serving rules"),
    ],
)
def test_each_kind_of_change_is_named(before, path, value, said):
    """A changed, added or removed field is named with its object."""
    found = kubernetes.compare(prints(before), prints(changed(before, path, value)))
    assert len(found.differences) == 1
    assert said in found.differences[0]


def test_a_secrets_value_is_never_shown():
    """Neither the encoded nor the plain value stands in a difference."""
    found = kubernetes.compare(prints(SECRET), prints(changed(SECRET, ("data", "token"), "YW5vdGhlcg==")))
    assert not any("c2VjcmV0" in line or "YW5vdGhlcg" in line for line in found.differences)


def test_missing_and_additional_objects_are_named():
    """What is gone is a difference; what nobody expected is told apart."""
    found = kubernetes.compare(prints(SECRET, ROLE), prints(ROLE, SETTINGS))
    assert found.differences == ["Secret fraud/api-keys: missing"]
    assert found.additional == ["ConfigMap fraud/settings"]


@pytest.mark.parametrize("path", sorted(VOLATILE))
def test_volatile_fields_do_not_count(path):
    """Each field of the published table may change without a difference."""
    head, _, rest = path.partition(".labels.") if ".labels." in path else path.partition(".annotations.")
    parts = (
        (*head.split("."), "labels" if ".labels." in path else "annotations", rest) if rest else tuple(head.split("."))
    )
    if parts in {("kind",), ("metadata", "name"), ("metadata", "namespace")}:
        return  # these are the title: another one is another object
    before = normal(SETTINGS, KEY)
    assert normal(changed(SETTINGS, parts, "something else"), KEY).digests == before.digests


def test_what_is_ignored_is_what_the_table_says():
    """Generated objects are left out, others with similar names are not."""
    for kind, name in IGNORED:
        meta = {"name": name, "namespace": "fraud"}
        assert ignored({"kind": kind, "metadata": meta, "type": name})
    assert not ignored(SECRET)
    assert not ignored({"kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt.mine"}})


class Bucket:
    """A stand-in for a bucket: one object."""

    ref = SimpleNamespace(bucket="made-up")

    def __init__(self, data):
        self.data = data

    def get(self, key):
        """Give the one object."""
        assert key == "k8s_backup/backups/b/b.tar.gz"
        return self.data


def packed(members):
    """A backup file with these members."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, body in members.items():
            text = json.dumps(body).encode()
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return gzip.compress(raw.getvalue())


def test_a_backups_objects_are_read_once_and_equal_the_live_ones():
    """The copy under a preferred version is passed over, and cluster-scoped files are not namespaced objects."""
    data = packed(
        {
            "resources/secrets/namespaces/fraud/api-keys.json": SECRET,
            "resources/secrets/v1-preferredversion/namespaces/fraud/api-keys.json": changed(
                SECRET, ("data", "token"), "eA=="
            ),
            "resources/namespaces/cluster/fraud.json": {"kind": "Namespace", "metadata": {"name": "fraud"}},
            "metadata/version": {},
        }
    )
    found = kubernetes.from_backup(Bucket(data), "k8s_backup", "b", KEY)
    assert kubernetes.compare(prints(SECRET), found) == kubernetes.Comparison([], [])


@pytest.mark.parametrize(
    "data",
    [None, b"", b"not gzip", gzip.compress(b"not tar"), packed({"resources/x/namespaces/a/b.json": {}})[:-9]],
    ids=["absent", "empty", "no gzip", "no archive", "cut off"],
)
def test_a_missing_or_damaged_backup_is_an_error(data):
    """What cannot be read is never taken for an empty backup."""
    with pytest.raises(OperationError):
        kubernetes.from_backup(Bucket(data), "k8s_backup", "b", KEY)


def test_a_backup_that_unpacks_too_large_is_refused(monkeypatch):
    """A compressed bomb ends in an error, not in memory."""
    monkeypatch.setattr(velero_archive, "LARGEST", 1000)
    with pytest.raises(OperationError, match="unpacked"):
        kubernetes.from_backup(Bucket(gzip.compress(b"0" * 2000)), "k8s_backup", "b", KEY)
