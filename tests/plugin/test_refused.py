"""What is refused before anything runs."""

import pytest


def test_a_sound_project_has_no_problems(project):
    """The small project is sound, and collecting runs nothing."""
    assert project.problems() == []
    assert project.done == []


EXTRA = "    And one more thing\n"
CASES = {
    "no step definition matches": lambda p: p.__setattr__("feature", p.feature.replace("it happens", "it hapens")),
    "2 step definitions match": lambda p: p.__setattr__(
        "steps",
        p.steps + "\nfrom pytest_bdd import parsers\n@when(parsers.parse('it {verb}'))\ndef other(verb): pass\n",
    ),
    "its definition is async": lambda p: p.__setattr__("steps", p.steps.replace("def happens", "async def happens")),
    "marked skip": lambda p: p.__setattr__("steps", p.steps + "\npytestmark = pytest.mark.skip\n"),
    "marked xfail": lambda p: p.__setattr__("steps", p.steps + "\npytestmark = pytest.mark.xfail(strict=False)\n"),
    "no binding collects it": lambda p: (
        p.__setattr__(
            "steps",
            p.steps.replace(
                'scenarios("small.feature")',
                "from pytest_bdd import scenario\n@scenario('small.feature', 'One')\ndef test_one(): pass",
            ),
        )
        or p.__setattr__("feature", p.feature + "\n  Scenario: Two\n    Given something\n    Then it is proved\n")
    ),
    "bound twice": lambda p: p.__setattr__(
        "steps",
        p.steps + "\nfrom pytest_bdd import scenario\n@scenario('small.feature', 'One')\ndef test_again(): pass\n",
    ),
    "not a scenario": lambda p: p.__setattr__("steps", p.steps + "\ndef test_plain(): pass\n"),
    "no Then": lambda p: p.__setattr__("feature", p.feature.replace("    Then it is proved\n", "")),
    "no step declares a proof": lambda p: p.__setattr__("steps", p.steps.replace('@declares(proofs=["proved"])\n', "")),
    "unknown tag @whatever": lambda p: p.__setattr__(
        "feature", p.feature.replace("  Scenario", "  @whatever\n  Scenario")
    ),
    "12 steps": lambda p: p.__setattr__(
        "feature", p.feature.replace("    When", "    And something\n" * 9 + "    When")
    ),
    "No module named 'nowhere'": lambda p: p.__setattr__("steps", "import nowhere\n" + p.steps),
    "SyntaxError": lambda p: p.__setattr__("steps", p.steps + "\ndef (:\n"),
}


@pytest.mark.parametrize("said", CASES)
def test_each_defect_is_refused_and_nothing_runs(project, said):
    """The problem is named when collected, and a run of it executes no step and proves nothing."""
    CASES[said](project)
    problems = project.problems()
    assert any(said in line for line in problems), problems
    project.run()
    assert project.done == []
    assert str(project.verdict) == "UNKNOWN"


def test_a_stray_binding_is_refused(project):
    """A scenario of a feature that the plan does not name would run unannounced."""
    (project.folder / "other.feature").write_text(project.feature.replace("Small", "Other"))
    project.steps += '\nscenarios("other.feature")\n'
    assert any("not among the plan's features" in line for line in project.problems())


def test_a_background_counts_as_steps(project):
    """Steps of a background are steps: they run, and they count."""
    project.feature = project.feature.replace("  Scenario", "  Background:\n    Given something\n\n  Scenario")
    assert project.problems() == []
    project.run()
    assert project.done.count("given") == 2


def test_collecting_twice_in_one_process_finds_the_same(project):
    """Step registries are not doubled: a second look sees no ambiguity."""
    assert project.problems() == []
    assert project.problems() == []
    project.run()
    assert str(project.verdict) == "PASS"
