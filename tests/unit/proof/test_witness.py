"""The witness's account, judged."""

from datetime import UTC, datetime, timedelta

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.rondb.witness import Seen, Witness, emptied, parse


START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds):
    """A moment."""
    return START + timedelta(seconds=seconds)


def told(*rows):
    """Observations."""
    return [Seen(at(seconds), node, entries) for seconds, node, entries in rows]


FULL = told((0, 1, 9), (0, 2, 1), (5, 1, 0), (6, 2, 0), (8, 1, 9), (8, 2, 1))


def test_each_directory_was_seen_empty_between_full_and_full():
    """The moment of the first empty look is given for each node."""
    assert emptied(FULL, [1, 2], at(4), at(9)) == {1: at(5), 2: at(6)}


def test_a_directory_that_never_emptied_is_told():
    """A node whose directory kept its entries proves nothing."""
    assert emptied(told((0, 1, 9), (8, 1, 8)), [1], at(0), at(9)) == {1: None}


def test_empty_before_the_shutdown_does_not_count():
    """Only what is seen after the pods were gone counts."""
    assert emptied(FULL, [1], at(7), at(9)) == {1: None}


def test_empty_and_never_filled_again_does_not_count():
    """A directory that stayed empty was not restored."""
    assert emptied(told((0, 1, 9), (5, 1, 0)), [1], at(0), at(9)) == {1: None}


def test_always_empty_does_not_count():
    """A directory that held nothing before cannot be emptied."""
    assert emptied(told((0, 1, 0), (8, 1, 9)), [1], at(0), at(9)) == {1: None}


def test_an_absent_directory_is_not_an_empty_one():
    """-1 says that the directory is not there."""
    assert emptied(told((0, 1, 9), (5, 1, -1), (8, 1, 9)), [1], at(0), at(9)) == {1: None}


def test_a_node_nobody_watched_is_told():
    """No observation is no proof."""
    assert emptied(FULL, [1, 2, 4], at(4), at(9))[4] is None


def test_the_log_is_read_with_the_runtimes_times():
    """Nanoseconds are cut, other lines are passed over."""
    log = "2026-11-25T15:37:36.057123456Z 1 0\nnoise\n2026-11-25T15:37:38.1Z 2 -1\n"
    assert parse(log) == [
        Seen(datetime(2026, 11, 25, 15, 37, 36, 57123, tzinfo=UTC), 1, 0),
        Seen(datetime(2026, 11, 25, 15, 37, 38, 100000, tzinfo=UTC), 2, -1),
    ]


def test_the_pod_mounts_every_volume_read_only_and_has_an_end():
    """It can look, and nothing else; and it ends by itself."""
    pod = Witness(None, load_named_profile("hopsworks-standin"), "run").manifest()
    container = pod["spec"]["containers"][0]
    assert [mount["readOnly"] for mount in container["volumeMounts"]] == [True, True]
    assert pod["spec"]["activeDeadlineSeconds"] > 0
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert container["env"][1]["value"] == "/volumes/1/ndb_data/ndb_1_fs"
