"""Tests on the real lab: they fail, and never skip, where it is not there."""

from pathlib import Path

import pytest

from hopsdrill.adapters.helm import Helm
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.lab import load, program
from hopsdrill.model.lab import LabState


HERE = Path(__file__).parent
collect_ignore = ["drills"]  # bindings for `hopsdrill run`


def pytest_collection_modifyitems(items):
    """Everything here needs the lab."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session")
def lab() -> LabState:
    """The lab as `lab up` left it."""
    return load()


@pytest.fixture(scope="session")
def kube(lab) -> Kube:
    """The lab's cluster."""
    ref = lab.clusters["drill"]
    return Kube(ref.kubeconfig, ref.context, uid=ref.uid)


@pytest.fixture(scope="session")
def helm(lab, kube) -> Helm:
    """Helm on the lab's cluster."""
    ref = lab.clusters["drill"]
    return Helm(program("helm"), ref.kubeconfig, ref.context, guard=kube.require_changeable)


@pytest.fixture(scope="session")
def bucket(lab) -> ObjectStore:
    """The lab's bucket."""
    return ObjectStore(lab.store)
