"""A gap counts as closed, told or unchanged only by the rows themselves."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import VerificationError
from hopsdrill.proof.stream import Gap, gap, in_flight
from hopsdrill.run import replay, reread
from hopsdrill.run.replay import Replayed
from hopsdrill.workload.stream import Sent


SENT = (Sent(1, arrived=True), Sent(2, arrived=True), Sent(3, arrived=False), Sent(4, arrived=False))
RESTORED, WHOLE = {1: True, 2: True}, {1: True, 2: True, 3: True, 4: True}
POINT = datetime(2026, 11, 23, tzinfo=UTC)
BEFORE, AFTER = POINT - timedelta(seconds=1), POINT + timedelta(seconds=1)


@pytest.fixture
def judge(monkeypatch):
    """Run a proof over an online store that holds these rows; gives what was recorded."""

    def run(proof, rows, *more):
        site = judged.site()
        monkeypatch.setattr(replay, "held", lambda _: rows)
        proof(site, SENT, *more)
        ((_, found),) = site.proofs.items()
        return found

    return run


def test_a_gap_names_every_row_with_what_is_wrong_about_it():
    """Missing, never sent, and saying something else."""
    found = gap(SENT, {1: True, 2: False, 77: True})
    assert found == Gap(missing=[3, 4], foreign=[77], damaged=[2])
    assert [line.split(":")[0] for line in found.lines] == ["row 3", "row 4", "row 77", "row 2"]
    assert gap(SENT, WHOLE).lines == []
    assert in_flight(SENT) == [3, 4]


def test_exactly_the_rows_in_flight_are_missing(judge):
    """That is what a restore leaves."""
    assert judge(replay.prove_gap, RESTORED) == (True, [])


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({1: True}, "row 2"),
        (WHOLE, "row 3"),
        ({**RESTORED, 3: True}, "row 3"),
        ({**RESTORED, 77: True}, "row 77"),
        ({1: True, 2: False}, "row 2"),
    ],
    ids=["another is missing", "none is missing", "one in flight is there", "nobody sent it", "another says it"],
)
def test_any_other_gap_is_red(judge, rows, named):
    """The row is named."""
    passed, differences = judge(replay.prove_gap, rows)
    assert not passed
    assert any(line.startswith(f"{named}:") for line in differences)


def test_without_rows_in_flight_a_gap_proves_nothing(monkeypatch):
    """Nothing was at stake."""
    site = judged.site()
    monkeypatch.setattr(replay, "held", lambda _: RESTORED)
    replay.prove_gap(site, SENT[:2])
    assert site.proofs["exactly-the-rows-in-flight-are-missing"][0] is False


def test_a_closed_gap_is_closed_to_the_last_row(judge):
    """Each row as it was sent."""
    assert judge(replay.prove_closed, WHOLE) == (True, [])
    for rows, named in (
        ({**RESTORED, 3: True}, "row 4"),
        ({**WHOLE, 4: False}, "row 4"),
        ({**WHOLE, 9: True}, "row 9"),
    ):
        passed, differences = judge(replay.prove_closed, rows)
        assert (passed, differences[0].split(":")[0]) == (False, named)


def test_a_second_replay_changes_nothing(judge):
    """Taken again, and as before."""
    assert judge(replay.prove_unchanged, WHOLE, Replayed(WHOLE, 4, Gap())) == (True, [])


@pytest.mark.parametrize(
    ("rows", "replayed"),
    [
        (WHOLE, Replayed(WHOLE, 0, Gap())),
        ({**WHOLE, 5: True}, Replayed(WHOLE, 4, Gap())),
        ({**WHOLE, 2: False}, Replayed(WHOLE, 4, Gap())),
        (WHOLE, Replayed(RESTORED, 4, Gap())),
        (RESTORED, Replayed(RESTORED, 4, Gap())),
    ],
    ids=["nothing was replayed", "a row more", "a row says something else", "rows came", "the gap was open all along"],
)
def test_a_second_replay_that_was_none_or_changed_something_is_red(judge, rows, replayed):
    """Whatever the jobs say."""
    assert judge(replay.prove_unchanged, rows, replayed)[0] is False


def test_an_open_gap_is_told_by_exactly_its_rows(judge):
    """What was left out, and nothing else."""
    assert judge(replay.prove_told, {**RESTORED, 3: True}, Replayed(RESTORED, 3, Gap(missing=[4]))) == (True, [])
    assert judge(replay.prove_told, {**WHOLE, 4: False}, Replayed(RESTORED, 4, Gap(damaged=[4]))) == (True, [])


@pytest.mark.parametrize("rows", [WHOLE, RESTORED, {**WHOLE, 4: False}], ids=["closed", "wider", "of another kind"])
def test_an_open_gap_that_is_not_told_rightly_is_red(judge, rows):
    """A gap that closed all the same, or one with other rows."""
    assert judge(replay.prove_told, rows, Replayed(RESTORED, 3, Gap(missing=[4])))[0] is False


def test_what_kafka_keeps_must_be_what_it_kept_at_the_backup():
    """The rows in flight, made before the recovery point, and no later copy of them."""
    right = [(1, BEFORE), (3, BEFORE), (4, BEFORE)]
    assert reread.unlike_the_backup(SENT, right, POINT) == ""
    assert "1 of 2 rows in flight" in reread.unlike_the_backup(SENT, right[:2], POINT)
    assert "row 4, sent again" in reread.unlike_the_backup(SENT, [*right, (4, AFTER)], POINT)
    assert "row 77" in reread.unlike_the_backup(SENT, [*right, (77, BEFORE)], POINT)


@pytest.mark.parametrize(("keys", "passed"), [([], True), ([b'{"id": 1000000001}'], True), ([b'{"id": 3}'], False)])
def test_kafka_that_keeps_a_row_was_not_lost(monkeypatch, keys, passed):
    """A row of a check that the stream flows is no row of the jobs."""

    @contextmanager
    def broker(_):
        yield SimpleNamespace(records=lambda _: [SimpleNamespace(key=key) for key in keys])

    site = judged.site()
    monkeypatch.setattr(replay, "broker", broker)
    replay.prove_lost_with_kafka(site, SENT)
    assert site.proofs["kafka-keeps-none-of-the-rows"][0] is passed


@pytest.mark.parametrize(
    ("how", "sent", "wrong", "left"),
    [
        (replay.IN_FULL, [1, 2, 3, 4], [], Gap()),
        (replay.NOT_AT_ALL, [], [], Gap(missing=[3, 4])),
        (replay.BROKEN_OFF, [1, 2, 3], [], Gap(missing=[4])),
        (replay.OTHER_INPUT, [1, 2, 3, 4], [4], Gap(damaged=[4])),
    ],
)
def test_each_way_to_replay_sends_its_rows_and_knows_what_it_leaves(monkeypatch, how, sent, wrong, left):
    """A way that leaves nothing by mistake would prove nothing."""
    asked = {}

    def send(_kafka, _site, numbers, otherwise):
        asked.update(sent=list(numbers), wrong=list(otherwise))
        return len(asked["sent"])

    places = iter([10, 10 + len(sent)])
    fakes(monkeypatch, send, lambda *_: next(places))
    found = replay.replay(judged.site(), SENT, how)
    assert (asked.get("sent", []), asked.get("wrong", []), found.left) == (sent, wrong, left)


def test_a_replay_that_the_consumer_did_not_take_has_no_effect(monkeypatch):
    """Rows that the broker acknowledged and nobody read are no replay."""
    fakes(monkeypatch, lambda _kafka, _site, numbers, **__: len(list(numbers)), lambda *_: 10)
    with pytest.raises(VerificationError, match="jobs-sent-what-was-meant"):
        replay.replay(judged.site(), SENT)


def test_a_way_that_nobody_knows_is_refused():
    """By its name, with those that are known."""
    with pytest.raises(VerificationError, match="no way 'twice over'"):
        replay.replay(judged.site(), SENT, "twice over")
    with pytest.raises(VerificationError, match="no way 'the end'"):
        reread.read_again(judged.site(), None, "the end")


def fakes(monkeypatch, send, place):
    """A broker, a consumer that stands at these places, and an online store without the rows in flight."""

    @contextmanager
    def broker(_):
        yield None

    for name, fake in {"broker": broker, "await_consumed": place, "held": lambda _: RESTORED}.items():
        monkeypatch.setattr(replay, name, fake)
    monkeypatch.setattr(replay.stream, "send_by", send)
