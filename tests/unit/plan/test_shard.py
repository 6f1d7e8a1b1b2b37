"""Shares of a plan."""

from pathlib import Path

import pytest
import sample_journal as sample

from hopsdrill.core.errors import UsageError
from hopsdrill.plan.shard import shard


NAMES = [f"{letter}.feature" for letter in "abcdef"]
FILES = [Path(name) for name in NAMES]
MINUTES = {"a.feature": 10, "c.feature": 9, "f.feature": 4}
PLAN = sample.plan().model_copy(update={"features": NAMES, "minutes": MINUTES})


def test_the_shares_are_the_plan():
    """Every feature once, in the plan's order, and the longest apart."""
    shares = [shard(PLAN, FILES, f"{number}/3") for number in (1, 2, 3)]
    assert sorted(path for each in shares for path in each.features) == FILES
    assert [[path.name for path in each.features] for each in shares] == [
        ["a.feature"],
        ["c.feature"],
        ["b.feature", "d.feature", "e.feature", "f.feature"],
    ]
    assert all(set(each.elsewhere) == set(NAMES) - {path.name for path in each.features} for each in shares)


def test_a_share_more_than_features_is_empty():
    """It is no error of the plan; the run says that nothing was selected."""
    assert shard(PLAN, FILES, "7/7").features == []


@pytest.mark.parametrize(("text", "name"), [("1/1", ""), ("1/2", "1/2"), ("7/7", "7/7")])
def test_a_share_that_is_the_whole_plan_is_none(text, name):
    """A run of it is judged as a run of the plan."""
    assert shard(PLAN, FILES, text).name == name


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"])
def test_what_is_no_share(text):
    """The message shows how shares are written."""
    with pytest.raises(UsageError, match="no share"):
        shard(PLAN, FILES, text)
