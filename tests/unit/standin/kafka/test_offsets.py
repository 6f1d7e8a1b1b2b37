"""Offsets, pauses, topics and moments: the arithmetic beside Kafka."""

from dataclasses import dataclass

import pytest
from standin.onlinefs.consumer import Totals, backoff, next_offsets
from standin.onlinefs.replay import milliseconds
from standin.onlinefs.topics import missing
from standin.say import StandinError


@dataclass
class Message:
    """The three facts that matter, asked for as the client's are."""

    where: tuple[str, int, int]

    def topic(self):
        """Topic."""
        return self.where[0]

    def partition(self):
        """Partition."""
        return self.where[1]

    def offset(self):
        """Offset."""
        return self.where[2]


def test_a_partition_goes_on_after_its_last_message():
    """One more than the highest offset of each."""
    found = [Message(each) for each in [("a", 0, 5), ("b", 0, 1), ("a", 1, 9), ("a", 0, 6)]]
    assert next_offsets(found) == [("a", 0, 7), ("a", 1, 10), ("b", 0, 2)]
    assert next_offsets([]) == []


def test_pauses_double_and_are_bounded():
    """From a quarter of a second to ten, however long it takes."""
    assert [backoff(attempt) for attempt in (1, 2, 3, 6, 7, 10_000)] == [0.25, 0.5, 1.0, 8.0, 10.0, 10.0]


def test_totals_say_what_was_not_written():
    """Dead letters are counted beside what was done."""
    assert Totals(3, 2, 1).text() == "since the start: 3 upserts, 2 deletes, 1 dead letters"


def test_topics_are_made_or_widened_never_narrowed():
    """What is there and wide enough is left alone."""
    wanted = {"new": 2, "narrow": 3, "same": 1, "wide": 1}
    assert missing(wanted, {"narrow": 1, "same": 1, "wide": 4, "foreign": 1}) == ({"new": 2}, {"narrow": 3})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01.500Z", 1500),
        ("1970-01-01T00:00:01.500", 1500),
        ("1970-01-01T01:00:00+01:00", 0),
    ],
)
def test_a_moment_without_a_zone_is_utc(text, expected):
    """Milliseconds since the epoch, as Kafka wants them."""
    assert milliseconds(text) == expected


def test_what_is_no_moment_is_refused():
    """With the two forms that are understood."""
    with pytest.raises(StandinError, match=r"'yesterday' is neither 'earliest' nor a time"):
        milliseconds("yesterday")
