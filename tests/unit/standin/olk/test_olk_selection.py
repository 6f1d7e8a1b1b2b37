"""Which indices a restore is about, and what it would replace."""

import pytest
from standin.olk import selection
from standin.say import StandinError


INDICES = ["projects", "featurestore", ".services-2026.11.25", ".kibana", "myindex", ".opendistro_security", ".tasks"]
DATA = [".kibana", ".services-2026.11.25", "featurestore", "myindex", "projects"]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        (selection.EVERYTHING, DATA),
        ("*", DATA),
        ("_all", DATA),
        ("", DATA),
        ("-myindex", [name for name in DATA if name != "myindex"]),
        ("-.kibana,-my*", [".services-2026.11.25", "featurestore", "projects"]),
        ("projects, featurestore", ["featurestore", "projects"]),
        (["p*", "+my*", "-projects"], ["myindex"]),
        (".services-*", [".services-2026.11.25"]),
        (".opendistro_security", []),
        ("my[i]ndex", []),
        ("-absent", DATA),
    ],
)
def test_an_expression_takes_what_opensearch_would_take_but_never_system_indices(expression, chosen):
    """In order; the security index does not come in by a payload that forgets to exclude it."""
    assert selection.select(INDICES, expression) == chosen


def test_plain_names_that_are_not_there_are_told_and_patterns_are_not():
    """Only a plain name can be wrong."""
    assert selection.absent(INDICES, "projects,nosuch,none*,-gone,_all") == ["nosuch"]


def test_a_payload_goes_before_the_default_key_by_key():
    """What the payload does not say stays as the default has it."""
    assert selection.merged({}) == {"indices": "*,-.opendistro_security,-.tasks", "include_global_state": False}
    assert selection.merged({"indices": "-myindex", "partial": True}) == {
        "indices": "-myindex",
        "include_global_state": False,
        "partial": True,
    }


def test_a_rename_uses_javas_group_references():
    """$1 is the first group."""
    payload = {"rename_pattern": "(.+)", "rename_replacement": "old-$1"}
    assert selection.renamed(["projects"], payload) == {"projects": "old-projects"}
    assert selection.renamed(["projects"], {}) == {"projects": "projects"}


def test_a_rename_that_is_no_expression_is_refused():
    """The error names the pattern."""
    with pytest.raises(StandinError, match=r"rename_pattern '\('"):
        selection.renamed(["projects"], {"rename_pattern": "(", "rename_replacement": "x"})


def test_in_place_all_data_goes_that_the_selection_takes_also_what_was_made_after_the_backup():
    """What was excluded stays, and so do system indices."""
    existing = [*INDICES, "later"]
    assert selection.in_the_way(existing, ["projects"], selection.merged({})) == [*DATA[:3], "later", *DATA[3:]]
    assert "myindex" not in selection.in_the_way(existing, ["projects"], selection.merged({"indices": "-myindex"}))


def test_a_renaming_restore_replaces_only_what_has_the_new_names():
    """A restore to look at leaves the originals alone."""
    payload = selection.merged({"rename_pattern": "(.+)", "rename_replacement": "old-$1"})
    assert selection.in_the_way([*INDICES, "old-projects"], ["old-projects"], payload) == ["old-projects"]
