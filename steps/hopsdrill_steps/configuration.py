"""Enabling backups."""

from contextlib import ExitStack

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.run import configuration, status, wholeness
from hopsdrill.run import refused as refused_backups
from hopsdrill.run.refused import Refused
from hopsdrill.run.wholeness import Taken
from hopsdrill.site import Site
from hopsdrill_steps.backup import BACK_UP, WHOLE


CONFIGURE = PlannedOperation(name="configure the backups", target="{namespace}", destructive=True)
MAKE_BUCKET = PlannedOperation(name="make a bucket", target="the object store")


@then("its installation made the CronJobs of database and search engine and both Velero Schedules")
@declares(proofs=["installation-configured-the-backups"])
def made_by_the_installation(platform: Site) -> None:
    """By what was seen right after it."""
    configuration.prove_installed(platform)


@then("its bucket, of an S3-compatible store, keeps object versions")
@declares(proofs=["bucket-keeps-versions"])
def the_bucket_keeps_versions(platform: Site) -> None:
    """As the S3 protocol says."""
    configuration.prove_versioned(platform)


@then("a backup taken by them is whole")
@declares(operations=BACK_UP, proofs=WHOLE)
def a_backup_is_whole(platform: Site, taken: Taken, key: Key) -> None:
    """By what lies in the bucket."""
    wholeness.prove_whole(platform, taken, key)


@given("a platform whose backups are not enabled")
@declares(operations=[CONFIGURE])
def backups_are_not_enabled(platform: Site, upset: ExitStack) -> None:
    """By an upgrade; they are enabled again when the scenario ends."""
    configuration.disable(platform, upset)


@given("nothing takes backups of it, and its status is disabled")
@declares(proofs=["nothing-takes-backups", "status-is-disabled"])
def nothing_takes_backups(platform: Site) -> None:
    """No CronJob, no Schedule."""
    configuration.prove_absent(platform)
    status.prove_disabled(platform)


@when("backups are enabled by an upgrade")
@declares(operations=[CONFIGURE])
def enabled_by_an_upgrade(platform: Site) -> None:
    """To the platform's own values."""
    configuration.configure(platform)


@then("the CronJobs of database and search engine and both Velero Schedules are there")
@declares(proofs=["backups-are-configured"])
def they_are_there(platform: Site) -> None:
    """Each with the platform's schedule."""
    configuration.prove_scheduled(platform)


@then("a backup taken anew by them is whole")
@declares(operations=BACK_UP, proofs=WHOLE)
def a_new_backup_is_whole(platform: Site, key: Key) -> None:
    """By what lies in the bucket."""
    wholeness.prove_whole(platform, wholeness.take(platform, key), key)


# --- refusals --------------------------------------------------------------------------------------------------------


@given("a bucket of the scenario's own that keeps no object versions", target_fixture="bucket")
@declares(operations=[MAKE_BUCKET])
def a_bucket_without_versions(platform: Site, upset: ExitStack) -> str:
    """Removed when the scenario ends."""
    del upset  # whose end removes it
    return refused_backups.unversioned(platform)


@when("backups are to be enabled with the files in that bucket", target_fixture="refused")
@declares()
def enabled_there(platform: Site, bucket: str) -> Refused:
    """Asked of hopsdrill."""
    return refused_backups.ask(platform, enabled=True, bucket=bucket)


@when(parsers.parse("backups are to be enabled with {provider} as its object storage"), target_fixture="refused")
@declares()
def enabled_on_another_provider(platform: Site, provider: str) -> Refused:
    """Asked of hopsdrill."""
    return refused_backups.ask(platform, enabled=True, provider=provider)


@then(parsers.parse('it is refused before anything is asked of the platform, saying "{reason}"'))
@declares(proofs=["refused-before-anything-was-asked"])
def refused_by_hopsdrill(platform: Site, refused: Refused, reason: str) -> None:
    """Whatever the platform would do."""
    refused_backups.prove_refused(platform, refused.said, reason)


@then("a release that does not look at the bucket itself is refused the same way")
@declares(proofs=["refused-before-anything-was-asked"])
def refused_without_the_platforms_check(platform: Site, bucket: str) -> None:
    """By values that switch the platform's own check off."""
    asked = refused_backups.ask(platform, enabled=True, bucket=bucket, checks_versions=False)
    refused_backups.prove_refused(platform, asked.said, "keeps no object versions")


@then("nothing was touched by asking")
@declares(proofs=["nothing-was-touched"])
def nothing_was_touched(platform: Site, refused: Refused) -> None:
    """Release, schedules, pods, the bucket."""
    refused_backups.prove_untouched(platform, refused)


@then("the platform refuses it too")
@declares(operations=[CONFIGURE], proofs=["platform-refuses-it-too"])
def the_platform_refuses(platform: Site, refused: Refused) -> None:
    """Helm renders nothing."""
    refused_backups.prove_helm_refuses(platform, refused, "other-provider")


@then("the platform, asked all the same, refuses to start on that bucket, and says why", target_fixture="files_before")
@declares(operations=[CONFIGURE], proofs=["platform-refuses-it-too"])
def the_platform_refuses_to_start(platform: Site, refused: Refused, upset: ExitStack, key: Key) -> Prints:
    """Its file system looks at the bucket when it starts."""
    return refused_backups.ask_platform(platform, refused, upset, key)


@then("with its own bucket again every file is as before, and nothing was written to the other")
@declares(operations=[CONFIGURE], proofs=["files-are-as-before"])
def files_are_as_before(platform: Site, files_before: Prints, bucket: str, upset: ExitStack, key: Key) -> None:
    """Undone now, not only when the scenario ends."""
    upset.close()
    refused_backups.prove_files(platform, files_before, bucket, key)
