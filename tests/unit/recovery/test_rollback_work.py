"""Ranges, batches, the ledger and the proof, with a bucket in memory; the real one is in tests/contract/rollback."""

import json
import threading
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import pytest
from version_history import moment

from hopsdrill.adapters.version_page import Item, Page
from hopsdrill.core.errors import ConnectionLost, JournalError, OperationError, PreconditionError
from hopsdrill.recovery.rollback import parts as parting
from hopsdrill.recovery.rollback.ledger import Known, Ledger, Record
from hopsdrill.recovery.rollback.parts import Part, divide, plans, with_new
from hopsdrill.recovery.rollback.plan import Deed, Moment, Planned
from hopsdrill.recovery.rollback.prove import judged
from hopsdrill.recovery.rollback.tally import NAMED, Tally
from hopsdrill.recovery.rollback.work import Worker, over, settled


OLD, NEW = "2026-01-01T00:00:01.000Z", "2026-01-01T00:00:09.000Z"
AT = Moment(moment(5000), moment(90000))
ORDER = {"bucket": "b", "at": "t"}


def version(key, name, when=NEW, *, marker=False, latest=True, size=1):  # noqa: PLR0913
    """One entry."""
    return Item(key, name, when, marker, latest, "" if marker else '"e"', size)


class Listed:
    """A bucket that lists what it is given, and refuses what it is told to."""

    def __init__(self, items, *, refuse=()):
        self.items, self.refuse, self.calls = items, set(refuse), []

    def page(self, prefix, after="", after_id="", delimiter="", most=1000):  # noqa: ARG002
        """One page; folders where a delimiter is given."""
        found = [each for each in self.items if each.key.startswith(prefix) and each.key > after]
        if delimiter:
            folders = {
                prefix + each.key[len(prefix) :].split("/")[0] + "/" for each in found if "/" in each.key[len(prefix) :]
            }
            own = [each for each in found if "/" not in each.key[len(prefix) :]]
            return Page(own, sorted(folders), None, None)
        more = found[most - 1].key if len(found) > most else None
        return Page(found[:most], [], more, None)

    def pages(self, prefix, after="", delimiter="", most=1000):
        """All pages."""
        page = self.page(prefix, after, delimiter=delimiter, most=most)
        yield page.items
        while page.next_key is not None:
            page = self.page(prefix, page.next_key, delimiter=delimiter, most=most)
            yield page.items

    def uncover(self, markers):
        """Remove markers."""
        self.calls.append(("uncover", len(markers)))
        return {key: "AccessDenied" for key, _ in markers if key in self.refuse}

    def hide(self, keys):
        """Add markers."""
        self.calls.append(("hide", len(keys)))
        return {key: f"m-{key}" for key in keys if key not in self.refuse}, {
            key: "AccessDenied" for key in keys if key in self.refuse
        }

    def copy(self, item):
        """Copy."""
        if item.key in self.refuse:
            msg = "InvalidObjectState"
            raise OperationError(msg)
        if item.key == "lost":
            raise ConnectionLost(item.key)
        self.calls.append(("copy", item.key))
        return f"c-{item.key}"

    def alike(self, key, one, other):  # noqa: ARG002
        """Never."""
        self.calls.append(("alike", key))
        return False


KEYS = sorted([f"{a}/{b}/{c}" for a in "abc" for b in "xy" for c in "12"] + ["a", "a/", "a0", "b/x/", "b/z", "zz"])


@pytest.mark.parametrize(("enough", "folders"), [(1, 9), (2, 9), (5, 9), (32, 9), (2, 2), (32, 2), (3, 1)])
def test_parts_hold_every_key_once_and_each_in_order(monkeypatch, enough, folders):
    """Folders, keys beside them, a key that is itself a folder's name; ranges where a level has too many folders."""
    monkeypatch.setattr(parting, "ENOUGH", enough)
    monkeypatch.setattr(parting, "FOLDERS", folders)
    bucket = Listed([version(key, "v") for key in KEYS])
    parts = divide(bucket, "")
    found = [[each.key for each in plans(bucket, part, AT, lambda _: None)] for part in parts]
    assert all(keys == sorted(keys) for keys in found)
    assert sorted(key for keys in found for key in keys) == KEYS
    assert len({part.name for part in parts}) == len(parts)
    assert any(part.after for part in parts) == (folders < 3)


def test_a_folder_that_was_made_since_is_a_part_of_its_own():
    """Else nobody would look into it when the result is proved."""
    parts = divide(Listed([version(key, "v") for key in KEYS]), "")
    later = Listed([version(key, "v") for key in sorted([*KEYS, "b/new/1", "new/1/2", "new"])])
    found = [each.key for part in with_new(later, parts) for each in plans(later, part, AT, lambda _: None)]
    assert sorted(found) == sorted([*KEYS, "b/new/1", "new/1/2", "new"])


def test_a_listing_is_never_held_whole():
    """Fifty thousand versions in the memory of a page."""

    class Endless(Listed):
        def pages(self, prefix, after="", delimiter="", most=1000):  # noqa: ARG002
            for page in range(50):
                yield [version(f"k{page:04d}/{number:04d}", "v", OLD) for number in range(1000)]

    tracemalloc.start()
    tally = Tally()
    for each in plans(Endless([]), Part(""), AT, tally.seen):
        tally.add(each)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tally.entries, tally.deeds[Deed.KEEP]) == (50_000, 50_000)
    assert peak < 2_000_000


def changed():
    """Keys in order: deleted, created, overwritten; 'r...' will be refused."""
    items = []
    for letter in ("a", "r"):
        items += [version(f"{letter}1", "m", marker=True), version(f"{letter}1", "v", OLD, latest=False)]
        items += [version(f"{letter}2", "n")]
        items += [version(f"{letter}3", "o"), version(f"{letter}3", "v", OLD, latest=False, size=2)]
    return items


def carried_out(bucket, ledger, items=None):
    """Carry out a range."""
    worker, tally = Worker(bucket, ledger), Tally()
    try:
        worker.carry_out(Part(""), plans(bucket, Part(""), AT, tally.seen), tally, threading.Event())
    finally:
        worker.close()
    return tally


def test_what_is_done_and_what_is_refused_is_entered_in_the_order_of_keys(tmp_path):
    """A refused key is named with the store's words and stops nothing."""
    bucket = Listed(changed(), refuse=("r1", "r2", "r3"))
    with Ledger(tmp_path) as ledger:
        tally = carried_out(bucket, ledger)
        records = list(ledger.records(Part("").name))
    assert [tuple(each) for each in records] == [
        ("a1", "uncovered", "m", "v", "", 1),
        ("a2", "hidden", "n", "m-a2", "", 1),
        ("a3", "copied", "o", "c-a3", "", 1),
        ("r1", "uncovered", "m", "", "AccessDenied", 1),
        ("r2", "hidden", "n", "", "AccessDenied", 1),
        ("r3", "copied", "o", "", "InvalidObjectState", 1),
    ]
    assert [each.key for each in tally.named["refused"]] == ["r1", "r2", "r3"]
    assert bucket.calls[:2] == [("uncover", 2), ("hide", 2)]


def test_calls_take_a_thousand_keys_at_most(tmp_path):
    """More would be refused by the store."""
    bucket = Listed([version(f"k{number:05d}", "v") for number in range(2500)])
    with Ledger(tmp_path) as ledger:
        carried_out(bucket, ledger)
    assert sorted(bucket.calls) == [("hide", 500), ("hide", 1000), ("hide", 1000)]


def test_a_store_that_stops_answering_ends_the_rollback(tmp_path):
    """It is no refusal of one key; what was done before is in the ledger."""
    items = [version("lost", "o"), version("lost", "v", OLD, latest=False, size=2)]
    with Ledger(tmp_path) as ledger, pytest.raises(ConnectionLost):
        carried_out(Listed(items), ledger)


def test_the_first_error_of_a_range_ends_all_of_them():
    """Those that are under way stop at their next batch."""
    stopped = []

    def work(part, stop):
        if part.prefix == "b":
            raise ConnectionLost(part)
        stopped.append(stop.wait(10))
        return Tally()

    with pytest.raises(ConnectionLost):
        over([Part("a"), Part("b")], work, lambda _: None)
    assert stopped == [True]


def test_a_torn_line_is_passed_over_and_a_further_round_knows_the_ones_before(tmp_path):
    """As a killed process leaves it."""
    with Ledger(tmp_path) as ledger:
        ledger.append("p", [Record("a", Deed.COPY, "o", "c"), Record("b", Deed.HIDE, "o", "m")])
    with (tmp_path / "1" / "p.ndjson").open("a") as file:
        file.write('["c", "copied", "o"')
    with Ledger(tmp_path) as ledger:
        assert ledger.round == 2
        ledger.append("p", [Record("a", Deed.COPY, "p", "d"), Record("d", Deed.COPY, "o", "c")])
        assert [(each.key, each.now, each.round) for each in ledger.records("p")] == [
            ("a", "c", 1),
            ("a", "d", 2),
            ("b", "m", 1),
            ("d", "c", 2),
        ]
        known = Known(ledger.records("p"))
        assert (known.of("a").now, known.of("aa"), known.of("d").round) == ("d", None, 2)
        passed = Known(ledger.records("p"))
        assert [each.key for each in passed.passed("c")] == ["a", "b"]
        assert [each.key for each in passed.rest()] == ["d"]


def test_what_is_no_ledger_is_an_error_of_ours(tmp_path):
    """Whichever of its files was changed."""
    with Ledger(tmp_path) as ledger:
        ledger.append("p", [Record("a", Deed.COPY, "o", "c")])
        (tmp_path / "1" / "p.ndjson").write_text("something else\n")
        with pytest.raises(JournalError, match="something else"):
            list(ledger.records("p"))
        for text in ("something else", "{}"):
            (tmp_path / "order.json").write_text(text)
            with pytest.raises(JournalError):
                ledger.order(ORDER, list)


def test_a_ledger_serves_one_order_and_one_process(tmp_path):
    """Another time is another ledger; a second rollback waits for nobody."""
    with Ledger(tmp_path) as ledger:
        assert ledger.order(ORDER, lambda: [Part("x", "a", "b")]) == [Part("x", "a", "b")]
        assert ledger.order(ORDER, lambda: [Part("y")]) == [Part("x", "a", "b")]
        with pytest.raises(JournalError, match="another rollback"):
            ledger.order({**ORDER, "at": "u"}, list)
        with pytest.raises(PreconditionError, match="Another rollback holds"):
            Ledger(tmp_path)
    assert json.loads((tmp_path / "order.json").read_text())["parts"] == [["x", "a", "b", False]]


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path):
    """Not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="Tried to write the ledger"):
        Ledger(Path(tmp_path / "file" / "ledger"))


def planned(deed=Deed.KEEP, current="c", below="o", size=1, wanted=None):
    """A key's plan made anew."""
    return Planned("k", deed, version("k", current, size=size), version("k", below), wanted)


WANTED = version("k", "v", OLD)


@pytest.mark.parametrize(
    ("each", "record", "kind"),
    [
        (planned(), None, None),
        (planned(), Record("k", Deed.COPY, "o", "c", "", 2), None),
        (planned(below="x"), Record("k", Deed.COPY, "o", "c", "", 2), "changed"),  # written between listing and copy
        (planned(current="x"), Record("k", Deed.COPY, "o", "c", "", 2), "changed"),  # written after the copy
        (planned(size=9, wanted=WANTED), Record("k", Deed.COPY, "o", "c", "", 2), "refused"),
        (planned(), Record("k", Deed.HIDE, "o", "c", "", 2), None),
        (planned(current="x"), Record("k", Deed.HIDE, "o", "c", "", 2), "changed"),
        (planned(current="x"), Record("k", Deed.HIDE, "o", "c", "", 1), None),  # an earlier round; deleted again since
        (planned(Deed.COPY), Record("k", Deed.UNCOVER, "o", "v", "", 2), "changed"),
        (planned(), Record("k", Deed.UNCOVER, "o", "v", "", 2), None),
        (planned(Deed.COPY), None, "changed"),  # it was as it should be when it was planned
        (planned(Deed.HIDE), None, "changed"),  # created since
        (planned(), Record("k", Deed.COPY, "o", "", "AccessDenied", 2), "refused"),
        (planned(Deed.LOST), None, None),  # counted as lost
        (planned(Deed.LOST), Record("k", Deed.UNCOVER, "o", "v", "", 2), "changed"),
    ],
)
def test_the_proof_tells_what_was_done_from_what_others_did(each, record, kind):
    """By the versions that are listed above one another, whoever made them."""
    fault = judged(each, record, 2)
    assert (fault[0] if fault else None) == kind


def test_a_copy_of_an_earlier_round_is_known_by_its_id_and_costs_no_call():
    """Only what looks the same and is not in the ledger is compared."""
    bucket, each = Listed([]), Planned("k", Deed.COPY, version("k", "c"), None, WANTED, alike=True)
    assert settled(bucket, each, Record("k", Deed.COPY, "o", "c", "", 1)).deed is Deed.KEEP
    assert not bucket.calls
    assert settled(bucket, each, Record("k", Deed.COPY, "o", "other", "", 1)).deed is Deed.COPY
    assert bucket.calls == [("alike", "k")]


def test_what_may_not_be_compared_is_copied_and_a_store_that_stops_answering_ends_it():
    """The copy then says why."""
    each = Planned("k", Deed.COPY, version("k", "c"), None, WANTED, alike=True)
    for error in (OperationError, ConnectionLost):
        bucket = Listed([])
        bucket.alike = Mock(side_effect=error("no"))
        if error is OperationError:
            assert settled(bucket, each, None).deed is Deed.COPY
        else:
            with pytest.raises(ConnectionLost):
                settled(bucket, each, None)


def test_names_are_bounded_and_the_same_in_whatever_order_they_come():
    """All are counted."""
    one, other = Tally(), Tally()
    for number in reversed(range(150)):
        one.name("lost", f"k{number:03d}", "why")
        other.name("lost", f"j{number:03d}", "why")
    one.merge(other)
    assert one.count["lost"] == 300
    assert [each.key for each in one.named["lost"]] == [f"j{number:03d}" for number in range(NAMED)]
