"""A seal's file: what was signed is read back, and nothing else is."""

import base64
import json

import pytest

from hopsdrill.core.errors import PreconditionError
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import compare, printed
from hopsdrill.proof.rondb.accounts import Account
from hopsdrill.proof.rondb.digest import Digest, Range
from hopsdrill.proof.rondb.fingerprint import Part as TablePart
from hopsdrill.proof.rondb.fingerprint import TablePrint, equal, pack
from hopsdrill.proof.rondb.tables import Column, Table
from hopsdrill.proof.seal import Head, Item, Part, Record, SealError, SealStatus, Thing, Writer, opened
from hopsdrill.proof.seal import prints as sealed
from hopsdrill.signing import KeyStore


HEAD = Head(
    ids={"rondb": "264841200"},
    sealed="2026-11-26T12:05:00.000Z",
    after="2026-11-26T12:00:00.000Z",
    before="2026-11-26T12:00:09.000Z",
    platform="hopsworks-standin",
    version="0.1.0",
    bucket="hopsfs",
    tool_version="0",
    content_key="0" * 64,
    parts=[Part(name="rondb", prefix="rondb_backup/264841200/")],
)
ITEMS = [
    Item(part="rondb", key=f"rondb_backup/264841200/{each}", size=1, sha256="ab", version="1", etag="e")
    for each in ("databases.sql", "größe", "users.sql")
]
RECORD = Record(store="rondb", place="a ConfigMap", id="264841200", text='{"state":"SUCCESS"}')


@pytest.fixture
def keys(tmp_path):
    """A key store of its own."""
    return KeyStore(tmp_path / "keys")


@pytest.fixture
def file(tmp_path, keys):
    """A seal."""
    return written(tmp_path / "set.seal", keys)


def written(path, keys):
    """Write one."""
    with Writer(path, HEAD) as writer:
        for each in (*ITEMS, RECORD):
            writer.add(each)
        writer.sign(keys.runner())
    return path


def status(path, keys) -> SealStatus:
    """Why a seal proves nothing."""
    with pytest.raises(SealError) as caught:
        opened(path, keys)
    return caught.value.status


def test_what_was_written_is_read_back(file, keys):
    """In order, by kind, with who signed it."""
    found = opened(file, keys.own())
    assert (found.head, list(found.each(Item)), list(found.each(Record))) == (HEAD, ITEMS, [RECORD])
    assert found.signer == "runner"


def test_the_same_content_has_the_same_bytes(tmp_path, keys, file):
    """Ed25519 signs the same bytes alike, and they are canonical."""
    assert written(tmp_path / "again.seal", keys).read_bytes() == file.read_bytes()


def test_a_file_is_there_only_once_it_is_signed(tmp_path):
    """An error on the way leaves neither seal nor draft."""
    with pytest.raises(ZeroDivisionError), Writer(tmp_path / "set.seal", HEAD):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def lines(path):
    """Of the file, with their ends."""
    return path.read_bytes().splitlines(keepends=True)


TAMPERED = {
    "cut off in the middle": lambda all_: b"".join(all_)[:-200],
    "without its last line": lambda all_: b"".join(all_[:-1]),
    "without an object": lambda all_: b"".join([*all_[:2], *all_[3:]]),
    "with an object more": lambda all_: b"".join([*all_[:2], all_[1], *all_[2:]]),
    "with two objects exchanged": lambda all_: b"".join([all_[0], all_[2], all_[1], *all_[3:]]),
    "with another digest": lambda all_: b"".join(all_).replace(b'"ab"', b'"ba"', 1),
    "with another head": lambda all_: b"".join(all_).replace(b"12:05:00", b"12:06:00", 1),
    "empty": lambda _: b"",
    "something else": lambda _: b"PK\x03\x04\n\xff\n",
    "with its signature alone": lambda all_: all_[-1],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_seal_that_was_changed_proves_nothing(file, keys, how):
    """Whatever was done to it."""
    file.write_bytes(TAMPERED[how](lines(file)))
    assert status(file, keys.own()) is SealStatus.SEAL_CHANGED


def test_a_signature_of_other_bytes_does_not_fit(file, keys):
    """The statement changed, the signature left as it was."""
    *body, last = lines(file)
    envelope = json.loads(last)
    payload = base64.b64decode(envelope["envelope"]["payload"]).replace(b"264841200", b"264841201")
    envelope["envelope"]["payload"] = base64.b64encode(payload).decode()
    file.write_bytes(b"".join([*body, json.dumps(envelope).encode() + b"\n"]))
    assert status(file, keys.own()) is SealStatus.SEAL_CHANGED


def test_a_key_nobody_trusts_does_not_count(tmp_path, file, keys):
    """Another key store does not know who signed; once it trusts that key, it does."""
    other = KeyStore(tmp_path / "other")
    other.new("mine")
    assert status(file, other.own()) is SealStatus.UNKNOWN_KEY
    other.trust(keys.folder / "keys" / "runner.pub", "sealer")
    assert opened(file, [*other.trusted(), *other.own()]).signer == "sealer"


def test_a_seal_that_is_not_there_is_no_changed_one(tmp_path, keys):
    """It cannot be read, and that is said."""
    with pytest.raises(PreconditionError, match="No such file"):
        opened(tmp_path / "none.seal", keys.own())


def test_a_table_comes_out_of_a_seal_as_it_went_in():
    """Definition, key, ranges with bounds of every kind, digests."""
    columns = (Column("id", "bigint"), Column("name", "varchar"))
    digest = Digest(3, 3 * 2**64 - 1)
    parts = {
        Range(None, 1000): TablePart(digest, pack({("1",): ("a",)})),
        Range(1000, "x"): TablePart(digest),
        Range("x", b"\xff"): TablePart(digest),
        Range(b"\xff", None): TablePart(digest),
    }
    tables = {"d.t": TablePrint(Table("d", "t", columns, columns[:1]), frozenset({"`id` bigint"}), parts)}
    told = [Thing.model_validate_json(each.model_dump_json()) for each in sealed.of_tables(tables)]
    found = sealed.tables(told)
    assert equal(found, tables)
    assert [*found["d.t"].parts] == [*parts]
    assert found["d.t"].table == tables["d.t"].table
    assert all(each.packed is None for each in found["d.t"].parts.values())


def test_no_value_is_in_a_seal_and_a_difference_is_seen_all_the_same():
    """Documents, files, objects, accounts: digests under a key that lies beside the seal."""
    key = Key(b"k" * 32)
    told = list(sealed.of_prints("opensearch", {"document a/1": printed({"title": "a s3cret"}, key)}))
    assert "s3cret" not in "".join(each.model_dump_json() for each in told)
    same = {"document a/1": printed({"title": "a s3cret"}, Key(b"k" * 32))}
    other = {"document a/1": printed({"title": "another"}, Key(b"k" * 32))}
    assert compare(sealed.prints(told), same).all == []
    assert compare(sealed.prints(told), other).differences[0].startswith("document a/1 title: [hidden")
    accounts = {"a@%": Account(frozenset({"GRANT SELECT ON `d`.* TO `a`@`%`"}), "0f")}
    assert sealed.accounts(sealed.of_accounts(accounts)) == accounts
