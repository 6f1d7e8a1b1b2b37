"""The platform version that made a backup."""

from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
from pytest_bdd import given, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run import versions
from hopsdrill.run.refused import prove_refused
from hopsdrill.run.versions import OTHER, Asked
from hopsdrill.run.wholeness import Taken
from hopsdrill.site import Site
from hopsdrill_steps.configuration import CONFIGURE


COMPARE = PlannedOperation(name="compare the versions", target="{namespace}")
RENDER = PlannedOperation(name="have the restore rendered", target="{namespace}")
UNTOLD = PlannedOperation(name="take an untold backup", target="{kubernetes_velero_namespace}")


@dataclass
class Wanted:
    """What is to be restored, and by which chart."""

    backup: BackupSet
    by: Site


@pytest.fixture
def wanted(platform: Site, taken: Taken) -> Wanted:
    """The backup of every store, by the platform's own chart, until the scenario says otherwise."""
    return Wanted(taken.backup, platform)


@then("the backup says by which version of the platform it was made")
@declares(proofs=["backup-says-its-version"])
def it_says_its_version(platform: Site, wanted: Wanted) -> None:
    """By an object in it, and by hopsdrill's annotation."""
    versions.prove_told(platform, wanted.backup)


@then("a restore by that version is let through")
@declares(operations=[COMPARE], proofs=["own-version-is-let-through"])
def let_through(platform: Site, wanted: Wanted) -> None:
    """By the comparison that every restore begins with."""
    versions.prove_let_through(platform, wanted.backup)


@given("the platform was upgraded to another version of its chart")
@declares(operations=[CONFIGURE])
def another_version(platform: Site, wanted: Wanted, upset: ExitStack) -> None:
    """The same chart, packed under another version; put back when the scenario ends."""
    wanted.by = versions.upgrade_to_other(platform, upset)


@given("nothing says by which version the backup of its objects was made")
@declares(operations=[UNTOLD])
def nothing_says(platform: Site, wanted: Wanted, upset: ExitStack) -> None:
    """The object that says it is left out by Velero's label, and hopsdrill's annotation is not written."""
    wanted.backup = versions.take_untold(platform, wanted.backup, upset)


@when("a restore in place from that backup is asked for", target_fixture="asked_by_version")
@declares(operations=[COMPARE])
def asked_in_place(platform: Site, wanted: Wanted, key: Key) -> Asked:
    """Through hopsdrill, as every drill restores."""
    return versions.ask_in_place(platform, wanted.by, wanted.backup, key)


@when("a restore into a new cluster is asked for by another version of the chart", target_fixture="asked_by_version")
@declares(operations=[COMPARE])
def asked_anew(platform: Site, wanted: Wanted, key: Key) -> Asked:
    """Through hopsdrill, as every drill restores."""
    return versions.ask_anew(platform, versions.by_version(platform, versions.OTHER), wanted.backup, key)


@then("it is refused before anything is cleared, naming the version of the backup and the other one")
@declares(proofs=["refused-before-anything-was-asked"])
def refused_by_version(platform: Site, asked_by_version: Asked) -> None:
    """By hopsdrill itself."""
    own = f"made by version {platform.profile.version}"
    prove_refused(platform, asked_by_version.said, own, f"the chart to be installed is {OTHER}")


@then("it is refused before anything is cleared, because nothing says the version")
@declares(proofs=["refused-before-anything-was-asked"])
def refused_as_unknown(platform: Site, asked_by_version: Asked) -> None:
    """By hopsdrill itself."""
    prove_refused(platform, asked_by_version.said, versions.NOTHING_SAYS)


@then("nothing was touched by asking for the restore")
@declares(proofs=["nothing-was-touched"])
def untouched(platform: Site, asked_by_version: Asked, key: Key) -> None:
    """Everything is compared with what was read before."""
    versions.prove_untouched(platform, asked_by_version, key)


@then("it is refused too with the backup's own chart while the other version runs")
@declares(operations=[COMPARE], proofs=["refused-before-anything-was-asked"])
def refused_over_another(platform: Site, wanted: Wanted, key: Key) -> None:
    """The release that runs counts, too."""
    asked = versions.ask_in_place(platform, platform, wanted.backup, key)
    prove_refused(platform, asked.said, f"the release that runs is {OTHER}")


@then("the release itself does not refuse it")
@declares(operations=[RENDER], proofs=["release-itself-does-not-refuse"])
def the_release_goes_on(platform: Site, wanted: Wanted) -> None:
    """Helm renders the restore; nothing is applied."""
    versions.prove_release_lets_pass(platform, wanted.by, wanted.backup)


@then("a plan that says how the version is known is let through")
@declares(operations=[COMPARE], proofs=["told-version-is-let-through"])
def told_by_the_plan(platform: Site, wanted: Wanted) -> None:
    """By its `accept_unknown_version`."""
    told = replace(platform, accepts_unknown_version="the operator's own record")
    versions.prove_let_through(told, wanted.backup, "told-version-is-let-through")
