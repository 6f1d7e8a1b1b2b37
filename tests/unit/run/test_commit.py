"""Which commit a plan is of."""

import subprocess

import pytest

from hopsdrill.core import process
from hopsdrill.run.environment import commit_of


@pytest.fixture
def plan(tmp_path):
    """A plan in a git repository of its own."""
    path = tmp_path / "drills" / "plan.yaml"
    path.parent.mkdir()
    path.write_text("a: 1\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return path


def test_the_commit_is_the_one_the_plan_lies_in(plan):
    """Forty digits; and a plan that was changed since says so, a file beside it does not."""
    clean = commit_of(plan)
    assert len(clean) == 40
    (plan.parent / "other.yaml").write_text("b: 1\n")
    assert commit_of(plan) == clean
    plan.write_text("a: 2\n")
    assert commit_of(plan) == f"{clean}, with changes to the plan"


def test_outside_of_a_repository_and_without_git_there_is_none(tmp_path, plan, monkeypatch):
    """Nothing is made up, and nothing breaks."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside" / "plan.yaml"
    outside.parent.mkdir()
    outside.write_text("a: 1\n")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(outside.parent.parent))
    assert commit_of(outside) == ""
    monkeypatch.setattr(process, "search_path", lambda: str(outside.parent))
    assert commit_of(plan) == ""
