"""A loss counts as found only when its own look names it, and no other look finds anything."""

from types import SimpleNamespace

import judged

from hopsdrill.proof.key import Key
from hopsdrill.run import whole
from hopsdrill.run.whole import Look
from hopsdrill.run.wholeness import Lost, prove_found


LOST = Lost("rondb", "rondb_backup/1/rondb/1/BACKUP-1-PART-1-OF-2/x", r"node 1: .*part 1\b")


def found(**missing):
    """What was recorded, when each store's look finds these lines."""
    site = judged.site()
    looks = {
        store: lambda store=store: Look(f"{store}-is-whole", store, missing.get(store, []), "whole", "seen")
        for store in ("rondb", "hopsfs", "registry")
    }
    prove_found(site, LOST, SimpleNamespace(looks=lambda *_: looks), None)
    return {name: passed for name, (passed, _) in site.proofs.items()}


NAMED = ["node 1: part 1 of 2 is missing"]
OWN, OTHERS = "loss-is-found-and-named", "nothing-else-is-found"


def test_the_loss_is_found_by_its_own_look_alone():
    """And named."""
    assert found(rondb=NAMED) == {OWN: True, OTHERS: True}


def test_a_look_that_stays_green_is_red():
    """The loss went unnoticed."""
    assert found()[OWN] is False


def test_another_name_or_more_than_the_loss_is_red():
    """What was not lost must not be named."""
    assert found(rondb=["node 2: part 1 of 2 is missing"])[OWN] is False
    assert found(rondb=[*NAMED, "users.sql is missing"])[OWN] is False


def test_another_look_that_turns_red_is_red():
    """A loss of one store is no other's."""
    assert found(rondb=NAMED, registry=["nothing has the digest"])[OTHERS] is False


def test_a_lost_archive_is_a_red_look_not_an_error():
    """So that every other store is looked at too; the archive is named."""
    store = SimpleNamespace(get=lambda _: None, ref=SimpleNamespace(bucket="b"))
    names = [{"metadata": {"name": name}} for name in ("main-1", "users-1")]
    backup = SimpleNamespace(main=names[0], users=names[1])
    look = whole.objects(judged.site(store=store), backup, {}, Key())
    assert "has no k8s_backup/backups/main-1/main-1.tar.gz" in look.missing[0]
