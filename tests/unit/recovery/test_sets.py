"""Backup sets: ordered by start time, each marked with the reason; the contract's New Year and duplicate-ID cases."""

from datetime import datetime, timedelta

import pytest

from hopsdrill.core.clock import parse_utc
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery.seen import Entry, Seen
from hopsdrill.recovery.sets import Facts, Mark, Storage, Stored, VeleroBackup, sets


# rondb, opensearch and Velero only: the registry's own, separate backup has tests of its own below
REAL = load_named_profile("hopsworks")
PROFILE = REAL.model_copy(update={"unconfirmed": []})
FULL = load_named_profile("hopsworks-standin")
STORES = ("rondb", "opensearch")
FORM = "%y%V%u%H%M"


def at(text) -> datetime:
    """A moment, UTC."""
    return parse_utc(f"{text}:00Z" if len(text) == 16 else f"{text}T00:00:00Z")


def entry(start: datetime, own: str = "", state="SUCCESS", config_map="rondb-backups-metadata") -> Entry:
    """An entry as the platform writes it."""
    return Entry(own or start.strftime(FORM), config_map, start, start + timedelta(seconds=30), state)


def stored(start: datetime, own: str = "", *lacking) -> Stored:
    """Files whose first was written a second after the start."""
    return Stored(own or start.strftime(FORM), start + timedelta(seconds=1), lacking)


def velero(start: datetime) -> list[VeleroBackup]:
    """The two Backups of a tick."""
    made = [("k8s-backups-main", "kubernetes"), ("k8s-backups-users-resources", "kubernetes (projects)")]
    late = start + timedelta(minutes=1)
    return [VeleroBackup(f"{name}-{late:%Y%m%d%H%M%S}", store, late, late) for name, store in made]


def facts(*starts, stores=STORES) -> Facts:
    """One whole run at each start."""
    backups = [each for start in starts for each in velero(start)]
    return Facts(
        entries={store: Seen([entry(start) for start in starts]) for store in stores},
        storage={store: Seen(Storage(tuple(stored(start) for start in starts))) for store in stores},
        velero=Seen(backups),
        archived=Seen(backups),
    )


def ids(found, store="rondb") -> list[str]:
    """The IDs of one store, as the sets stand."""
    return [each.backups[store].id for each in found if store in each.backups]


def test_a_whole_run_is_complete_and_restored_by_the_global_id_alone():
    """The page's own example."""
    found = sets(facts(at("2025-11-24 12:00")), PROFILE)
    assert [each.mark for each in found] == [Mark.COMPLETE]
    assert list(found[0].backups) == ["rondb", "opensearch", "kubernetes", "kubernetes (projects)"]
    assert str(found[0].restore) == "the global ID 254811200 alone"
    assert not found[0].reasons


def test_the_new_year_id_sorts_oldest_though_it_is_the_newest():
    """2025-12-29 gets 250110000, below every other ID of 2025."""
    starts = [at("2025-12-15"), at("2025-12-22"), at("2025-12-29")]
    found = sets(facts(*starts), PROFILE)
    assert ids(found) == ["250110000", "255210000", "255110000"]
    assert min(ids(found)) == ids(found)[0]
    assert all(each.mark is Mark.COMPLETE for each in found)


def test_an_id_that_outranks_all_others_of_its_year_is_not_the_newest_for_it():
    """2027-01-03 gets 275370000, above every weekly backup until the end of 2027."""
    starts = [at("2027-01-03"), at("2027-01-10"), at("2027-12-26")]
    found = sets(facts(*starts), PROFILE)
    assert ids(found)[-1] == "275370000" == max(ids(found))
    assert [each.start for each in found] == starts[::-1]


@pytest.mark.parametrize(
    ("first", "second", "own"),
    [("2025-01-01", "2025-12-31", "250130000"), ("2028-01-02", "2028-12-31", "285270000")],
)
def test_a_later_run_whose_id_was_taken_is_missing_with_that_reason(first, second, own):
    """Its prefix is the earlier run's, so it failed: only Velero has anything of that day."""
    early, late = at(first), at(second)
    assert early.strftime(FORM) == late.strftime(FORM) == own
    given = facts(early)
    backups = [*given.velero.value, *velero(late)]
    found = sets(Facts(given.entries, given.storage, Seen(backups), Seen(backups)), PROFILE)
    assert [each.mark for each in found] == [Mark.INCOMPLETE, Mark.COMPLETE]
    assert list(found[0].backups) == ["kubernetes", "kubernetes (projects)"]
    assert all(any(store in reason for reason in found[0].reasons) for store in STORES)


@pytest.mark.parametrize(
    ("first", "second", "own"),
    [("2025-01-01", "2025-12-31", "250130000"), ("2028-01-02", "2028-12-31", "285270000")],
)
def test_the_taken_id_is_named_where_another_store_began_in_the_same_minute(first, second, own):
    """OpenSearch kept no snapshot of the first day, so its second run went well; the database's did not."""
    early, late = at(first), at(second)
    given = facts(early)
    given.entries["opensearch"] = Seen([entry(late)])
    given.storage["opensearch"] = Seen(Storage((stored(late),)))
    found = sets(given, PROFILE)
    reason = next(each for each in found[0].reasons if each.startswith("rondb"))
    assert f"its ID {own} was taken: the backup of {first}T00:00:00.000Z has it" in reason


@pytest.mark.parametrize(
    ("first", "second", "own"),
    [("2025-01-01", "2025-12-31", "250130000"), ("2028-01-02", "2028-12-31", "285270000")],
)
@pytest.mark.parametrize("whose", [0, 1])
def test_two_entries_with_one_id_are_told_apart_by_the_files_time(first, second, own, whose):
    """Rotated ConfigMaps may both have the key; the prefix holds one run only, and the other entry is orphaned."""
    days = [at(first), at(second)]
    given = facts(*days)
    given.entries["rondb"] = Seen([entry(days[0]), entry(days[1], config_map="rondb-backups-metadata-1")])
    given.storage["rondb"] = Seen(Storage((stored(days[whose]),)))
    found = sets(given, PROFILE)
    marks = {each.start: each.backups["rondb"].mark for each in found}
    assert marks == {days[whose]: Mark.COMPLETE, days[1 - whose]: Mark.ORPHANED}
    assert ids(found) == [own, own]
    lost = next(each for each in found if each.start == days[1 - whose])
    assert lost.mark is Mark.INCOMPLETE
    assert f"is of the run of {(first, second)[whose]}T00:00" in lost.reasons[0]


def test_two_entries_with_one_id_stay_unverified_where_no_time_tells():
    """A copied bucket has other times than either run."""
    days = [at("2025-01-01"), at("2025-12-31")]
    given = facts(*days)
    given.storage["rondb"] = Seen(Storage((stored(at("2026-03-01"), "250130000"),)))
    assert {each.backups["rondb"].mark for each in sets(given, PROFILE)} == {Mark.UNVERIFIED}


def test_ids_that_differ_between_stores_need_an_override():
    """Each CronJob makes its own ID in its own minute: the global ID does not reach the other store."""
    start = at("2025-11-24 11:59")
    given = facts(start)
    given.entries["opensearch"] = Seen([entry(start + timedelta(minutes=1))])
    given.storage["opensearch"] = Seen(Storage((stored(start + timedelta(minutes=1)),)))
    found = sets(given, PROFILE)
    assert found[0].mark is Mark.COMPLETE
    assert found[0].restore.backup_id == "254811159"
    path = "olk.opensearch.restore.repositories.default.snapshots.default.snapshot_name"
    assert found[0].restore.overrides == {path: "254811200"}
    assert str(found[0].restore) == "the global ID 254811159 with 1 override"


def test_an_older_set_needs_veleros_backups_by_name():
    """Without a name the latest ones are restored: newer Secrets with an older database."""
    found = sets(facts(at("2026-11-15"), at("2026-11-22")), PROFILE)
    assert found[0].restore.overrides == {}
    assert found[1].restore.overrides == {
        "hopsworks.velero.restore.mainScheduleBackupId": "k8s-backups-main-20261115000100",
        "hopsworks.velero.restore.usersScheduleBackupId": "k8s-backups-users-resources-20261115000100",
    }


def test_the_registry_is_restored_by_a_value_of_its_own():
    """It is backed up apart from the platform, so even the same ID must be said."""
    found = sets(facts(at("2026-11-22"), stores=FULL.recorded), FULL)
    assert found[0].mark is Mark.COMPLETE
    assert found[0].restore.overrides == {"registry.restoreFromBackup.backupId": "264770000"}


def test_a_set_that_no_value_of_the_profile_can_name_is_not_restorable():
    """The profile knows no value for that store's ID."""
    few = PROFILE.model_copy(update={"restore_values": {}})
    start = at("2025-11-24 11:59")
    given = facts(start)
    given.entries["opensearch"] = Seen([entry(start + timedelta(minutes=1))])
    given.storage["opensearch"] = Seen(Storage((stored(start + timedelta(minutes=1)),)))
    restore = sets(given, few)[0].restore
    assert not restore.possible
    assert "opensearch" in restore.why_not


DAY = at("2026-11-22")
OWN = "264770000"


def lost_entry(given):
    """Files that no entry knows."""
    given.entries["rondb"] = Seen([])


def lost_files(given):
    """An entry whose files are gone."""
    given.storage["rondb"] = Seen(Storage(absent="nothing lies under rondb_backup/{id}/ in the bucket"))


def lost_part(given):
    """A node's folder is missing."""
    given.storage["rondb"] = Seen(Storage((stored(DAY, OWN, "node 2 has no parts"),)))


def failed(given):
    """A state other than SUCCESS."""
    given.entries["rondb"] = Seen([entry(DAY, state="FAILED")])


def damaged(given):
    """An entry that is no JSON."""
    given.entries["rondb"] = Seen([Entry(OWN, "rondb-backups-metadata", DAY, problem="its entry cannot be read")])


def no_snapshot(given):
    """The repository does not list it."""
    given.storage["opensearch"] = Seen(Storage(absent="no snapshot {id} in opensearch_backup/index-7"))


def velero_failed(given):
    """Velero's backup ended badly."""
    first = given.velero.value[0]
    given.velero.value[0] = VeleroBackup(first.name, first.store, DAY, DAY, "PartiallyFailed", "2 errors")


def velero_lost(given):
    """A Backup object whose folder is gone."""
    given.archived.value.pop(0)


def velero_short(given):
    """Velero's archive is missing."""
    first = given.archived.value[0]
    given.archived.value[0] = VeleroBackup(first.name, first.store, first.start, lacking=("x.tar.gz is missing",))


def velero_unknown(given):
    """A folder that no Backup object knows."""
    given.velero.value.pop(0)


DEFECTS = {
    lost_entry: ("rondb", Mark.ORPHANED, "files without an entry"),
    lost_files: ("rondb", Mark.ORPHANED, "entry without files: nothing lies under rondb_backup/264770000/"),
    lost_part: ("rondb", Mark.INCOMPLETE, "node 2 has no parts"),
    failed: ("rondb", Mark.INCOMPLETE, "its entry says FAILED"),
    damaged: ("rondb", Mark.INCOMPLETE, "cannot be read"),
    no_snapshot: ("opensearch", Mark.ORPHANED, "no snapshot 264770000 in opensearch_backup/index-7"),
    velero_failed: ("kubernetes", Mark.INCOMPLETE, "it is PartiallyFailed: 2 errors"),
    velero_lost: ("kubernetes", Mark.ORPHANED, "Backup object without files"),
    velero_short: ("kubernetes", Mark.INCOMPLETE, "x.tar.gz is missing"),
    velero_unknown: ("kubernetes", Mark.ORPHANED, "files without a Backup object"),
}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.__name__)
def test_each_defect_is_marked_with_its_reason_and_the_set_is_incomplete(defect):
    """The store's own mark and reason, the set's mark, and no restore is promised."""
    store, mark, said = DEFECTS[defect]
    given = facts(DAY)
    one = Facts(given.entries, given.storage, Seen(list(given.velero.value)), Seen(list(given.velero.value)))
    defect(one)
    found = sets(one, PROFILE)
    assert len(found) == 1
    assert found[0].mark is Mark.INCOMPLETE
    assert found[0].backups[store].mark is mark
    assert any(said in reason for reason in found[0].reasons), found
    assert not found[0].restore.possible


def test_a_start_known_from_the_files_alone_is_marked_approximate():
    """No entry says when it began; its oldest file does, roughly."""
    given = facts(DAY)
    given.entries["rondb"] = Seen([])
    backup = sets(given, PROFILE)[0].backups["rondb"]
    assert backup.approximate
    assert backup.start == DAY + timedelta(seconds=1)


def test_a_velero_backup_of_another_tick_is_a_set_of_its_own():
    """Eleven minutes after the run began it is no longer that run's."""
    given = facts(DAY)
    other = velero(DAY + timedelta(minutes=10))
    found = sets(Facts(given.entries, given.storage, Seen(other), Seen(other)), PROFILE)
    assert [each.mark for each in found] == [Mark.INCOMPLETE, Mark.INCOMPLETE]
    assert [set(each.backups) for each in found] == [{"kubernetes", "kubernetes (projects)"}, {"rondb", "opensearch"}]
    assert any("kubernetes: no backup started within 10 minutes" in reason for reason in found[1].reasons)


def test_two_runs_within_one_window_are_two_sets():
    """A set has at most one backup of a store: manual runs minutes apart stay apart."""
    found = sets(facts(at("2026-11-22 09:00"), at("2026-11-22 09:04")), PROFILE)
    assert [each.mark for each in found] == [Mark.COMPLETE, Mark.COMPLETE]
    assert ids(found) == ["264770904", "264770900"]


def test_a_set_of_nothing_but_leftovers_is_orphaned():
    """Files without an entry, and nothing else of that time."""
    alone = Facts(
        dict.fromkeys(STORES, Seen([])), {"rondb": Seen(Storage((stored(DAY),))), "opensearch": Seen(Storage())}
    )
    assert [each.mark for each in sets(alone, PROFILE)] == [Mark.ORPHANED]


def test_an_id_known_to_one_store_only_is_incomplete():
    """The other store's absence is the reason."""
    given = facts(DAY)
    given.entries["opensearch"], given.storage["opensearch"] = Seen([]), Seen(Storage((stored(at("2026-01-01")),)))
    found = sets(given, PROFILE)
    assert found[0].mark is Mark.INCOMPLETE
    assert any(reason.startswith("opensearch: no backup started") for reason in found[0].reasons)


@pytest.mark.parametrize("part", ["entries", "storage", "velero", "archived"])
def test_what_could_not_be_read_leaves_a_set_unverified_never_complete(part):
    """The reason is in the set."""
    given = vars(facts(DAY)).copy()
    blank = {
        "entries": dict.fromkeys(STORES, Seen([], "403: no")),
        "storage": dict.fromkeys(STORES, Seen(Storage(), "403: no")),
    }
    given[part] = blank.get(part, Seen([], "403: no"))
    found = sets(Facts(**given), PROFILE)
    assert [each.mark for each in found] == [Mark.UNVERIFIED]
    assert any("403: no" in reason for reason in found[0].reasons)


def test_a_place_that_is_not_confirmed_proves_no_loss():
    """The real chart's OpenSearch prefix is not published: finding nothing there leaves the set unverified."""
    given = facts(DAY)
    given.storage["opensearch"] = Seen(Storage(absent="the snapshot repository opensearch_backup/ is empty"))
    assert sets(given, PROFILE)[0].mark is Mark.INCOMPLETE
    assert sets(given, REAL)[0].mark is Mark.UNVERIFIED


def test_an_entry_that_veleros_backup_is_too_early_for_is_noted():
    """The ConfigMap in Velero's backup lacks an entry written after it: after a total loss the ID is known from the bucket only."""
    found = sets(facts(DAY), PROFILE)
    assert found[0].notes == ()
    given = facts(DAY)
    early = [VeleroBackup(each.name, each.store, DAY) for each in given.velero.value]
    found = sets(Facts(given.entries, given.storage, Seen(early), Seen(early)), PROFILE)
    assert found[0].mark is Mark.COMPLETE
    assert "give it by hand" in found[0].notes[0]


def test_what_has_no_time_at_all_stands_alone_at_the_end():
    """A damaged entry without files."""
    given = facts(DAY)
    given.entries["rondb"].value.append(Entry("1", "m", problem="its entry cannot be read"))
    found = sets(given, PROFILE)
    assert [each.start for each in found] == [DAY, None]
    assert found[1].mark is Mark.ORPHANED


def test_a_store_of_which_nothing_could_be_read_is_not_reported_as_missing():
    """Neither its records nor its files: whether it has a backup is not known, so the set is unverified."""
    given = facts(at("2026-11-22"))
    given.entries["opensearch"] = Seen([], "the API server said 403")
    given.storage["opensearch"] = Seen(Storage(), "no bucket was named")
    found = sets(given, PROFILE)
    assert [each.mark for each in found] == [Mark.UNVERIFIED]
    assert found[0].reasons == (
        "opensearch: whether it has a backup is not known: the API server said 403; no bucket was named",
    )
