"""Velero itself: taken away, installed as documented, by a role."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run import by_role, velero_install, velero_installed
from hopsdrill.run.by_role import Own
from hopsdrill.run.locations import Tried
from hopsdrill.run.session import Drill
from hopsdrill.run.velero_install import Asked
from hopsdrill.site import Site
from hopsdrill_steps.locations import BACK_UP, MAKE, WAIT, WRITE


VELERO = "{kubernetes_velero_namespace}"
REMOVE = PlannedOperation(name=velero_install.REMOVE, target=VELERO, destructive=True)
INSTALL = PlannedOperation(name=velero_install.INSTALL, target=VELERO, destructive=True)
PUT_BACK = PlannedOperation(name="put back the lab's Velero", target=VELERO)
OWN = PlannedOperation(name=by_role.INSTALL, target="a namespace of its own")


@given("a cluster from which Velero was removed", target_fixture="before")
@declares(operations=[REMOVE], actions=["velero-was-removed"])
def velero_was_removed(site: Site, borrowed: ExitStack) -> dict[str, Any]:
    """Refused while anything would be lost with it; put back when the scenario ends."""
    del borrowed  # whose end puts it back
    return velero_install.take_away(site)


@given("a cluster with a Velero that nothing uses", target_fixture="before")
@declares()
def velero_is_unused(site: Site, borrowed: ExitStack) -> dict[str, Any]:
    """A refusal that fails to come would change it."""
    del borrowed
    velero_install.require_unused(site)
    return velero_install.standing(site)


@when("Velero is installed by its command line with these flags")
@declares(operations=[INSTALL])
def installed_by_command_line(site: Site, datatable: Sequence[Sequence[str]]) -> None:
    """Flags as documented; images as the lab has them."""
    velero_install.require_installed(velero_install.install(site, velero_install.words(datatable)))


@when("Velero is installed in vain by its command line with these flags", target_fixture="asked")
@declares(operations=[INSTALL])
def installed_in_vain(site: Site, datatable: Sequence[Sequence[str]]) -> Asked:
    """Ended at a deadline of the scenario's own."""
    return velero_install.install(site, velero_install.words(datatable), deadline=velero_install.VAIN_S)


@when("Velero is installed by the plan's Helm chart with these values")
@declares(operations=[INSTALL])
def installed_by_chart(drill: Drill, site: Site, datatable: Sequence[Sequence[str]]) -> None:
    """Values as documented; images as the lab has them."""
    velero_install.install_chart(site, drill.plan.velero_chart, datatable)


@then(parsers.parse('Velero\'s kinds are known, its server is available and lists the plugin "{plugin}"'))
@declares(proofs=["velero-kinds-are-known", "velero-server-is-available", "velero-lists-the-plugin"])
def it_is_installed(site: Site, plugin: str) -> None:
    """By the API server, and by what Velero's server says of itself."""
    velero_installed.prove_kinds(site)
    velero_installed.prove_available(site)
    velero_installed.prove_plugin(site, plugin)


@then("it has no location and no secret")
@declares(proofs=["velero-has-no-location-and-no-secret"])
def it_is_bare(site: Site) -> None:
    """Neither in its namespace nor in its pod's settings."""
    velero_installed.prove_bare(site)


@then("the cluster's own Velero is put back as it was")
@declares(operations=[PUT_BACK], proofs=["velero-is-as-before"])
def it_is_put_back(site: Site, borrowed: ExitStack, before: dict[str, Any]) -> None:
    """Now, not only when the scenario ends."""
    borrowed.close()
    velero_installed.prove_as_before(site, before)


# --- refusals --------------------------------------------------------------------------------------------------------


@when(
    parsers.re(r"Velero is to be installed by its command line (?P<how>without|with) (?P<flag>\S+)"),
    target_fixture="asked",
)
@declares(operations=[INSTALL])
def asked_with_another_flag(site: Site, how: str, flag: str) -> Asked:
    """As documented, less or more one flag."""
    return velero_install.install(site, velero_install.varied(how, flag))


@then(parsers.parse('it refuses, saying "{said}"'))
@declares(proofs=["velero-refuses-to-install"])
def it_refuses(site: Site, asked: Asked, said: str) -> None:
    """By its exit code and in its own words."""
    velero_installed.prove_refused(site, asked, said)


@then("the cluster's own Velero is as it was")
@declares(proofs=["velero-is-as-before"])
def it_is_as_it_was(site: Site, before: dict[str, Any]) -> None:
    """Nothing of it was touched."""
    velero_installed.prove_as_before(site, before)


@then(parsers.parse('the server is not available at the deadline, and its pod names the image "{image}"'))
@declares(proofs=["server-never-became-available"])
def never_available(site: Site, asked: Asked, image: str) -> None:
    """As the kubelet says."""
    velero_installed.prove_never_available(site, asked, image)


# --- by a role -------------------------------------------------------------------------------------------------------


@given(parsers.re(r"a Velero of its own (?P<whose>whose .*|without a role)"), target_fixture="own")
@declares(operations=[OWN])
def a_velero_of_its_own(site: Site, borrowed: ExitStack, whose: str) -> Own:
    """In a namespace of its own, beside the lab's; both go when the scenario ends."""
    del borrowed
    return by_role.install(site, whose)


@when("a backup location without credentials is made in it", target_fixture="tried")
@declares(operations=[MAKE, WAIT])
def a_location_without_credentials(own: Own) -> Tried:
    """Waited for until it is Available."""
    return by_role.try_role(own)


@when(parsers.parse("a backup location without credentials is made in it {where}"), target_fixture="tried")
@declares(operations=[MAKE, WAIT])
def a_location_in_vain(own: Own, where: str) -> Tried:
    """Waited for in vain."""
    return by_role.try_in_vain(own, where)


@then(parsers.parse('the wait ends at its deadline with the location Unavailable, saying "{said}"'))
@declares(proofs=["wait-ended-with-the-reason", "nothing-was-written"])
def the_location_is_unavailable(own: Own, tried: Tried, said: str) -> None:
    """The message has Velero's phase and reason."""
    by_role.prove_unavailable(own, tried, said)


@then("no credential is in the location, in Velero's namespace or in its pod")
@declares(proofs=["no-static-credential-anywhere"])
def no_credential(own: Own, tried: Tried) -> None:
    """Secrets, settings, and the files and variables inside the pod."""
    by_role.prove_no_credential(own, tried)


@then("a backup taken through it by the role lies in the bucket, under its prefix")
@declares(operations=[WRITE, BACK_UP], proofs=["backup-lies-under-the-prefix"])
def a_backup_by_the_role(own: Own) -> None:
    """Read from the bucket, not from Velero."""
    by_role.prove_written(own)
