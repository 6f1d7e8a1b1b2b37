"""What a run made, and the order in which it is removed."""

import journal_tape as tape

from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.safety.ledger import ORDER, Remover, unsettled


def thing(kind, name, **more):
    """A resource of cluster 1."""
    return ev.Resource(kind=kind, name=name, cluster_uid="1", **more)


MADE = [
    thing("namespace", "hopsworks", api="v1/Namespace"),
    thing("object", "credentials", namespace="velero", api="v1/Secret"),
    thing("bucket", "hopsdrill-0"),
    thing("s3-prefix", "rondb_backup/"),
    thing("velero-restores", "bsl", namespace="velero"),
    thing("velero-backups", "bsl", namespace="velero"),
    thing("velero-location", "bsl", namespace="velero", api="velero.io/v1/BackupStorageLocation"),
    thing("helm-release", "hopsworks", namespace="hopsworks"),
    thing("namespace", "project", api="v1/Namespace"),
]


def entries(*events):
    """A journal of these events."""
    return tape.seal_all([tape.Timed(at, event) for at, event in enumerate(events)])


def created(*resources):
    """Ledger entries."""
    return [ev.ResourceCreated(resource=each) for each in resources]


def test_things_go_by_kind_and_then_the_newest_first():
    """Restores while their location is there, then the release, its backups, namespaces, objects, and the bucket last."""
    found = unsettled(entries(*created(*MADE)))
    assert [each.kind for each in found] == sorted((each.kind for each in MADE), key=ORDER.index)
    assert [each.name for each in found if each.kind == "namespace"] == ["project", "hopsworks"]


def test_a_location_goes_after_its_restores_and_before_its_backups():
    """Velero needs it to remove what Restores left, and would bring Backups back by it."""
    kinds = [each.kind for each in unsettled(entries(*created(*MADE)))]
    assert kinds.index("velero-restores") < kinds.index("velero-location") < kinds.index("velero-backups")


def test_what_was_seen_to_be_gone_is_settled_and_can_come_back():
    """Removed is settled; made again is unsettled again."""
    first = MADE[0]
    assert unsettled(entries(*created(first), ev.ResourceRemoved(resource=first))) == []
    assert unsettled(entries(*created(first), ev.ResourceRemoved(resource=first), *created(first))) == [first]


def test_a_thing_of_another_cluster_is_left_alone():
    """The recorded UID decides, not the name."""
    reason = Remover(None, None, None, "2").remove(MADE[0])
    assert "another cluster" in reason


class Refusing:
    """A stand-in for a cluster that refuses everything."""

    def __getattr__(self, name):
        def refuse(*_, **__):
            msg = "the API server said 403"
            raise OperationError(msg)

        return refuse


def test_a_removal_that_fails_gives_its_reason_and_does_not_end_the_clean_up():
    """Every kind of thing gives the reason instead of raising."""
    remover = Remover(Refusing(), Refusing(), Refusing(), "1")
    assert {remover.remove(each) for each in MADE} == {"the API server said 403"}
