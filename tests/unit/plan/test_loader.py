"""Plans: strict, every problem at once, each with its place and what to write instead."""

from pathlib import Path

import pytest

from hopsdrill.core.errors import PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.model.plan import Plan
from hopsdrill.plan.loader import find_plan, load_named_profile, load_plan, load_profile


GOOD = """\
apiVersion: hopsdrill/v1
kind: DrillPlan
name: mine
title: Mine
hypothesis: It works.
binding: test_mine.py
features: [mine.feature]
target: {lab_cluster: drill}
profile: hopsworks-standin
schedule: "@weekly"
objectives:
  rto: {within: 15m, source: made up}
  rpo: {within: 8d, source: made up}
"""


def saved(tmp_path: Path, text: str | bytes) -> Path:
    """Write a plan with the files it names."""
    (tmp_path / "mine.feature").write_text("Feature: Mine\n")
    (tmp_path / "test_mine.py").write_text("")
    path = tmp_path / "plan.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(tmp_path, text) -> str:
    """Load a plan that must be refused; gives the words."""
    with pytest.raises(PlanError) as caught:
        load_plan(saved(tmp_path, text))
    return str(caught.value)


def test_a_good_plan_loads(tmp_path):
    """The minimal plan is enough."""
    plan = load_plan(saved(tmp_path, GOOD))
    assert plan.objectives.rto.within.total_seconds() == 900
    assert load_profile(plan, tmp_path / "plan.yaml").namespace == "hopsworks"


def test_the_files_of_a_recovery_point_stand_beside_the_plan(tmp_path):
    """By their whole paths, so that a run need not know where the plan was; missing ones are named."""
    text = GOOD + 'recovery_point: {set: "264841200", seal: set.seal, key: signer.pub}\n'
    assert "recovery_point.key" in refused(tmp_path, text)
    for name in ("set.seal", "signer.pub"):
        (tmp_path / name).write_text("")
    point = load_plan(saved(tmp_path, text)).recovery_point
    assert (point.set, point.seal, point.key) == ("264841200", tmp_path / "set.seal", tmp_path / "signer.pub")


def test_every_packaged_plan_and_profile_loads():
    """What ships is sound."""
    for path in data_dir("drills").glob("*.yaml"):
        load_plan(path)
    for path in data_dir("profiles").glob("*.yaml"):
        assert load_named_profile(path.stem).name == path.stem


CASES = {
    "duplicate key": (GOOD + "title: Again\n", ["plan.yaml:14:1", "'title' stands here a second time"]),
    "unknown key": (GOOD + "schedul: x\n", ["plan.yaml:14:10", "unknown key 'schedul'", "did you mean 'schedule'"]),
    "unknown key below": (
        GOOD.replace("within: 15m,", "withn: 15m,"),
        ["objectives.rto.withn", "did you mean 'within'", "'objectives.rto.within' is missing"],
    ),
    "unquoted number": (GOOD.replace("title: Mine", "title: 254811200"), ['write "254811200"']),
    "unquoted nickname": (GOOD.replace('"@weekly"', "@weekly"), ["plan.yaml:10:11", 'write it in quotes: "@weekly"']),
    "wrong duration": (GOOD.replace("15m", "15 minutes"), ["90s, 15m, 2h or 7d"]),
    "missing key": (GOOD.replace("name: mine\n", ""), ["'name' is missing"]),
    "wrong type": (GOOD.replace("[mine.feature]", "mine.feature"), ["features"]),
    "no such feature": (GOOD.replace("mine.feature", "yours.feature"), ["no such feature: yours.feature"]),
    "no such binding": (GOOD.replace("test_mine.py", "test_yours.py"), ["the binding 'test_yours.py' does not exist"]),
    "two targets": (
        GOOD.replace("{lab_cluster: drill}", "{lab_cluster: a, kubeconfig: b, context: c}"),
        ["neither a lab cluster nor"],
    ),
    "no target": (GOOD.replace("{lab_cluster: drill}", "{}"), ["neither a lab cluster nor"]),
    "tab": (GOOD.replace("  rto", "\trto"), ["plan.yaml:12"]),
    "empty": ("", ["'name' is missing"]),
    "list": ("- a\n", ["plan.yaml"]),
    "two documents": (GOOD + "---\n" + GOOD, ["plan.yaml"]),
    "not text": (b"\xff\xfe\x00", ["not UTF-8"]),
    "alias": (
        GOOD.replace("title: Mine", "title: &t Mine").replace("hypothesis: It works.", "hypothesis: *t"),
        ["alias"],
    ),
    "too large": (GOOD + "#" * 1_100_000, ["too large"]),
    "no schedule": (GOOD.replace('"@weekly"', "every week"), ["'every week' is no backup schedule"]),
    "wrong name": (GOOD.replace("name: mine", "name: My Plan!"), ["name"]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_defect_is_refused_with_its_place(tmp_path, case):
    """Each is named with file, line and what to write instead, never with a traceback of a library."""
    text, said = CASES[case]
    message = refused(tmp_path, text)
    assert all(part in message for part in said), message
    assert "plan.yaml" in message


def test_all_problems_are_told_at_once(tmp_path):
    """Nobody has to run it once per mistake."""
    message = refused(tmp_path, GOOD.replace("title: Mine", "titel: Mine").replace("15m", "soon") + "name: again\n")
    assert all(part in message for part in ("second time", "'titel'", "'title' is missing", "15m"))


def test_true_and_yes_are_not_the_same(tmp_path):
    """`yes`, `on` and clock times stay texts, as in YAML 1.2."""
    plan = load_plan(saved(tmp_path, GOOD.replace("title: Mine", "title: yes").replace("It works.", "12:30:45")))
    assert (plan.title, plan.hypothesis) == ("yes", "12:30:45")


def test_a_plan_is_found_by_its_packaged_name():
    """`hopsdrill run in-place-restore` works anywhere; an unknown name lists the known ones."""
    assert find_plan(Path("in-place-restore")).name == "in-place-restore.yaml"
    assert find_plan(Path("drills/in-place-restore.yaml")).is_file()
    with pytest.raises(PlanError, match="in-place-restore"):
        find_plan(Path("nowhere"))


def test_an_unknown_profile_lists_the_known_ones(tmp_path):
    """The error says what there is."""
    path = saved(tmp_path, GOOD.replace("profile: hopsworks-standin", "profile: nobody"))
    with pytest.raises(PlanError, match="hopsworks-standin"):
        load_profile(load_plan(path), path)


def test_a_bound_is_a_plain_time_or_says_what_sets_it(tmp_path):
    """`rto: 4h` is enough; a source is text; the skew may be left out; the clock starts at the disaster."""
    text = GOOD.replace("{within: 15m, source: made up}", "4h").replace("source: made up", 'source: "BIA 2026, row 7"')
    aims = load_plan(saved(tmp_path, f"{text}  skew: {{within: 30s}}\n")).objectives
    assert (aims.rto.within.total_seconds(), aims.rto.source) == (14400, "")
    assert aims.rpo.source == "BIA 2026, row 7"
    assert aims.skew is not None
    assert aims.skew.within.total_seconds() == 30
    assert aims.start_clock == "disaster"


@pytest.mark.parametrize("wrong", ["rto: 4x", "rto: 4", "rto: {source: only}", "rto: {within: 4h, source: 7}"])
def test_a_bound_that_is_none_is_named(tmp_path, wrong):
    """With its place in the plan."""
    assert "objectives.rto" in refused(tmp_path, GOOD.replace("rto: {within: 15m, source: made up}", wrong))


def test_the_schema_knows_both_forms_of_a_bound():
    """What an editor checks a plan by."""
    forms = Plan.model_json_schema()["$defs"]["Objective"]["anyOf"]
    assert [each["type"] for each in forms] == ["string", "object"]
    assert forms[1]["required"] == ["within"]
