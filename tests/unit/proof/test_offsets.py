"""Where a topic and its readers stand: one offset, one message, one loss is told; what came since is not."""

from datetime import UTC, datetime, timedelta

import pytest

from hopsdrill.adapters.kafka import Record
from hopsdrill.proof import offsets
from hopsdrill.proof.key import Key
from hopsdrill.proof.offsets import differences, read, survivors


KEY, NOW = Key(), datetime(2026, 1, 1, tzinfo=UTC)


class Broker:
    """A topic of two partitions with their messages; nothing of a real broker."""

    def __init__(self, first=("a", "b", "c"), second=("d",), *, oldest=0, reading=(3, 1), still=(3, 1)):
        self.kept = {0: list(enumerate(first))[oldest:], 1: list(enumerate(second))}
        self.found = {0: (oldest, len(first)), 1: (0, len(second))}
        self.groups = {"reading": reading, "still": still}

    def ends(self, topic):
        """Oldest and next offset."""
        assert topic == "t"
        return self.found

    def committed(self, group, topic):
        """By partition."""
        assert topic == "t"
        return dict(enumerate(self.groups[group]))

    def records(self, topic, upto=None):
        """Messages below the bounds."""
        assert topic == "t"
        return [
            Record(b"k", NOW + timedelta(seconds=offset), text.encode(), number, offset)
            for number, messages in self.kept.items()
            for offset, text in messages
            if offset < (upto or {}).get(number, 99)
        ]


def stand(broker, then=None):
    """How it stands."""
    return read(broker, "t", KEY, reading="reading", still=["still"], then=then)


def test_an_untouched_topic_stands_as_it_stood():
    """And one to which more was sent and which was read further does too."""
    then = stand(Broker(reading=(2, 0)))
    assert differences(then, stand(Broker(reading=(2, 0)), then)) == []
    assert differences(then, stand(Broker(first="abcxy", second="dz", reading=(5, 2)), then)) == []


@pytest.mark.parametrize(
    ("broker", "said"),
    [
        (Broker(still=(2, 1)), ["offset of group still in t/0 confirmed: 3 -> 2"]),
        (Broker(reading=(1, 1)), ["offset of the reading group in t/0 confirmed: 3 -> 1"]),
        (Broker(reading=(4, 1)), ["offset of the reading group in t/0 confirmed: 3 -> 4"]),
        (Broker(oldest=1), ["message t/0/0: missing", "partition t/0 oldest: 0 -> 1"]),
        (
            Broker(second=(), reading=(3, 0)),
            ["message t/1/0: missing", "offset of the reading group in t/1 confirmed: 1 -> 0"],
        ),
    ],
)
def test_each_shift_is_told(broker, said):
    """One offset of either group, one message that retention took, one partition that lost its end."""
    assert differences(stand(Broker()), stand(broker, stand(Broker()))) == said


def test_another_message_in_its_place_is_told():
    """The offset is the same, what stands there is not."""
    (line,) = differences(stand(Broker()), stand(Broker(first="abX"), stand(Broker())))
    assert line.startswith("message t/0/2 content: ")


def test_a_topic_that_is_gone_is_told():
    """Every message, every offset."""
    gone = Broker((), (), reading=(), still=())
    gone.found = {}
    then = stand(Broker())
    found = differences(then, stand(gone, then))
    assert {"message t/1/0: missing", "partition t/0: missing", "offset of group still in t/1: missing"} <= set(found)


def test_more_messages_than_can_be_compared_one_by_one_are_not_read(monkeypatch):
    """Then and now by the same bound, so that none is taken for missing."""
    monkeypatch.setattr(offsets, "MOST", 3)
    then = stand(Broker())
    assert not any(title.startswith("message") for title in then.prints)
    assert differences(then, stand(Broker(first="abcdefg", reading=(7, 1)), then)) == []


def test_what_a_lost_broker_cannot_have_is_told():
    """A message from before the loss is there; one made since is not told."""
    assert survivors(Broker(second=()), "t", NOW + timedelta(seconds=1)) == [
        "message t/0/0: made 2026-01-01T00:00:00.000Z, and is there"
    ]
