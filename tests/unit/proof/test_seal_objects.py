"""Sealed objects against those in the bucket: each kind of difference is told apart and named."""

from dataclasses import replace
from hashlib import sha256

import pytest

from hopsdrill.proof.seal import Found, Item, judge
from hopsdrill.proof.seal.objects import Look, side_by_side


BYTES = {"p/a": b"first object", "p/b": b"the second", "p/c": b"number three"}


def item(key: str, data: bytes) -> Item:
    """An object as it was sealed."""
    return Item(part="p", key=key, size=len(data), sha256=digest(data), version=f"v-{key}", etag=f"e-{data!r}")


def found(key: str, data: bytes, version: str = "") -> Found:
    """An object as it lies there."""
    return Found(key, len(data), version or f"v-{key}", f"e-{data!r}")


def digest(data: bytes) -> str:
    """As a seal has it."""
    return sha256(data).hexdigest()


def faults(there: dict[str, bytes], *, read: bool = True) -> list[tuple[str, str]]:
    """Kind and key of everything that differs from ``BYTES``; what changed has another version too."""
    sealed = [item(*each) for each in sorted(BYTES.items())]
    listed = [found(key, data, "" if BYTES.get(key) == data else "newer") for key, data in sorted(there.items())]
    looks = (
        Look(old, new, digest(there[new.key]) if read and old and new else None)
        for old, new in side_by_side(sealed, listed)
    )
    return [(each.kind, each.key) for each in judge("p", looks).faults]


@pytest.mark.parametrize("read", [True, False])
def test_what_is_as_it_was_sealed_has_no_fault(read):
    """Read, or by version alone."""
    assert faults(BYTES, read=read) == []


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({**BYTES, "p/b": b"the sec"}, [("truncated", "p/b")]),
        ({**BYTES, "p/b": b"the Second"}, [("changed", "p/b")]),
        ({**BYTES, "p/b": b"the second, longer"}, [("changed", "p/b")]),
        ({**BYTES, "p/a": BYTES["p/c"], "p/c": BYTES["p/a"]}, [("swapped", "p/a"), ("swapped", "p/c")]),
        ({**BYTES, "p/a": BYTES["p/b"], "p/b": BYTES["p/a"]}, [("swapped", "p/a"), ("swapped", "p/b")]),
        ({key: data for key, data in BYTES.items() if key != "p/a"}, [("missing", "p/a")]),
        ({key: data for key, data in BYTES.items() if key != "p/c"}, [("missing", "p/c")]),
        ({}, [("missing", "p/a"), ("missing", "p/b"), ("missing", "p/c")]),
        ({**BYTES, "p/bb": b"new"}, [("extra", "p/bb")]),
        ({**BYTES, "p/z": b"new"}, [("extra", "p/z")]),
        (
            {"p/a": BYTES["p/b"], "p/b": BYTES["p/c"], "p/c": BYTES["p/a"]},
            [("changed", "p/a"), ("changed", "p/b"), ("changed", "p/c")],
        ),
    ],
)
def test_each_kind_is_told_apart(read, there, said):
    """Whether bytes were read, or sizes and ETags compared."""
    assert faults(there, read=read) == said


def test_an_object_that_holds_anothers_bytes_says_whose():
    """Three objects that changed places: each names the one whose bytes it holds."""
    there = {"p/a": BYTES["p/b"], "p/b": BYTES["p/c"], "p/c": BYTES["p/a"]}
    looks = (Look(item(key, BYTES[key]), found(key, data), digest(data)) for key, data in sorted(there.items()))
    assert [each.text.rpartition("holds what ")[2] for each in judge("p", looks).faults] == [
        "p/b was sealed with",
        "p/c was sealed with",
        "p/a was sealed with",
    ]


def test_bytes_that_were_read_count_more_than_a_version():
    """A store that gives other bytes under the sealed version, size and ETag lies."""
    old = item("p/a", b"first object")
    seen = judge("p", [Look(old, found("p/a", b"first object"), digest(b"first 0bject"))])
    assert [each.kind for each in seen.faults] == ["changed"]


def test_another_size_is_another_object_whatever_its_version_says():
    """Nobody read it, and the store contradicts itself."""
    old = item("p/a", b"first object")
    seen = judge("p", [Look(old, replace(found("p/a", b"first object"), size=3))])
    assert [each.kind for each in seen.faults] == ["truncated"]


def test_the_same_bytes_written_again_are_intact_and_counted():
    """Another version of the same bytes, as a copied bucket has."""
    old, new = item("p/a", b"x"), replace(found("p/a", b"x"), version="copied")
    seen = judge("p", [Look(old, new, digest(b"x")), Look(old, new)])
    assert (seen.good, seen.rewritten, seen.read, seen.read_bytes, seen.objects) == (True, 2, 1, 1, 2)


def test_without_versions_only_the_etag_speaks_for_unread_bytes():
    """A bucket that keeps no versions calls every one ``null``."""
    old = item("p/a", b"x").model_copy(update={"version": "null"})
    assert judge("p", [Look(old, Found("p/a", 1, "null", old.etag))]).good
    assert not judge("p", [Look(old, Found("p/a", 1, "null", "other"))]).good


def test_beyond_a_bound_faults_are_counted_and_not_named(monkeypatch):
    """However many differ, memory stays bounded, and the judgement is not good."""
    monkeypatch.setattr("hopsdrill.proof.seal.objects.MOST", 2)
    seen = judge("p", [Look(item(key, data), None) for key, data in sorted(BYTES.items())])
    assert (len(seen.faults), seen.more, seen.good) == (2, 1, False)
