"""A topic that is not there is nothing to read, not an error: a new cluster's Kafka has none."""

from hopsdrill.adapters.kafka import Kafka


def test_a_topic_that_is_not_there_has_no_records_and_no_offsets(monkeypatch):
    """Nobody is asked: the client refuses an empty question."""
    monkeypatch.setattr(Kafka, "topics", lambda _: {"another": 2})
    kafka = Kafka("127.0.0.1:9")
    assert kafka.committed("group", "topic") == {}
    assert kafka.records("topic") == []
