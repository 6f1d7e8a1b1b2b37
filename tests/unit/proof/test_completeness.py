"""Whether a backup in the bucket is whole."""

import pytest

from hopsdrill.model.plan import AllowedGap
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.completeness import Kind, lacking, tables_in


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


# --- expected, backed up, restored, live -------------------------------------------------------------------------------


def kind(expected, backed_up, live, **more):
    """One kind."""
    return Kind("rondb", "rows", expected, backed_up, live, **more)


def gaps(found, cause="", allowed=()):
    """Stage, cause, count, things and leave of each gap."""
    made = found.gaps(lambda *_: cause, allowed)
    return [(each.stage, each.cause, each.count, each.things, each.allowed) for each in made]


def test_what_came_back_whole_has_no_gap():
    """What was made since is live, and no gap."""
    whole = kind({"a": 3, "b": 1}, {"a": 3, "b": 1}, {"a": 4, "b": 1, "new": 9})
    assert gaps(whole) == []
    assert whole.counts == {"expected": 4, "backed_up": 4, "restored": 4, "live": 14}


@pytest.mark.parametrize(
    ("backed_up", "live", "said"),
    [
        ({"a": 3}, {"a": 3}, [("backup", 1, ["b"])]),
        ({"a": 3, "b": 1}, {"a": 1, "b": 1}, [("restore", 2, ["a: 2 of 3"])]),
        ({"a": 3, "b": 1}, {}, [("restore", 4, ["a: 3 of 3", "b"])]),
        ({"a": 2}, {"a": 1}, [("backup", 2, ["a: 1 of 3", "b"]), ("restore", 1, ["a: 1 of 3"])]),
        ({"a": 3}, {"a": 3, "b": 1}, []),  # not in the backup, and never lost
        (None, {"a": 2, "b": 1}, [("restore", 1, ["a: 1 of 3"])]),
        ({"b": 1}, None, [("backup", 3, ["a: 3 of 3"])]),
    ],
)
def test_each_gap_is_counted_named_and_has_its_stage(backed_up, live, said):
    """Missing from the backup, or not come back from it; the numbers account for each other."""
    found = kind({"a": 3, "b": 1}, backed_up, live)
    assert [(stage, count, things) for stage, _, count, things, _ in gaps(found)] == said
    restored = found.counts["restored"]
    assert restored is None or 4 - restored == sum(count for _, count, _ in said)


def test_a_gap_has_its_cause_and_is_allowed_by_the_plan_only():
    """By cause, by name, for this store and kind; a reason is printed."""
    lost = kind({"a": 3, "b": 1}, None, {})
    assert gaps(lost) == [("restore", "no cause found", 4, ["a: 3 of 3", "b"], "")]
    cause = "failed part: node 1"
    leave = AllowedGap(store="rondb", cause="failed part", reason="known")
    assert gaps(lost, cause, [leave]) == [("restore", cause, 4, ["a: 3 of 3", "b"], "known")]
    for other in ({"store": "registry"}, {"kind": "tables"}, {"cause": "pruned"}, {"things": "^c$"}):
        refused = AllowedGap.model_validate({**leave.model_dump(), **other})
        assert gaps(lost, cause, [refused])[0][-1] == "", other
    named = AllowedGap(store="rondb", kind="rows", cause="excluded by plan", things="^b$", reason="scratch")
    assert gaps(lost, cause, [named]) == [
        ("restore", "excluded by plan", 1, ["b"], "scratch"),
        ("restore", cause, 3, ["a: 3 of 3"], ""),
    ]


def test_tables_are_read_from_a_backups_own_file():
    """As every dump program writes them."""
    dump = "USE `d`;\nCREATE TABLE IF NOT EXISTS `t` (\n  `USE ` int\n);\nUSE `e`;\nCREATE TABLE `t2` (\n"
    assert tables_in(dump) == {"d.t": 1, "e.t2": 1}
