"""A Python environment that was deleted with its project: the restore does not bring it back, and it is made again."""

from dataclasses import replace

from hopsdrill.clients import registry
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.install import wait_serving
from hopsdrill.recovery.jobs import await_jobs
from hopsdrill.recovery.request import SEPARATE, Request, jobs_of, request_for
from hopsdrill.recovery.restore import upgrade
from hopsdrill.run.disaster import require
from hopsdrill.run.disaster import restore as restore_everything
from hopsdrill.run.proofs import content_differences
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import environments, objects, project


TITLE = environments.title(project.REPOSITORY)
DELETE, DELETE_ENVIRONMENT, MAKE = "delete a project", "delete an environment", "make the environment again"
RESTORE_REGISTRY = "restore the registry's own backup"
WRONG = ["requests==2.32.3"]  # a package more than the recipe names


def delete_project(site: Site) -> None:
    """Delete a project with all it has, its environment among that, and see that nothing of it is left.

    Raises:
        VerificationError: something is left.
    """
    with site.recorder.operation(DELETE, project.PROJECT, target=site.namespace, destructive=True) as done:
        done.text = project.delete(site)
    left = project.left(site)
    site.recorder.action(
        "project-was-deleted",
        effective=not left,
        expected="nothing of the project is left in any store",
        observed=f"left: {', '.join(left)}" if left else done.text,
    )
    require({"project-was-deleted": not left})


def restore_without_registry(site: Site, recovered: Recovered, key: Key) -> Recovered:
    """Restore in place from the same backup once more; the registry's own backup, a separate one, is not asked for."""
    others = {store: each for store, each in recovered.backup.others.items() if store != SEPARATE}
    backup = replace(recovered.backup, others=others)
    markers.delete(site, jobs_of(site, backup, in_place=True))
    asked = request_for(site, backup, backup.rondb.id, velero=True)  # by name: a later one may have been taken since
    return restore_everything(site, recovered.snapshot, backup, None, key, asked=asked)


def restore_registry(site: Site, recovered: Recovered) -> None:
    """Restore the registry's own backup and nothing else, by an upgrade, and wait for its Jobs.

    Raises:
        OperationError: helm refused, or a Job failed.
        DeadlineExceeded: a Job did not end in time.
    """
    id_ = recovered.backup.others[SEPARATE].id
    jobs = [name.format(id=id_) for name in site.profile.recorded[SEPARATE].restore_jobs]
    markers.delete(site, jobs)
    asked = Request(None, in_place=None, force=None, overrides={f"{SEPARATE}_id": id_})
    with site.recorder.operation(
        RESTORE_REGISTRY, f"helm upgrade ({asked})", target=site.namespace, destructive=True
    ) as done:
        upgrade(site, asked, "registry-values")
        await_jobs(site, jobs, site.deadlines.restore.total_seconds())
        # the upgrade takes the last restore out of the values, and with it pods begin anew
        seconds = wait_serving(site, site.deadlines.restore.total_seconds()).elapsed
        done.text = f"{', '.join(jobs)} complete, every store serves after {seconds:.1f} s more"


def prove_lacking(site: Site, recovered: Recovered, key: Key) -> None:
    """Record that of all environments exactly the deleted one is missing, while what says how it is made is back."""
    _, wrong = content_differences(site, SEPARATE, recovered.snapshot.contents[SEPARATE], key)
    said = _recipe(site)
    site.recorder.proof(
        "the-restore-lacks-the-environment",
        store=SEPARATE,
        passed=wrong == [f"{TITLE}: missing"] and said == environments.recipe(project.REPOSITORY),
        expected=f"{TITLE} is missing and nothing else; the project says how it is made",
        observed=f"{'; '.join(wrong) or 'nothing is missing'}; the project says {said or 'nothing'}",
        differences=[line for line in wrong if line != f"{TITLE}: missing"],
    )


def _recipe(site: Site) -> dict[str, str]:
    """What the restored project says of its environment; empty where it says nothing."""
    found = site.kube.get("v1/ConfigMap", objects.ENVIRONMENT, project.PROJECT) or {}
    said: dict[str, str] = found.get("data", {})
    return said


def make_again(site: Site, more: tuple[str, ...] = ()) -> None:
    """Make the environment by what the restored project says: the owner's own step, which no restore does.

    Raises:
        OperationError: the project does not say how.
    """
    said = _recipe(site)
    if not said:
        msg = (
            f"ConfigMap {project.PROJECT}/{objects.ENVIRONMENT} is not there: nothing says how the environment is made."
        )
        raise OperationError(msg, hint="are the project's objects restored?")
    call = f"push {said['repository']}:{said['tag']} of {', '.join([*said['requirements'].split(), *more])} (by hand, by the project's owner)"
    with site.recorder.operation(MAKE, call, target=site.namespace) as done, registry(site) as images:
        done.text = environments.make(images, said, more)


def delete_environment(site: Site) -> None:
    """Delete a project's environment alone."""
    with site.recorder.operation(DELETE_ENVIRONMENT, TITLE, target=site.namespace, destructive=True):
        environments.delete(site, project.REPOSITORY)


def prove_told(site: Site, recovered: Recovered, key: Key) -> None:
    """Record that an environment of other packages is not taken for the one that was deleted: its digest tells."""
    _, wrong = content_differences(site, SEPARATE, recovered.snapshot.contents[SEPARATE], key)
    told = [line for line in wrong if line.startswith(f"{TITLE} digest: ")]
    others = [line for line in wrong if not line.startswith(f"{TITLE} ")]
    site.recorder.proof(
        "another-environment-is-told-apart",
        store=SEPARATE,
        passed=bool(told) and not others,
        expected=f"{TITLE} has another digest, and no other environment differs",
        observed="; ".join(told) or "no other digest: it would have passed for the deleted one",
        differences=others,
    )
