"""Defects planted after a restore, to see the drill find them."""

from collections.abc import Iterator

from pytest_bdd import given, parsers, then, when

from hopsdrill.core.errors import VerificationError
from hopsdrill.faults.defect import Defect, Target
from hopsdrill.faults.planted import defects
from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import told
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import documents, environments, files, objects, people, stream, writer
from hopsdrill.workload.dataset import DATABASE


PLANT = PlannedOperation(name="plant a defect", target="{namespace}", destructive=True)


@given(parsers.parse('"{what}" was planted after the restore'), target_fixture="defect")
@declares(operations=[PLANT], actions=["a-defect-was-planted"])
def a_planted_defect(platform: Site, recovered: Recovered, what: str) -> Iterator[Defect]:
    """Plant a defect for this scenario only; it is undone when the scenario ends."""
    beyond = recovered.disaster.writes[-1].number + 1  # one that a backup holds would make all before it lost ones
    target = Target(
        table=(DATABASE, "transactions_1"),
        account=people.account("fraud__writer"),
        privilege="UPDATE",
        secret=(objects.PROJECTS[0], objects.KEYS),
        key="token",
        ledger=writer.WRITES,
        late=(beyond, writer.payload(recovered.token, beyond)),
        drawn=writer.DRAWN,
        file=files.path_of(len(files.FOLDERS) * 3),
        document=(documents.FEATURES, "7"),
        field="description",
        image=(environments.REPOSITORIES[0], environments.TAG),
        other_image=(environments.REPOSITORIES[1], environments.TAG),
        stream=(stream.DATABASE, stream.TABLE),
        arrived=1,
        labelled=(objects.PROJECTS[0], objects.SETTINGS),
        topic=(stream.topic_of(platform), stream.READER),
    )
    sql = platform.sql()
    try:
        known = defects(platform, sql, target)
        if what not in known:
            msg = f"There is no defect {what!r}."
            raise VerificationError(msg, hint=f"known: {', '.join(known)}")
        defect = known[what]()
        with platform.recorder.operation("plant a defect", what, target=defect.named, destructive=True):
            defect.plant()
        platform.recorder.action("a-defect-was-planted", effective=defect.there(), expected=what, observed=defect.named)
        yield defect
        defect.undo()
    finally:
        sql.close()


@when("everything is compared with the backup", target_fixture="differences")
@declares()
def everything_is_compared(platform: Site, recovered: Recovered, key: Key) -> list[str]:
    """Rows, accounts, writes, files, documents, environments, Kubernetes objects."""
    return told.differences(platform, recovered, key)


@then("the comparison names what was planted, and nothing else")
@declares(proofs=["comparison-names-what-was-planted"])
def the_defect_is_named(platform: Site, defect: Defect, differences: list[str]) -> None:
    """One difference, with its name."""
    told.prove_named(platform, defect.named, differences)
