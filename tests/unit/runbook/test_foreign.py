"""Whole runbooks about other products: what was planted is found, exactly that; their corrected forms stay clean."""

from pathlib import Path

import pytest

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.runbook import RULES, check, read


PAGES = Path(__file__).parent / "pages"
# page: what was planted, each with the text of its line
PLANTED = {
    "postgres-planted.md": [
        ("link-broken", "(#checklist)"),
        ("encoding-mangled", "The operator must be down"),
        ("not-idempotent", "helm install pg-operator"),
        ("not-idempotent", "kubectl create secret"),
        ("manifest-misindented", "metadata:"),
        ("s3-path-style", "s3Url:"),
        ("error-hidden", "while ["),
        ("loop-without-deadline", "while ["),
        ("condition-true-on-failure", 'until [ "$(kubectl get backups'),
        ("loop-without-deadline", 'until [ "$(kubectl get backups'),
        ("sync-any-backup", 'until [ "$(kubectl get backups'),
        ("metadata-rotated", "kubectl get cm"),
        ("backup-id-order", "sort -rn"),
        ("number-for-text", "backupId:"),
        ("name-refused", "snapshotName:"),
        ("backup-set-mixed", "scheduleName:"),
        ("loop-without-deadline", 'until [ "$(kubectl get restores'),
        ("wait-one-phase", 'until [ "$(kubectl get restores'),
        ("argument-missing", "helm upgrade"),
        ("placeholder-undefined", "helm upgrade"),
        ("flag-unknown", "--wait-for-database"),
        ("variable-undefined", "$PRIMARY"),
        ("heading-ambiguous", "### Run it"),
    ],
    "kafka-elastic-planted.md": [
        ("name-refused", "Events_Nightly"),
        ("ttl-unit", "ttl:"),
        ("manifest-schema", "retention:"),
        ("lifecycle-current-versions", '"Expiration"'),
        ("secret-on-disk", "printf"),
        ("argument-missing", "velero restore create"),
        ("not-idempotent", "velero restore create"),
        ("restore-warnings-unread", "velero restore create"),
        ("loop-without-deadline", "rollout status"),
        ("shell-syntax", "kafka-topics.sh"),
        ("restore-name-fixed", "  name: events"),
        ("restore-source", "  backupName:"),
        ("latest-not-veleros", "sort_by"),
        ("not-idempotent", "create job"),
        ("manifest-unreadable", "    }"),
        ("flag-unknown", "--ignore-missing"),
        ("markers-incomplete", "--ignore-missing"),
        ("error-hidden", "|| true"),
        ("link-broken", "(#bring-topics)"),
    ],
}


def findings(name: str):
    """A page's findings."""
    return check(read(PAGES / name), load_named_profile("hopsworks")).findings


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_is_found_and_nothing_else(name):
    """Rule by rule, on the line it was planted on."""
    told = [(each.rule, each.line) for each in findings(name)]
    text = (PAGES / name).read_text().splitlines()
    assert [rule for rule, _ in told] == [rule for rule, _ in PLANTED[name]]
    for (rule, line), (_, fragment) in zip(told, PLANTED[name], strict=True):
        assert fragment in text[line - 1], f"{rule} on line {line}: {text[line - 1]}"


@pytest.mark.parametrize("name", ["postgres-clean.md", "kafka-elastic-clean.md"])
def test_the_corrected_pages_stay_clean(name):
    """They hold as many commands, loops, heredocs and manifests."""
    assert findings(name) == ()


def test_most_rules_are_met_on_a_page_about_something_else():
    """They know kinds of defects, not one page's text."""
    met = {rule for planted in PLANTED.values() for rule, _ in planted}
    assert len(met) > len(RULES) / 2


@pytest.mark.parametrize("name", sorted(each.name for each in PAGES.glob("*.md")))
def test_no_rule_holds_a_text_of_a_page(name):
    """No word of a page stands in the code of the rules."""
    files = Path(read.__code__.co_filename).parent.rglob("*.py")
    code = "\n".join(each.read_text() for each in files if each.parent.name != "rehearsal")  # it has no rules
    for word in ("ledger", "events-nightly", "index-restore", "connectors", "pg-operator"):
        assert word not in code, name
