"""Whether a backup in the bucket is whole."""

import pytest

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.completeness import lacking


RONDB = load_named_profile("hopsworks-standin").rondb
WHOLE = ["users.sql", "databases.sql"] + [
    f"rondb/{node}/BACKUP-264831544-PART-{part}-OF-2/{name}"
    for node in (1, 2)
    for part in (1, 2)
    for name in ("a.ctl", "b.data")
]


def test_a_whole_backup_lacks_nothing():
    """All nodes, all parts, both SQL files."""
    assert lacking(WHOLE, RONDB) == []


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("users.sql", "users.sql is missing"),
        ("rondb/2/", "node 2 has no parts"),
        ("rondb/1/BACKUP-264831544-PART-2", "node 1: part 2 of 2 is missing"),
        ("rondb/2/BACKUP-264831544-PART-1-OF-2/b.data", "node 2: part 1 of 2 has no .data file"),
        ("rondb/1/BACKUP-264831544-PART-2-OF-2/a.ctl", "node 1: part 2 of 2 has no .ctl file"),
    ],
)
def test_each_missing_piece_is_named(gone, said):
    """A missing file, node or part is named."""
    assert lacking([key for key in WHOLE if not key.startswith(gone)], RONDB) == [said]


def test_a_node_of_another_platform_is_named():
    """A backup of a larger cluster is not this platform's."""
    assert lacking([*WHOLE, "rondb/7/BACKUP-264831544-PART-1-OF-1/a.ctl"], RONDB) == ["node 7 is not of this platform"]


def test_nothing_at_all_lacks_everything():
    """An empty prefix is no backup."""
    assert len(lacking([], RONDB)) == 4
