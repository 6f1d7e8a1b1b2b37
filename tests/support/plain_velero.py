"""A cluster and a bucket that are dictionaries, and a site made of them, for tests of what is read from Velero."""

import json
from contextlib import nullcontext
from types import SimpleNamespace

from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import Silence
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery import velero


PROFILE = load_named_profile("hopsworks-standin")


def backup(schedule, name, phase="Completed", start="2026-11-22T00:00:00Z", place="bsl"):
    """A Backup as the API gives it."""
    return {
        "metadata": {"name": name, "namespace": "velero", "labels": {velero.SCHEDULE: schedule}},
        "spec": {"storageLocation": place},
        "status": {"phase": phase, "startTimestamp": start},
    }


class Cluster:
    """As much of a cluster as is needed: objects by kind."""

    def __init__(self, **kinds) -> None:
        self.kinds = kinds
        self.made = []

    def list(self, api, _namespace="", _labels=""):
        """Objects of a kind; a kind that is an error is refused."""
        found = self.kinds.get(api.rpartition("/")[2], [])
        if isinstance(found, OperationError):
            raise found
        return found

    def get(self, api, name, _namespace=""):
        """One object."""
        return next((each for each in self.list(api) if each["metadata"]["name"] == name), None)

    def exists(self, api, name, _namespace=""):
        """Whether it is there."""
        return self.get(api, name) is not None

    def watching(self, *_apis, namespace=""):
        """No watch: a wait looks by its interval alone."""
        assert namespace
        return nullcontext(Silence())

    def create(self, body):
        """Keep it."""
        self.made.append(body)
        return body


class Bucket:
    """Backups that lie in a bucket."""

    def __init__(self, *backups) -> None:
        self.files = {
            f"k8s/backups/{each['metadata']['name']}/velero-backup.json": json.dumps(each).encode() for each in backups
        }

    def folders(self, prefix):
        """Names right below a prefix."""
        return sorted({key.removeprefix(prefix).partition("/")[0] for key in self.files if key.startswith(prefix)})

    def get(self, key):
        """An object's bytes."""
        return self.files.get(key)


class Recorder:
    """Keeps the proofs that are recorded."""

    def __init__(self) -> None:
        self.proofs = {}

    def operation(self, *_, **__):
        """An operation that is not journalled."""
        return nullcontext(SimpleNamespace(text="", evidence=[]))

    def keep(self, *_):
        """Evidence that is not kept."""
        return ""

    def proof(self, name, *, passed, **_):
        """Keep it."""
        self.proofs[name] = passed
        return passed


def site(kube, bucket=None):
    """A site made of them."""
    return SimpleNamespace(kube=kube, store=bucket, profile=PROFILE, recorder=Recorder(), cluster_uid="u", labels={})
