"""Which Velero a cluster of the lab gets: by the cluster's UID, by a version the lab knows and has built."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.lab import cluster, engine, state, velero
from hopsdrill.lab.catalog import catalog
from hopsdrill.lab.images import Builder
from hopsdrill.model.lab import ClusterRef, LabState


LAB = LabState(
    docker_host="h",
    engine_own=True,
    network="n",
    clusters={
        "c": ClusterRef(
            name="c", kubeconfig=Path("/none"), context="c", uid="mine", created=datetime(2026, 1, 1, tzinfo=UTC)
        )
    },
)


@pytest.fixture
def done(monkeypatch):
    """What is done to the cluster, which answers; every program and image is there."""
    done = []
    monkeypatch.setattr(state, "load", lambda: LAB)
    monkeypatch.setattr(velero, "program", lambda name: Path("/") if name != "kind" else Path("/kind"))
    monkeypatch.setattr(cluster, "alive", lambda *_: True)
    monkeypatch.setattr(engine, "find", lambda: SimpleNamespace(image_id=lambda _: "sha256:1"))
    monkeypatch.setattr(velero.Kind, "load", lambda _, name, reference: done.append(("load", name, reference)))
    monkeypatch.setattr(velero.VeleroCli, "uninstall", lambda _, namespace: done.append(("uninstall", namespace)))
    monkeypatch.setattr(
        cluster, "install_velero", lambda _, given, **images: done.append((given.name, images["image"]))
    )
    monkeypatch.setattr(cluster, "wait_ready", lambda _, given: done.append(("ready", given.name)))
    return done


def replaced(image):
    """What replacing it comes to."""
    return [("uninstall", "velero"), ("c", f"hopsdrill.local/{image}"), ("ready", "c")]


def test_velero_is_put_back_or_changed_only_in_a_cluster_of_the_lab_that_answers(done, monkeypatch):
    """By its UID; else it says what was not done, and touches nothing."""
    velero.put_back("mine")
    assert done == replaced("velero:v1.17.1")
    done.clear()
    with pytest.raises(OperationError, match="no cluster another that answers, so its Velero was not put back"):
        velero.put_back("another")
    monkeypatch.setattr(cluster, "alive", lambda *_: False)
    with pytest.raises(OperationError, match="no cluster mine that answers, so its Velero was not changed"):
        velero.change("mine", "v1.18.3")
    assert done == []


def test_another_version_is_loaded_into_the_node_first_and_the_labs_own_is_there(done):
    """Its command line is its own, too, for that brings its kinds."""
    velero.change("mine", "v1.18.3")
    assert done == [("load", "hopsdrill-c", "hopsdrill.local/velero-1.18:v1.18.3"), *replaced("velero-1.18:v1.18.3")]
    done.clear()
    velero.change("mine", "v1.17.1")
    assert done == replaced("velero:v1.17.1")


def test_a_version_that_is_unknown_or_not_built_is_told_before_anything_is_touched(done, monkeypatch):
    """With what the lab has, and the command that builds it."""
    with pytest.raises(PreconditionError, match=r"no recipe for Velero v1.2; it has v1.17.1 and v1.18.3"):
        velero.change("mine", "v1.2")
    monkeypatch.setattr(engine, "find", lambda: SimpleNamespace(image_id=lambda _: None))
    with pytest.raises(PreconditionError, match=r"has not built Velero v1.18.3") as caught:
        velero.change("mine", "v1.18.3")
    assert caught.value.hint == "hopsdrill lab up --cluster c --velero v1.18.3"
    assert done == []


def test_an_optional_image_is_built_only_where_it_is_asked_for(monkeypatch):
    """Nobody else waits for its compiler."""
    builder = Builder(None, catalog(), None)
    monkeypatch.setattr(builder, "present", lambda _: False)
    assert "velero-1.18" not in [image.name for image in builder.missing()]
    assert "velero-1.18" in [image.name for image in builder.missing(["velero-1.18"])]
