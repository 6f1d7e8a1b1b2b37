"""The packaged data and the page of rules are as they would be generated now."""

from pathlib import Path

import pytest

from hopsdrill.core.errors import PreconditionError
from hopsdrill.runbook.doc import page
from hopsdrill.runbook.generate import DATA, KINDS, kinds_text
from hopsdrill.runbook.invocation import known
from hopsdrill.runbook.schema import velero_kinds


ROOT = Path(__file__).parents[3]


def test_the_page_of_rules_is_current():
    """Write it anew when this fails: python -m hopsdrill.runbook.doc > docs/reference/runbook-rules.md."""
    assert (ROOT / "docs" / "reference" / "runbook-rules.md").read_text() == page()


def test_the_kinds_are_what_the_pinned_velero_says():
    """Write it anew when this fails: python -m hopsdrill.runbook.generate. The commands' flags: tests/lab/test_runbook_defects.py."""
    try:
        now = kinds_text()
    except PreconditionError as error:
        pytest.skip(f"velero was never built here: {error}")
    assert (DATA / KINDS).read_text() == now


def test_the_data_knows_flags_with_and_without_values():
    """From kubectl's help, and from the others', which look different."""
    assert known()["kubectl"]["get"]["-o"] is True
    assert known()["kubectl"]["get"]["-A"] is False
    assert known()["helm"]["upgrade"]["--set-string"] is True
    assert known()["helm"]["upgrade"]["--wait"] is False
    assert known()["velero"]["install"]["--use-volume-snapshots"] is False
    assert known()["velero"]["restore create"]["--from-schedule"] is True


def test_the_data_has_all_kinds_of_velero():
    """Each with its fields, and without their descriptions."""
    assert len(velero_kinds()) == 13
    location = velero_kinds()["velero.io/v1/BackupStorageLocation"]["properties"]["spec"]
    assert "objectStorage" in location["required"]
    assert location["properties"]["accessMode"]["enum"] == ["ReadOnly", "ReadWrite"]
    assert "description" not in (DATA / "velero-crds.json").read_text()
