"""`runbook run` on the lab: a page that works, the same page with a defect, a platform in the way; and our own runbook."""

import json
import re
from pathlib import Path

import pytest
from on_lab import hopsdrill, leftovers, run_folder

from hopsdrill.core.paths import config_dir


CLUSTER = "drill"
DOCS = Path(__file__).parents[2] / "docs"
KEY = config_dir() / "keys" / "runner.pub"
SPACE = "labtest-runbook"
PAGE = f"""# A small page

Where the object goes is `<SPACE>`.

## Make a place

```bash
kubectl create namespace <SPACE> --dry-run=client --output yaml | kubectl apply --filename -
head -c 18 /dev/urandom | base64 | tr -d '\\n/+' >word
kubectl create secret generic word --namespace <SPACE> --from-file=word --dry-run=client --output yaml | kubectl apply --filename -
```

## Put something into it

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: small
  namespace: <SPACE>
data:
  size: "1"
```

## Look at it

```bash
echo "the word is $(cat word)"
test "$(kubectl get configmap small --namespace <SPACE> --output jsonpath='{{.data.size}}')" = 1
echo "the cluster has $(kubectl get namespace {SPACE} --output jsonpath='{{.status.phase}}')"
```

## Later

```bash
echo the end
```
"""
TERMS = f"""\
apiVersion: hopsdrill/v1
kind: RunbookTerms
target: {{lab_cluster: {CLUSTER}, destroyable: true}}
profile: hopsworks-standin
deadline: 2m
replace:
  <SPACE>: {{with: {SPACE}, because: "a namespace of this test"}}
"""


def performed(folder: Path, text: str, terms: str = TERMS):
    """Perform a page on the lab."""
    (folder / "small.md").write_text(text)
    (folder / "small.lab.yaml").write_text(terms)
    return hopsdrill("runbook", "run", folder / "small.md", "--reports", folder / "reports", "--json")


def kept(reports: Path) -> dict[str, str]:
    """Every text that a run left, by name."""
    return {str(path): path.read_text() for path in run_folder(reports).rglob("*") if path.is_file()}


def test_a_page_is_performed_with_its_substitutions_and_leaves_a_signed_report_and_nothing_else(tmp_path, kube, bucket):
    """PASS, every substitution shown, the secret the page made masked, and the cluster as before."""
    done = performed(tmp_path, PAGE)
    assert done.code == 0, done.err
    assert done.told["verdict"] == "PASS"
    assert f"<SPACE> of the page is {SPACE}: a namespace of this test" in done.told["substitutions"]
    texts = kept(tmp_path / "reports")
    assert any("the word is [redacted]" in text for text in texts.values())
    assert any("the cluster has Active" in text for text in texts.values())
    assert hopsdrill("report", "verify", run_folder(tmp_path / "reports"), "--key", KEY).code == 0
    assert not kube.exists("v1/Namespace", SPACE)
    assert leftovers(kube, bucket) == []


def test_the_same_page_with_a_defect_fails_and_names_block_and_line(tmp_path, kube, bucket):
    """The object is looked for under a name that is not there."""
    text = PAGE.replace("get configmap small", "get configmap smal")
    line = next(number for number, each in enumerate(text.split("\n"), 1) if "smal " in each)
    done = performed(tmp_path, text)
    assert done.code == 1, done.err
    report = json.loads((run_folder(tmp_path / "reports") / "report.json").read_text())
    [scenario] = report["fields"]["steps"]["scenarios"]
    assert re.search(rf"Look at it \(line {line - 1}\)", scenario["steps"][-1]["text"])
    assert scenario["steps"][-1]["error"].startswith(f"line {line}: `test ")
    assert 'configmaps "smal" not found' in scenario["steps"][-1]["error"]
    assert [each.rpartition(" (")[0] for each in scenario["not_run"]] == ["Run Later"]
    assert not kube.exists("v1/Namespace", SPACE)
    assert leftovers(kube, bucket) == []


def test_a_cluster_that_may_not_be_destroyed_is_not_touched(tmp_path, kube):
    """The interlock is shut: exit code 4, and nothing was made."""
    done = performed(tmp_path, PAGE, TERMS.replace("destroyable: true", "destroyable: false"))
    assert done.code == 4, done.err
    assert "page-may-destroy" in done.err
    assert not kube.exists("v1/Namespace", SPACE)


@pytest.mark.nightly
def test_our_own_runbook_leads_from_an_empty_cluster_to_a_proven_restore(tmp_path, kube, bucket):
    """docs/runbook.md as it is written."""
    done = hopsdrill(
        "runbook", "run", DOCS / "runbook.md", "--cluster", CLUSTER, "--reports", tmp_path, "--json", timeout=1800
    )
    assert done.code == 0, done.err
    assert leftovers(kube, bucket) == []
