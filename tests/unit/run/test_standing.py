"""What a refused restore has touched is named, whatever it is."""

from dataclasses import replace

import pytest

from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Print, printed
from hopsdrill.proof.snapshot import DatabaseState
from hopsdrill.run.refusals import HOOK, Standing


KEY = Key()
OBJECT = "Secret hopsworks/keys"
HOOK_OBJECT = "Role hopsworks/hook"


def thing(value: str) -> Print:
    """Something that holds one field."""
    return printed({"field": value}, KEY)


BEFORE = Standing(
    database=DatabaseState(tables={}, accounts={}),
    instance="first",
    objects={OBJECT: thing("old"), HOOK_OBJECT: printed({HOOK: "pre-upgrade"}, KEY)},
    contents={store: {f"{store} thing": thing("old")} for store in ("hopsfs", "opensearch", "registry")},
    pods={"uid": 0},
    velero_restores=["first"],
    release=(1, "deployed"),
)
TOUCHED = {
    "an account": (
        {"database": DatabaseState(tables={}, accounts={"fraud@%": ("GRANT",)})},
        "database: 0 rows in 0 tables, 0 accounts before, 0 rows in 0 tables, 1 accounts after",
    ),
    "another server": ({"instance": "second"}, "instance: first before, second after"),
    "an object": ({"objects": {**BEFORE.objects, OBJECT: thing("new")}}, f'{OBJECT} field: "old"'),
    "an object more": (
        {"objects": {**BEFORE.objects, "Secret other": thing("new")}},
        "Secret other: was not there before",
    ),
    "a file": (
        {"contents": {**BEFORE.contents, "hopsfs": {"hopsfs thing": thing("new")}}},
        "hopsfs: hopsfs thing field",
    ),
    "a lost document": ({"contents": {**BEFORE.contents, "opensearch": {}}}, "opensearch: opensearch thing: "),
    "an image more": (
        {"contents": {**BEFORE.contents, "registry": {**BEFORE.contents["registry"], "image more": thing("new")}}},
        "registry: image more: should not be there",
    ),
    "a restarted pod": ({"pods": {"uid": 1}}, "pods: {'uid': 0} before, {'uid': 1} after"),
    "a Velero restore": ({"velero_restores": ["first", "second"]}, "velero_restores: ['first'] before"),
    "a new revision": ({"release": (2, "failed")}, "release: (1, 'deployed') before, (2, 'failed') after"),
}


def test_nothing_touched_says_nothing():
    """The same state twice."""
    assert BEFORE.touched(replace(BEFORE), by_hook=False) == []


@pytest.mark.parametrize("what", TOUCHED)
def test_what_was_touched_is_named(what):
    """One line, for exactly what differs."""
    change, named = TOUCHED[what]
    found = BEFORE.touched(replace(BEFORE, **change), by_hook=False)
    assert len(found) == 1
    assert named in found[0]


def test_where_a_hook_refused_only_hooks_and_the_failed_revision_may_differ():
    """Helm makes hooks anew before each upgrade; everything else counts as before."""
    later = replace(BEFORE, objects={OBJECT: thing("old")}, release=(2, "failed"))
    assert BEFORE.touched(later, by_hook=True) == []
    assert len(BEFORE.touched(later, by_hook=False)) == 2
    assert BEFORE.touched(replace(later, instance="second"), by_hook=True) == ["instance: first before, second after"]
