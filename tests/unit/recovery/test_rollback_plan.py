"""What is planned for a key, against a reference that saw its history happen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from version_history import OFF, ON, SUSPENDED, History, moment

from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.adapters.version_page import NULL, Item
from hopsdrill.core.clock import utc_text
from hopsdrill.recovery.rollback.plan import Deed, Moment, planned


NOW = datetime(2026, 6, 1, tzinfo=UTC)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 2),  # milliseconds since the event before; none: an equal time
        st.sampled_from(["put a", "put b", "put c", "delete", "delete", ON, SUSPENDED]),
    ),
    max_size=12,
)


def told(events, *, first=OFF):
    """A history made of events, its last step, and that at which versioning was first switched on."""
    made, step, since = History(state=first), 0, 0
    for later, what in events:
        step += later
        since = step if made.state == OFF else since
        if what in {ON, SUSPENDED}:
            made.state = what if made.state != OFF or what == ON else OFF
        elif what == "delete":
            made.delete(step)
        else:
            made.put(step, what.removeprefix("put "))
    return made, step, since


def plan(items, step=0, *, rules=(), at=None, now=NOW):
    """What is planned for items."""
    return planned("k", items, Moment(at or moment(step), now, rules))


def result(each, items):
    """What is current once a plan is carried out: the content's ETag; empty when there is no object."""
    left = [item for item in items if item.id not in each.markers]
    if each.deed is Deed.COPY:
        return each.wanted.etag
    return "" if each.deed is Deed.HIDE or not left or left[0].marker else left[0].etag


@given(EVENTS, st.integers(0, 30))
def test_with_versions_kept_all_the_time_every_state_is_brought_back(events, at):
    """Put, delete, overwrite, markers on markers, equal times: never lost, and exactly what there was."""
    history, *_ = told([each for each in events if each[1] not in {ON, SUSPENDED}], first=ON)
    items = history.listed()
    if items:
        each = plan(items, at)
        content, name = history.state_at(at)
        assert each.deed is not Deed.LOST
        assert result(each, items) == (f'"{content}"' if content else "")
        assert (each.wanted.id if each.wanted else "") == name


@given(EVENTS, st.integers(0, 30))
def test_where_versioning_was_switched_the_result_is_right_or_called_lost(events, at):
    """A state that was overwritten without a version is never taken for another one; before the first version nothing leaves a trace."""
    history, _, since = told(events)
    items, at = history.listed(), max(at, since)
    if items:
        each = plan(items, at)
        content, _ = history.state_at(at)
        assert each.deed is Deed.LOST or result(each, items) == (f'"{content}"' if content else "")


@given(EVENTS, st.integers(0, 30))
def test_nothing_is_lost_that_was_written_before_the_time_or_with_versions(events, at):
    """Called lost only where something without a version came after the time."""
    history, *_ = told(events)
    items = history.listed()
    if items and plan(items, at).deed is Deed.LOST:
        assert any(each.id == NULL and each.modified > utc_text(moment(at)) for each in items)


@given(EVENTS, st.integers(0, 30))
def test_only_markers_newer_than_the_time_are_removed_and_only_where_nothing_else_is_above(events, at):
    """No version, no marker named null, and nothing else is ever removed."""
    items = told(events)[0].listed()
    if items:
        each = plan(items, at)
        assert each.markers == (
            tuple(item.id for item in items[: len(each.markers)]) if each.deed is Deed.UNCOVER else ()
        )
        doomed = [item for item in items if item.id in each.markers]
        assert all(item.marker and item.id != NULL and item.modified > utc_text(moment(at)) for item in doomed)


@given(EVENTS, st.integers(0, 30))
def test_what_was_brought_back_is_planned_to_be_kept(events, at):
    """A rollback of the result is a no-op: of a copy, it asks only whether the bytes are the same."""
    history, last, _ = told([each for each in events if each[1] not in {ON, SUSPENDED}], first=ON)
    items = history.listed()
    if not items:
        return
    each = plan(items, at)
    left = [item._replace(latest=False) for item in items if item.id not in each.markers]
    new = utc_text(moment(last + 50))
    if each.deed is Deed.HIDE:
        left = [Item("k", "m", new, True, True), *left]
    if each.deed is Deed.COPY:
        left = [Item("k", "c", new, False, True, each.wanted.etag, each.wanted.size), *left]
    again = plan([left[0]._replace(latest=True), *left[1:]], at)
    assert again.deed is Deed.KEEP or (again.deed is Deed.COPY and again.alike)


def item(name, step, *, marker=False, latest=False):
    """A version of 3 bytes."""
    return Item("k", name, utc_text(moment(step)), marker, latest, "" if marker else f'"{name}"', 0 if marker else 3)


def test_of_equal_times_the_one_listed_first_came_last():
    """A marker and a version of the same millisecond: the state is the first listed, whichever it is."""
    deleted_last = [item("new", 9, latest=True), item("m", 5, marker=True), item("v", 5)]
    written_last = [item("new", 9, latest=True), item("v", 5), item("m", 5, marker=True)]
    assert plan(deleted_last, 5).deed is Deed.HIDE
    assert plan(written_last, 5).wanted.id == "v"
    assert plan(deleted_last, 5).close


@pytest.mark.parametrize(
    ("listed", "at", "close"),
    [
        ("2026-01-01T00:00:05.000Z", "2026-01-01T00:00:05.400+00:00", True),  # whole seconds: it may have been at .900
        ("2026-01-01T00:00:04.000Z", "2026-01-01T00:00:05.400+00:00", False),
        ("2026-01-01T00:00:05.399Z", "2026-01-01T00:00:05.400+00:00", False),
        ("2026-01-01T00:00:05.400Z", "2026-01-01T00:00:05.400+00:00", True),
    ],
)
def test_what_the_stores_clock_cannot_tell_apart_is_called_close(listed, at, close):
    """A listed time is rounded down, to a second or a millisecond."""
    each = plan([Item("k", "v", listed, False, True)], at=datetime.fromisoformat(at))
    assert (each.deed, each.close) == (Deed.KEEP, close)


RULE = LifecycleRule("old", noncurrent_days=30)


@pytest.mark.parametrize(
    ("rule", "age", "deed"),
    [
        (RULE, 31, Deed.LOST),
        (RULE, 29, Deed.HIDE),  # its successor is too young for the rule
        (LifecycleRule("old", prefix="other/", noncurrent_days=30), 31, Deed.HIDE),
        (
            LifecycleRule("old", noncurrent_days=30, newer_kept=1),
            31,
            Deed.HIDE,
        ),  # one that is not current would have been kept
        (LifecycleRule("old"), 31, Deed.HIDE),  # expires no version
    ],
)
def test_a_key_whose_older_versions_may_have_expired_is_not_taken_for_new(rule, age, deed):
    """The wanted version would have been superseded by the oldest there is."""
    born = NOW - timedelta(days=age)
    each = plan([Item("k", "v", utc_text(born), False, True)], at=born - timedelta(hours=1), rules=[rule])
    assert each.deed is deed
    assert ("rule old" in each.why) == (deed is Deed.LOST)


def test_a_rule_that_picks_by_tag_may_have_removed_one_between_two_others():
    """An older version that is still there is not taken for the wanted one then, and is otherwise."""
    listed = [item("new", 9, latest=True), item("old", 1)]
    assert plan(listed, 5, rules=[RULE]).wanted.id == "old"
    assert plan(listed, 5, rules=[LifecycleRule("tagged", narrowed=True, noncurrent_days=30)]).deed is Deed.LOST


def test_a_store_that_lists_in_another_order_is_not_believed():
    """The first listed must be the current one."""
    assert plan([item("old", 1), item("new", 9, latest=True)], 5).deed is Deed.LOST
