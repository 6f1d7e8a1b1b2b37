"""Installations that restore, into a cluster in which nothing of the platform is left but its bucket."""

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import installation
from hopsdrill.run.installation import InVain
from hopsdrill.run.points import Points
from hopsdrill.run.proofs import contents_match, data_matches, objects_match
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Disaster, Recovered
from hopsdrill.site import Site
from hopsdrill_steps.data import ROW_PROOFS
from hopsdrill_steps.in_place import CHANGE_ALL
from hopsdrill_steps.restore import REBUILD


REMOVE = PlannedOperation(name=installation.REMOVE, target="{namespace}", destructive=True)
INSTALL = [REMOVE, *REBUILD[1:]]


@given("the platform was removed, and its bucket is left", target_fixture="removed")
@declares(
    operations=[CHANGE_ALL, REMOVE],
    actions=["every-store-differs-before-the-restore", "the-platform-was-removed"],
)
def the_platform_was_removed(platform: Site, drill: Drill, points: Points, key: Key) -> Disaster:
    """After a change of every store, so that what stays in the bucket is not what is to come back."""
    return installation.remove(platform, drill.plan.data, points, key)


@when("it is installed with the newer one's ID", target_fixture="recovered")
@declares(operations=INSTALL)
def installed_with_the_id(platform: Site, points: Points, removed: Disaster) -> Recovered:
    """Velero's Restores, then the release with one value."""
    return installation.install(platform, installation.wanted(platform, points), removed)


@when(
    "it is installed with the newer one's ID and the older one's backups of database and search engine",
    target_fixture="recovered",
)
@declares(operations=INSTALL)
def installed_with_overrides(platform: Site, points: Points, removed: Disaster) -> Recovered:
    """Velero's Restores, then the release with its values."""
    return installation.install(platform, installation.wanted(platform, points, older=("rondb", "opensearch")), removed)


@when(
    "it is installed with the newer one's ID and a payload that leaves the index of logs out",
    target_fixture="recovered",
)
@declares(operations=INSTALL)
def installed_without_an_index(platform: Site, points: Points, removed: Disaster) -> Recovered:
    """The payload is the search engine's own."""
    return installation.install(platform, installation.without_logs(platform, points), removed)


@then("every index but that one is as the backup holds it")
@declares(proofs=["documents-but-those-left-out-match-the-snapshot"])
def every_index_but_one(platform: Site, recovered: Recovered, key: Key) -> None:
    """And nothing of the index left out is there."""
    installation.prove_left_out(platform, recovered, key)


@then("every row, file, environment and Kubernetes object is as the backup holds it")
@declares(
    proofs=[
        *ROW_PROOFS,
        "files-match-the-snapshot",
        "environments-match-the-snapshot",
        "objects-match-the-backup",
    ]
)
def everything_but_documents(platform: Site, recovered: Recovered, key: Key) -> None:
    """All stores but the search engine."""
    data_matches(platform, recovered, key)
    contents_match(platform, recovered, key, without="opensearch")
    objects_match(platform, recovered, key)


@when(parsers.re(r"it is installed in vain (?P<how>.+)"), target_fixture="in_vain")
@declares(operations=INSTALL)
def installed_in_vain(platform: Site, points: Points, removed: Disaster, how: str, key: Key) -> InVain:
    """The request lacks something, or names what does not exist."""
    return installation.install_in_vain(platform, points, how, removed, key)


@then(parsers.re(r"it is told as no restore, for (?P<why>.+)"))
@declares(proofs=["installation-is-told-as-no-restore"])
def told_as_no_restore(platform: Site, in_vain: InVain, why: str) -> None:
    """By the Job that failed, or by the comparison."""
    installation.prove_told(platform, in_vain, why)
