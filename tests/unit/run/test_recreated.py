"""An environment counts as missing, made again or told apart only by what the registry holds."""

from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.recovery.backup import BackupSet, StoreBackup
from hopsdrill.run import recreated
from hopsdrill.run.recreated import TITLE
from hopsdrill.workload import environments, project


RECIPE = environments.recipe(project.REPOSITORY)
RECOVERED = SimpleNamespace(snapshot=SimpleNamespace(contents={"registry": {}}))
LACKING, TOLD = "the-restore-lacks-the-environment", "another-environment-is-told-apart"
OTHER = "image churn/python-environment:1"


def judge(monkeypatch, proof, wrong, said=RECIPE):
    """What a proof records when the registry differs so, and the project says this of its environment."""
    site = judged.site(kube=SimpleNamespace(get=lambda *_: {"data": said} if said else None))
    monkeypatch.setattr(recreated, "content_differences", lambda *_: ({}, wrong))
    proof(site, RECOVERED, None)
    return {name: passed for name, (passed, _) in site.proofs.items()}


def test_exactly_the_deleted_environment_is_missing(monkeypatch):
    """And the project says how it is made."""
    assert judge(monkeypatch, recreated.prove_lacking, [f"{TITLE}: missing"]) == {LACKING: True}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], RECIPE),
        ([f"{OTHER}: missing"], RECIPE),
        ([f"{TITLE}: missing", f"{OTHER}: missing"], RECIPE),
        ([f"{TITLE} digest: a -> b"], RECIPE),
        ([f"{TITLE}: missing"], {}),
        ([f"{TITLE}: missing"], {**RECIPE, "requirements": "numpy==1.0"}),
    ],
    ids=["it came back", "another is missing", "two are missing", "it is another", "no recipe", "another recipe"],
)
def test_anything_else_is_red(monkeypatch, wrong, said):
    """An environment that came back by itself too: the statement would be wrong."""
    assert judge(monkeypatch, recreated.prove_lacking, wrong, said) == {LACKING: False}


def test_another_environment_is_told_by_its_digest(monkeypatch):
    """Its layers differ with it."""
    wrong = [f"{TITLE} blob sha256:1: whole -> absent", f"{TITLE} digest: a -> b"]
    assert judge(monkeypatch, recreated.prove_told, wrong) == {TOLD: True}


@pytest.mark.parametrize("wrong", [[], [f"{TITLE}: missing"], [f"{TITLE} digest: a -> b", f"{OTHER}: missing"]])
def test_an_environment_that_is_not_told_apart_is_red(monkeypatch, wrong):
    """No difference, none at all made, or a difference elsewhere."""
    assert judge(monkeypatch, recreated.prove_told, wrong) == {TOLD: False}


def test_an_environment_is_made_by_its_recipe_byte_for_byte():
    """The same recipe gives the same digest; one package more gives another."""
    pushed = {}
    images = SimpleNamespace(
        put_blob=lambda *_: None, put_manifest=lambda name, tag, data: pushed.setdefault(f"{name}:{tag}", data)
    )
    packages = environments.PACKAGES[project.REPOSITORY]
    first = environments.push(images, project.REPOSITORY, environments.TAG, packages)
    assert pushed == {f"{project.REPOSITORY}:{environments.TAG}": first}
    pushed.clear()
    assert environments.make(images, RECIPE) == first
    pushed.clear()
    assert environments.make(images, RECIPE, recreated.WRONG) != first


def test_without_a_recipe_nothing_is_made():
    """It says what is lacking."""
    with pytest.raises(OperationError, match="nothing says how the environment is made"):
        recreated.make_again(judged.site(kube=SimpleNamespace(get=lambda *_: None)))


def test_the_restore_names_its_backups_and_leaves_the_registry_out(monkeypatch):
    """A later backup may have been taken since, which an unnamed restore would take."""
    given = {}

    def fake(_site, _snapshot, backup, _running, _key, *, asked):
        given.update(backup=backup, asked=asked)

    monkeypatch.setattr(recreated, "restore_everything", fake)
    monkeypatch.setattr(recreated.markers, "delete", lambda _, jobs: given.update(jobs=jobs))
    one = {store: StoreBackup("264831200", {}) for store in ("opensearch", "registry")}
    main, users = ({"metadata": {"name": name}} for name in ("main-1", "users-1"))
    backup = BackupSet(StoreBackup("264831200", {}), main, users, one)
    recreated.restore_without_registry(judged.site(), SimpleNamespace(backup=backup, snapshot=None), None)
    asked = given["asked"].given(judged.site())
    assert asked["hopsworks.velero.restore.mainScheduleBackupId"] == "main-1"
    assert not any("registry" in each for each in [*asked, *given["backup"].others, *given["jobs"]])
    assert "restore-native-backup-264831200" in given["jobs"]
