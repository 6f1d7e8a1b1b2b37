"""A cell of a release's matrix: which versions stand, what is made anew, and what is refused before anything is touched."""

from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.run import qualify, velero_version
from hopsdrill.run.versions import by_version


class Cell:
    """A platform in a version with a Velero in a version, and what was done to them."""

    def __init__(self, monkeypatch, *, platform="0.1.0", velero="v1.17.1", inhabited=False, obeys=True) -> None:
        self.platform, self.velero, self.obeys, self.done, self.seen = platform, velero, obeys, [], {}
        self.site = judged.site(helm=self, chart="hopsworks-standin", velero="", cluster_uid="u")
        self.site.recorder.action = lambda name, *, effective, **_: self.seen.update({name: effective})
        self.site.ledger = lambda *words, **_: self.done.append(words)
        monkeypatch.setattr(qualify.platform_version, "running", lambda _: self.platform)
        monkeypatch.setattr(qualify, "inhabited", lambda _: inhabited)
        monkeypatch.setattr(qualify, "renew", self.renew)
        monkeypatch.setattr(qualify, "begin", self.begin)
        monkeypatch.setattr(qualify, "stands", lambda _: bool(platform))
        monkeypatch.setattr(qualify, "by_version", self.by)
        for module in (qualify, velero_version):
            monkeypatch.setattr(module, "says", lambda _: self.velero)
        monkeypatch.setattr(velero_version, "require_unused", lambda _: None)
        monkeypatch.setattr(velero_version.velero, "change", self.change)

    def by(self, site, version):
        """The chart in that version."""
        profile = site.profile.model_copy(update={"version": version})
        return SimpleNamespace(chart=f"chart-{version}", profile=profile)

    def change(self, uid, version):
        """Another Velero."""
        self.done.append(("change", uid, version))
        self.velero = version if self.obeys else self.velero

    def renew(self, site):
        """The platform, and the Velero the site names."""
        self.done.append("removed")
        self.begin(site)

    def begin(self, site):
        """The same, where nothing is to be removed."""
        self.done.append((site.chart, site.profile.version))
        velero_version.have_velero(site)
        self.platform = site.profile.version


def test_versions_that_stand_already_are_left_as_they_are(monkeypatch):
    """Nothing is made anew that need not be."""
    cell = Cell(monkeypatch)
    qualify.stand(cell.site, "0.1.0", "v1.17.1")
    assert (cell.done, cell.seen) == ([], {"versions-are-as-named": True})


@pytest.mark.parametrize(
    ("stands", "velero_changes"),
    [({"platform": "0.2.0"}, False), ({"inhabited": True}, False), ({"velero": "v1"}, True)],
)
def test_what_has_another_version_or_data_is_made_anew(monkeypatch, stands, velero_changes):
    """The platform always; Velero where it is another, which the ledger knows before it is changed."""
    cell = Cell(monkeypatch, **stands)
    qualify.stand(cell.site, "0.1.0", "v1.17.1")
    changes = [("lab-velero", "velero"), ("change", "u", "v1.17.1")] if velero_changes else []
    assert cell.done == ["removed", ("chart-0.1.0", "0.1.0"), *changes]
    assert cell.seen == {"versions-are-as-named": True}


def test_where_no_platform_stands_yet_it_is_installed_in_the_named_version(monkeypatch):
    """Not in another one first."""
    cell = Cell(monkeypatch, platform="")
    qualify.stand(cell.site, "0.2.0", "v1.17.1")
    assert cell.done == [("chart-0.2.0", "0.2.0")]
    assert cell.seen == {"versions-are-as-named": True}


def test_another_version_than_the_named_one_is_no_cell(monkeypatch):
    """A platform that stayed as it was had no effect; a Velero that says another version ends it."""
    cell = Cell(monkeypatch)
    monkeypatch.setattr(qualify, "renew", lambda _: None)
    qualify.stand(cell.site, "0.2.0", "v1.17.1")
    assert cell.seen == {"versions-are-as-named": False}
    cell = Cell(monkeypatch, obeys=False)
    with pytest.raises(OperationError, match=r"Velero v1.18.3 was installed, and its server says v1.17.1"):
        qualify.stand(cell.site, "0.1.0", "v1.18.3")


def test_a_velero_that_somebody_uses_is_not_replaced(monkeypatch):
    """And where no version is named, nothing is asked."""
    cell = Cell(monkeypatch)

    def refuse(_):
        msg = "1 things would go with it"
        raise PreconditionError(msg)

    monkeypatch.setattr(velero_version, "require_unused", refuse)
    velero_version.have_velero(cell.site)
    cell.site.velero = "v1.18.3"
    with pytest.raises(PreconditionError, match="would go with it"):
        velero_version.have_velero(cell.site)
    assert cell.done == []


def test_a_charts_own_version_is_not_packed():
    """It is what the profile names."""
    site = judged.site(chart="c")
    assert by_version(site, site.profile.version) is site
