"""The version that made a backup."""

import contextlib
import gzip
import io
import json
import tarfile
from types import SimpleNamespace

import pytest

from hopsdrill.core.errors import PreconditionError
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery.version import ANNOTATION, Versions, require_version


PROFILE = load_named_profile("hopsworks-standin")
MAIN = "k8s-backups-main-1"


def archive(*objects):
    """A Velero archive with objects."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as packed:
        for each in objects:
            text = json.dumps(each).encode()
            name = f"resources/configmaps/namespaces/{each['metadata']['namespace']}/{each['metadata']['name']}.json"
            member = tarfile.TarInfo(name)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text))
    return gzip.compress(raw.getvalue())


def says(version, name="platform-version", namespace="hopsworks"):
    """The object by which the platform says its version."""
    return {"kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": {"version": version}}


class Recorder:
    """A stand-in for the recorder."""

    @contextlib.contextmanager
    def operation(self, *_, **__):
        """Nothing is written."""
        yield SimpleNamespace(text="")


def site(data=None, *, asked="1.0.0", running="1.0.0", accepts=""):
    """As much of a site as is asked."""
    helm = SimpleNamespace(chart_version=lambda _: asked, installed_version=lambda *_, **__: running)
    key = f"k8s_backup/backups/{MAIN}/{MAIN}.tar.gz"
    return SimpleNamespace(
        profile=PROFILE,
        namespace="hopsworks",
        release=SimpleNamespace(name="hopsworks"),
        helm=helm,
        store=SimpleNamespace(get={key: data}.get),
        recorder=Recorder(),
        accepts_unknown_version=accepts,
    )


def main(annotation=""):
    """The Velero Backup."""
    return {"metadata": {"name": MAIN, "annotations": {ANNOTATION: annotation} if annotation else None}}


@pytest.mark.parametrize(
    ("data", "annotation"), [(archive(says("1.0.0")), ""), (None, "1.0.0"), (archive(says("1.0.0")), "1.0.0")]
)
def test_the_own_version_is_let_through(data, annotation):
    """Whoever says it."""
    assert require_version(site(data), main(annotation), in_place=True).asked == "1.0.0"


@pytest.mark.parametrize(
    ("asked", "running", "in_place", "said"),
    [
        ("2.0.0", "1.0.0", True, "the chart to be installed is 2.0.0"),
        ("1.0.0", "2.0.0", True, "the release that runs is 2.0.0"),
        ("2.0.0", "2.0.0", True, "installed is 2.0.0 and the release that runs is 2.0.0"),
        ("2.0.0", "", False, "the chart to be installed is 2.0.0"),
    ],
)
def test_another_version_is_refused_naming_both(asked, running, in_place, said):
    """In place, and into a new cluster."""
    with pytest.raises(PreconditionError, match=r"made by version 1\.0\.0") as refused:
        require_version(site(archive(says("1.0.0")), asked=asked, running=running), main(), in_place=in_place)
    assert said in refused.value.message
    assert "nothing was touched" in refused.value.hint


def test_into_a_new_cluster_nothing_runs():
    """What runs elsewhere does not count."""
    require_version(site(archive(says("1.0.0")), running="9"), main(), in_place=False)


@pytest.mark.parametrize(
    "data",
    [None, archive(), archive(says("1.0.0", namespace="other")), archive(says("1.0.0", name="other")), b"damaged"],
    ids=["absent", "says nothing", "another namespace", "another object", "damaged"],
)
def test_what_nobody_says_is_refused_unless_the_plan_says_how_it_is_known(data):
    """Not in the archive, not annotated."""
    with pytest.raises(PreconditionError, match="nothing says which version") as refused:
        require_version(site(data), main(), in_place=True)
    assert "accept_unknown_version" in refused.value.hint
    require_version(site(data, accepts="the operator's record"), main(), in_place=True)


def test_a_contradiction_is_refused_even_where_the_plan_accepts_the_unknown():
    """Something is wrong with such a backup."""
    with pytest.raises(PreconditionError, match="contradictory"):
        require_version(site(archive(says("1.0.0")), accepts="known"), main("2.0.0"), in_place=True)


def test_agreement_has_no_fault():
    """The pure core."""
    assert Versions({"a": "1", "b": "1"}, "1", "1").fault == ""
    assert Versions({}, "1").unknown
