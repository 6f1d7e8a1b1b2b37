"""What a message says, and which messages can never be written."""

import json

import pytest
from standin.onlinefs.message import Change, RefusedMessageError, parse


VALUE = {"database": "fs", "table": "t", "row": {"id": 1, "score": 0.5}, "op": "upsert"}


def given(key, **more):
    """A message with some parts of its value replaced."""
    return json.dumps(key).encode(), json.dumps({**VALUE, **more}).encode()


def test_a_row_keeps_its_values_and_their_types():
    """Scalars as they are, base64 as bytes, lists as JSON text."""
    row = {"id": 1, "f": 0.5, "b": True, "n": None, "s": "größe", "x": {"base64": "AAH/"}, "v": [1, "ä"], "o": {"a": 1}}
    found = parse(*given({"id": 1}, row=row))
    assert found == Change(
        "fs",
        "t",
        "upsert",
        {"id": 1, "f": 0.5, "b": True, "n": None, "s": "größe", "x": b"\x00\x01\xff", "v": '[1, "ä"]', "o": '{"a": 1}'},
    )


def test_the_key_belongs_to_the_row():
    """A delete may say its key only there."""
    assert parse(*given({"id": 7}, row={}, op="delete")).row == {"id": 7}


def test_without_op_a_row_is_written():
    """The default is an upsert."""
    value = json.dumps({"database": "fs", "table": "t", "row": {"id": 1}}).encode()
    assert parse(None, value).op == "upsert"


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (None, None, "not JSON"),
        (None, b"\xff", "not JSON"),
        (None, b"[" * 100_000, "not JSON"),
        (None, b"[1]", "a JSON list"),
        (None, b'{"database": "fs", "table": "t", "row": {"x": NaN}}', "NaN is no number"),
        (None, b'{"database": "fs"}', "lacks table, row"),
        (None, b'{"database": "", "table": "t", "row": {}}', "have to be texts"),
        (None, b'{"database": "fs", "table": 3, "row": {}}', "have to be texts"),
        (b"1", json.dumps(VALUE).encode(), "the key is a JSON int"),
        (*given({"id": 2}), "another primary key"),
        (*given({"id": 1}, row=[1]), "row is no object"),
        (*given({"id": 1}, op="merge"), "not one of upsert, delete"),
        (*given({"id": 1}, row={"id": 1, "x": {"base64": "***"}}), "not base64"),
        (*given({"id": 1}, row={"id": 1, "x": {"base64": 3}}), "not base64"),
    ],
)
def test_what_can_never_be_written_is_refused_with_its_reason(key, value, reason):
    """It becomes a dead letter, and the reason says why."""
    with pytest.raises(RefusedMessageError, match=reason):
        parse(key, value)
