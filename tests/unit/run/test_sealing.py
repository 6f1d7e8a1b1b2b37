"""What of a bucket belongs to a set, and what of it counts as the same."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from hopsdrill.adapters.s3_history import Stamp
from hopsdrill.core.errors import VerificationError
from hopsdrill.model.plan import GivenPoint
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.seal import Part
from hopsdrill.recovery.sets import Backup, BackupSet, Mark
from hopsdrill.run.sealing import gate as sealed
from hopsdrill.run.sealing.check import Checked, Reading, standing
from hopsdrill.run.sealing.parts import Span, at_point, parts
from hopsdrill.run.sealing.take import require_sealable


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SPAN = Span(NOON, NOON + timedelta(seconds=10))
PROFILE = load_named_profile("hopsworks-standin")


def history(*stamps):
    """A key's versions, given as seconds after noon from the newest; a marker as ``(seconds, None)``."""
    return [
        Stamp("k", f"v{at}", NOON + timedelta(seconds=at), latest=index == 0, marker=kind is None)
        for index, (at, kind) in enumerate(stamps)
    ]


B = "block"


@pytest.mark.parametrize(
    ("stamps", "chosen"),
    [
        ([(-5, B)], ["v-5"]),
        ([(20, None), (-5, B)], ["v-5"]),  # deleted after the point
        ([(5, None), (-5, B)], ["v-5"]),  # deleted within the span: it may be needed
        ([(0, None), (-5, B)], []),  # deleted before it
        ([(20, B), (-5, B)], ["v-5"]),  # written anew after it
        ([(20, B)], []),  # made after it
        ([(20, None), (15, B)], []),
        ([(5, B)], ["v5"]),  # made within the span
        ([(20, B), (15, None), (-5, B)], ["v-5"]),  # deleted after it, and made again
        ([(30, None), (-2, B), (-5, B)], ["v-2"]),
    ],
)
def test_the_version_that_stood_at_the_point_is_chosen(stamps, chosen):
    """Written before its end, and not gone by its beginning."""
    assert [each.version for each in at_point(history(*stamps), SPAN)] == chosen


def test_each_store_has_its_place_and_shared_places_are_open():
    """A folder of its own takes nothing else; the repository and the blocks are everybody's."""
    ids = {"rondb": "1", "opensearch": "2", "registry": "3", "kubernetes": "m-1", "kubernetes (projects)": "u-1"}
    found = {each.name: (each.prefix, each.closed, each.undeleted) for each in parts(PROFILE, ids)}
    assert found == {
        "hopsfs": ("hopsfs-blocks-set-", False, True),
        "kubernetes": ("k8s_backup/backups/m-1/", True, False),
        "kubernetes (projects)": ("k8s_backup/backups/u-1/", True, False),
        "opensearch": ("opensearch_backup/", False, False),
        "registry": ("registry_backup/3/", True, False),
        "rondb": ("rondb_backup/1/", True, False),
    }
    assert list(found) == sorted(found)


def test_a_delete_marker_hides_an_object_except_where_the_restore_takes_it_away():
    """What a restore would find."""
    gone = history((5, None), (-5, B))
    assert standing(gone, Part(name="rondb", prefix="k")) is None
    assert standing(gone, Part(name="hopsfs", prefix="k", undeleted=True)).version == "v-5"
    assert standing(history((5, None)), Part(name="hopsfs", prefix="k", undeleted=True)) is None


def test_small_objects_are_read_until_the_set_has_cost_enough(monkeypatch):
    """Unless everything or nothing is asked for."""
    monkeypatch.setattr("hopsdrill.run.sealing.check.WHOLE_BYTES", 10)
    monkeypatch.setattr("hopsdrill.run.sealing.check.TOTAL_BYTES", 15)
    own = Reading()
    assert [own.wants(each) for each in (10, 11, 10, 5, 1)] == [True, False, False, True, False]
    assert Reading(full=True).wants(10**12)
    assert not Reading(full=False).wants(1)


def test_what_could_not_be_read_is_no_pass():
    """Unless something is known to be wrong, which says more."""
    unread = Checked(unread=["the entry of rondb: no cluster was read"])
    assert (int(unread.status), int(Checked().status)) == (8, 0)
    assert int(Checked(unread=unread.unread, records=["missing: an entry"]).status) == 1


@pytest.mark.parametrize("mark", [Mark.INCOMPLETE, Mark.UNVERIFIED, Mark.ORPHANED])
def test_what_is_not_whole_is_not_sealed(mark):
    """A seal over a damaged set would make it look good."""
    own = Backup("rondb", "1", start=NOON, end=NOON)
    with pytest.raises(VerificationError, match="not sealed"):
        require_sealable(BackupSet(NOON, {"rondb": own}, mark=mark, reasons=("rondb: no parts",)))
    assert require_sealable(BackupSet(NOON, {"rondb": own})) == Span(NOON, NOON)


def gate(monkeypatch, said, accepted=""):
    """The version's gate of a set without a seal, whose backup says this of its version."""
    monkeypatch.setattr(sealed, "chosen", lambda *_: SimpleNamespace(backups={"kubernetes": SimpleNamespace(id="m-1")}))
    monkeypatch.setattr(sealed, "made_by", lambda *_: said)
    kube = SimpleNamespace(get=lambda *_: None)
    site = SimpleNamespace(kube=kube, profile=PROFILE, accepts_unknown_version=accepted)
    plan = SimpleNamespace(recovery_point=GivenPoint(set="1"))
    (found,) = sealed.gates(plan, site).values()
    return found()


def test_the_version_that_made_a_named_set_is_compared_before_anything(monkeypatch):
    """The profile's is let through, another shuts the gate; it is named with who says it."""
    assert gate(monkeypatch, {"its annotation": PROFILE.version})[0] is True
    opened, why = gate(monkeypatch, {"its annotation": PROFILE.version, "an object": "9.8.7"})
    assert opened is False
    assert "an object of m-1 says 9.8.7" in why


def test_a_named_set_of_which_nothing_says_the_version_is_refused_unless_the_plan_accepts_it(monkeypatch):
    """As a restore of it would be, only earlier."""
    opened, why = gate(monkeypatch, {})
    assert opened is False
    assert "accept_unknown_version" in why
    assert gate(monkeypatch, {}, "the ticket says it") == (
        True,
        "nothing says which version made m-1; the plan: the ticket says it",
    )
