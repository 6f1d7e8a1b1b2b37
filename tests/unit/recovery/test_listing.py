"""Lists of successful backups: the order is that of their times, and what is not known is not absent."""

import json
from types import SimpleNamespace

import pytest
from plain_velero import PROFILE, Cluster, backup

from hopsdrill.cli import of_store
from hopsdrill.core.errors import OperationError, UsageError
from hopsdrill.recovery.listing import Listed, Listing, listing, stores


def config_map(name, **times):
    """A metadata ConfigMap; a time that is no time is its entry's text."""
    data = {
        key: json.dumps({"start_time": f"{when}T00:00:00Z", "state": "SUCCESS"}) if when[:2] == "20" else when
        for key, when in times.items()
    }
    return {"metadata": {"name": name}, "data": data}


def test_rotated_records_are_listed_by_time_and_never_by_number():
    """250110000 is the newest of 2025 and the lowest number."""
    maps = [
        config_map("a", **{"255110000": "2025-12-15", "250110000": "2025-12-29"}),
        config_map("a-1", **{"255210000": "2025-12-22"}),
    ]
    found = listing(PROFILE, "rondb", Cluster(ConfigMap=maps), None)
    assert [each.id for each in found.backups] == ["250110000", "255210000", "255110000"]
    assert of_store.code(found) == 0


def test_what_is_no_success_is_told_and_not_listed():
    """A failed record and a damaged one."""
    entry = json.dumps({"start_time": "2026-01-01T00:00:00Z", "state": "FAILED"})
    maps = [config_map("a", good="2025-01-01", damaged="{", failed=entry)]
    found = listing(PROFILE, "opensearch", Cluster(ConfigMap=maps), None)
    assert [each.id for each in found.backups] == ["good"]
    assert [each.partition(":")[0] for each in found.passed_over] == ["damaged", "failed"]


def test_a_record_without_a_time_comes_last():
    """Nobody knows how old it is."""
    maps = [config_map("a", untimed='{"state": "SUCCESS"}', timed="2020-01-01")]
    assert [each.id for each in listing(PROFILE, "rondb", Cluster(ConfigMap=maps), None).backups] == [
        "timed",
        "untimed",
    ]


def test_velero_s_completed_backups_of_both_schedules_are_listed_by_their_start():
    """One that is not whole is told, and one of another location or schedule is not there."""
    names, crd = PROFILE.kubernetes, {"metadata": {"name": "backups.velero.io"}}
    main, users, place = names.main_schedule, names.users_schedule, names.storage_location
    found = [
        backup(main, "old", start="2026-01-01T00:00:00Z", place=place),
        backup(users, "new", start="2026-01-02T00:00:00Z", place=place),
        backup(main, "broken", phase="PartiallyFailed", start="2026-01-03T00:00:00Z", place=place),
        backup("other", "foreign", place=place),
        backup(main, "elsewhere", place="elsewhere"),
    ]
    told = listing(PROFILE, "kubernetes", Cluster(Backup=found, CustomResourceDefinition=[crd]), None)
    assert [(each.id, each.schedule) for each in told.backups] == [("new", users), ("old", main)]
    assert told.passed_over == ("broken: it is PartiallyFailed; 0 errors, 0 warnings",)


@pytest.mark.parametrize("store", stores(PROFILE))
def test_records_that_may_not_be_read_are_unknown(store):
    """Exit code 8, and the reason."""
    refused = OperationError("the API server said 403")
    found = listing(PROFILE, store, Cluster(ConfigMap=refused, Backup=refused, CustomResourceDefinition=refused), None)
    assert found.unread == "the API server said 403"
    assert of_store.code(found) == 8
    assert "not known" in of_store.summary(found)


def test_without_a_cluster_records_are_unknown():
    """They are in its ConfigMaps."""
    assert of_store.code(listing(PROFILE, "rondb", None, None)) == 8


def test_no_backup_is_exit_code_1():
    """That is known."""
    found = listing(PROFILE, "rondb", Cluster(), None)
    assert of_store.code(found) == 1
    assert of_store.summary(found) == "There is no successful backup of rondb."


def test_the_table_counts_what_it_does_not_show():
    """A line each."""
    found = Listing("rondb", tuple(Listed(str(each)) for each in range(4)))
    assert list(of_store.lines(found, 3))[-1] == "... and 1 older ones: --last 0 shows them"
    assert len(list(of_store.lines(found, 0))) == 5
    assert list(of_store.lines(Listing("rondb"), 3)) == []


def test_an_unknown_store_is_named_with_the_known_ones():
    """Those of the profile, and Velero's."""
    with pytest.raises(UsageError, match="no store 'kafka'") as error:
        of_store.tell(SimpleNamespace(profile=PROFILE), "kafka", 0, as_json=False)
    assert error.value.hint == "--store rondb | opensearch | registry | kubernetes"
