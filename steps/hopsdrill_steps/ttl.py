"""The time to live of backups."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import pruned as proofs
from hopsdrill.run import pruning, wholeness
from hopsdrill.run import refused as refused_backups
from hopsdrill.run.pruning import Pruned
from hopsdrill.run.refused import Refused
from hopsdrill.run.shelf import Shelf
from hopsdrill.run.wholeness import Taken
from hopsdrill.site import Site
from hopsdrill_fixtures.configuration import Kept
from hopsdrill_steps.backup import BACK_UP, WHOLE
from hopsdrill_steps.configuration import CONFIGURE


AGE = PlannedOperation(name="make a backup old", target="the bucket", destructive=True)
EXPIRE = PlannedOperation(name="take backups that expire", target="{kubernetes_velero_namespace}")
RESTART = PlannedOperation(name="restart Velero", target="{kubernetes_velero_namespace}")
NAMES = {"global ttl": "ttl", "Velero ttl": "ttl_kubernetes"}


@dataclass
class Younger:
    """The backup that is younger than the ttl; none in scenarios without one."""

    taken: Taken | None = None

    @property
    def all(self) -> list[Taken]:
        """It, where there is one."""
        return [] if self.taken is None else [self.taken]


@pytest.fixture
def younger() -> Younger:
    """None yet."""
    return Younger()


@given(parsers.parse("that backup has become {days:d} days old"))
@declares(operations=[AGE], actions=["backup-was-made-old"])
def has_become_old(platform: Site, taken: Taken, days: int) -> None:
    """By the modification time in its objects' metadata."""
    pruning.make_old(platform, taken, days)


@when("every store is backed up while no ttl is set")
@declares(operations=BACK_UP)
def backed_up_without_ttl(platform: Site, younger: Younger, key: Key) -> None:
    """The younger backup."""
    younger.taken = wholeness.take(platform, key)


@then("nothing is pruned")
@declares(proofs=["nothing-is-pruned-without-ttl", "velero-keeps-its-own-default"])
def nothing_is_pruned(platform: Site, taken: Taken) -> None:
    """The old backup is where it was."""
    proofs.prove_kept(platform, taken)


@when(parsers.parse('ttl "{text}" is set by an upgrade, and every store is backed up'), target_fixture="pruned")
@declares(operations=[CONFIGURE, *BACK_UP, EXPIRE, RESTART])
def backed_up_with_ttl(  # noqa: PLR0913, PLR0917 - what a run rests on
    platform: Site, text: str, taken: Taken, younger: Younger, upset: ExitStack, kept: Kept, shelf: Shelf, key: Key
) -> Pruned:
    """Declared: the search engine's clean-up runs by a clock that is set ahead, and Velero's server is restarted."""
    (young,) = younger.all
    made = pruning.prune(platform, text, taken, young, upset, key)
    kept.taken, shelf.recovered = made.newest, None  # what earlier scenarios left may be pruned
    return made


@when(
    parsers.parse('ttl "{text}" is set by an upgrade, and every store is backed up, although everything is older'),
    target_fixture="pruned",
)
@declares(operations=[CONFIGURE, *BACK_UP])
def backed_up_with_least_ttl(  # noqa: PLR0913, PLR0917 - what a run rests on
    platform: Site, text: str, taken: Taken, upset: ExitStack, kept: Kept, shelf: Shelf, key: Key
) -> Pruned:
    """The run's own backup is older than such a ttl, too."""
    del taken
    made = pruning.prune_all(platform, text, upset, key)
    kept.taken, shelf.recovered = made.newest, None
    return made


@then("what is older than that is gone from bucket, record and cluster, store by store")
@declares(proofs=["old-backups-are-pruned"])
def it_is_gone(platform: Site, pruned: Pruned) -> None:
    """Each looked for where it lay, and in what said so."""
    proofs.prove_gone(platform, pruned)


@then(parsers.parse('Velero keeps its backups for "{text}" too'))
@declares(proofs=["velero-backups-follow-the-ttl"])
def velero_follows(platform: Site, pruned: Pruned, text: str) -> None:
    """By the expiration of the run's Velero backups."""
    proofs.prove_velero_follows(platform, pruned, text)


@then("the younger backup and the one that pruned are whole")
@declares(proofs=[*WHOLE, "young-backup-is-recorded"])
def both_are_whole(platform: Site, pruned: Pruned, younger: Younger, key: Key) -> None:
    """In the bucket, and in the record."""
    proofs.prove_whole(platform, pruned, *younger.all, key=key)


@then("the one that pruned is whole")
@declares(proofs=[*WHOLE, "young-backup-is-recorded"])
def it_is_whole(platform: Site, pruned: Pruned, key: Key) -> None:
    """In the bucket, and in the record."""
    proofs.prove_whole(platform, pruned, key=key)


@when(parsers.re(r'backups are to be pruned by the (?P<name>.+ ttl) "(?P<text>.+)"'), target_fixture="refused")
@declares()
def to_be_pruned_by(platform: Site, name: str, text: str) -> Refused:
    """Asked of hopsdrill."""
    return refused_backups.ask(platform, **{NAMES[name]: text})


@then("the platform, asked all the same, refuses that ttl too")
@declares(operations=[CONFIGURE], proofs=["platform-refuses-it-too"])
def the_platform_refuses_the_ttl(platform: Site, refused: Refused) -> None:
    """By its schema: helm renders nothing."""
    refused_backups.prove_helm_refuses(platform, refused, "bad-ttl")
