"""Performing a page without a cluster: substitutions, order, failure, deadline, redaction; bash is real."""

from pathlib import Path

import pytest

from hopsdrill.cli import main
from hopsdrill.core.errors import InterlockError, PlanError, UsageError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import EvidenceStore, Journal, Recorder
from hopsdrill.journal import read as journalled
from hopsdrill.model import events as ev
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.run.target import target_of
from hopsdrill.runbook import check, parse, read
from hopsdrill.runbook.rehearsal import load_terms, order_for, steps_of
from hopsdrill.runbook.rehearsal.scenario import play
from hopsdrill.runbook.rehearsal.script import substituted
from hopsdrill.runbook.rehearsal.shell import LARGEST_FILE, SHOWN, Shell
from hopsdrill.runbook.rehearsal.terms import Terms, replacements, shown
from hopsdrill.verdict import judge
from hopsdrill.verdict.outcome import Verdict


DOCS = Path(__file__).parents[3] / "docs"
PROFILE = load_named_profile("hopsworks-standin")
HEAD = "apiVersion: hopsdrill/v1\nkind: RunbookTerms\ntarget: {lab_cluster: drill, destroyable: true}\nprofile: hopsworks-standin\n"


def page_of(*blocks: str):
    """A page with a heading and a bash block for each text."""
    return parse(
        "# The page\n" + "".join(f"\n## Part {n}\n\n```bash\n{text}\n```\n" for n, text in enumerate(blocks, 1))
    )


def terms_of(**more) -> Terms:
    """Terms with a short deadline."""
    base = {"apiVersion": "hopsdrill/v1", "kind": "RunbookTerms", "profile": "hopsworks-standin", "deadline": "20s"}
    return Terms.model_validate({**base, "target": {"lab_cluster": "drill", "destroyable": True}, **more})


def replacing(**names: str) -> dict:
    """Substitutions for placeholders."""
    return {f"<{name}>": {"with": text, "because": "for the test"} for name, text in names.items()}


def steps(page, terms=None):
    """The steps of a page; no fact of the lab is filled in."""
    terms = terms or terms_of()
    return steps_of(page, terms, PROFILE, replacements(terms, {}))


class Played:
    """A page performed in a folder of the test's."""

    def __init__(self, folder: Path, page, terms=None, after=lambda: None) -> None:
        self.folder = folder / "run"
        journal = Journal(self.folder)
        self.recorder = Recorder(journal, EvidenceStore(self.folder))
        self.shell = Shell(folder, "page.md")
        try:
            self.passed = play(self.recorder, page, steps(page, terms), self.shell, after)
        finally:
            journal.close()
        self.entries = journalled(self.folder)

    def all(self, kind):
        """Events of a kind, in order."""
        return [each.event for each in self.entries if isinstance(each.event, kind)]

    @property
    def evidence(self) -> str:
        """All that was kept."""
        return "\n".join(path.read_text() for path in sorted((self.folder / "evidence").iterdir()))


# --- substitutions -----------------------------------------------------------------------------------------------------


def test_a_declared_text_is_replaced_once_the_longest_first():
    """A declared text is replaced once the longest first."""
    assert substituted("<A> <A_B> $C", {"<A>": "<A_B>", "<A_B>": "two", "$C": ""}) == "<A_B> two "


def test_a_placeholder_without_a_substitution_is_named_with_its_line():
    """A placeholder without a substitution is named with its line."""
    with pytest.raises(PlanError, match=r"page\.md:6: <BUCKET> must be filled in"):
        steps(page_of("echo <BUCKET>"))


def test_a_placeholder_with_a_substitution_is_filled_in():
    """A placeholder with a substitution is filled in."""
    [step] = steps(page_of("echo <BUCKET>"), terms_of(replace=replacing(BUCKET="mine")))
    assert step.text == "echo mine\n"


def test_a_substitution_that_is_not_used_is_refused():
    """A substitution that is not used is refused."""
    with pytest.raises(PlanError, match=r"'<REGION>' is to be replaced, but stands in no block"):
        steps(page_of("echo one"), terms_of(replace=replacing(REGION="here")))


def test_a_substitution_used_only_where_nothing_is_run_is_not_used():
    """A substitution used only where nothing is run is not used."""
    terms = terms_of(replace=replacing(REGION="here"), leave_out={"Part 2": "not here"})
    with pytest.raises(PlanError, match="'<REGION>' is to be replaced"):
        steps(page_of("echo one", "echo <REGION>"), terms)


def test_every_problem_is_told_at_once():
    """Every problem is told at once."""
    terms = terms_of(replace=replacing(REGION="here"), leave_out={"Nowhere": "x"}, deadlines={"Never": "1m"})
    with pytest.raises(PlanError) as caught:
        steps(page_of("echo <BUCKET>"), terms)
    assert all(word in str(caught.value) for word in ("<REGION>", "<BUCKET>", "Nowhere", "Never"))


def test_a_page_without_a_block_is_refused():
    """A page without a block is refused."""
    with pytest.raises(PlanError, match="no block to run"):
        steps(parse("# A page\n\nwords\n"))


def test_facts_of_the_lab_are_filled_in_and_a_variable_of_the_shell_is_not():
    """Facts of the lab are filled in and a variable of the shell is not."""
    terms = terms_of(replace=replacing(B="s3://{bucket}/${bucket}"))
    assert replacements(terms, {"bucket": "mine"}) == {"<B>": "s3://mine/${bucket}"}


def test_an_unknown_fact_is_refused(tmp_path):
    """An unknown fact is refused."""
    terms = tmp_path / "t.yaml"
    terms.write_text(HEAD + 'replace:\n  <B>: {with: "{bukcet}", because: "typo"}\n')
    with pytest.raises(PlanError, match="knows nothing called bukcet"):
        load_terms(tmp_path / "p.md", terms)


def test_terms_stand_beside_the_page_and_their_absence_is_told(tmp_path):
    """Terms stand beside the page and their absence is told."""
    with pytest.raises(UsageError, match=r"p\.lab\.yaml does not exist"):
        load_terms(tmp_path / "p.md", None)
    (tmp_path / "p.lab.yaml").write_text(HEAD)
    assert load_terms(tmp_path / "p.md", None).target.lab_cluster == "drill"


def test_a_misspelt_key_of_the_terms_is_told_with_its_place(tmp_path):
    """A misspelt key of the terms is told with its place."""
    (tmp_path / "p.lab.yaml").write_text(HEAD + "deadlin: 3m\n")
    with pytest.raises(PlanError, match=r"p\.lab\.yaml:5:\d+: unknown key 'deadlin'; did you mean 'deadline'"):
        load_terms(tmp_path / "p.md", None)


def test_another_cluster_does_not_make_it_destroyable(tmp_path):
    """Another cluster does not make it destroyable."""
    (tmp_path / "p.lab.yaml").write_text(HEAD.replace("destroyable: true", "destroyable: false"))
    target = load_terms(tmp_path / "p.md", None, "fourth").target
    assert (target.lab_cluster, target.destroyable) == ("fourth", False)


def test_every_substitution_and_every_block_left_out_is_shown():
    """Every substitution and every block left out is shown."""
    terms = terms_of(replace=replacing(B="{bucket}"), leave_out={"Part 2": "the lab has it"})
    assert shown(terms, {"bucket": "mine"}) == [
        "<B> of the page is mine: for the test",
        "not run, under 'Part 2': the lab has it",
    ]


def test_a_cluster_that_is_not_the_labs_is_refused(tmp_path):
    """A cluster that is not the lab's is refused."""
    terms = terms_of(target={"kubeconfig": "/x", "context": "production"})
    order = order_for(page_of("echo"), terms, tmp_path, ["hopsdrill"])
    with pytest.raises(InterlockError, match="may not change it"):
        target_of(order.plan)


def test_our_own_runbook_is_clean_and_fits_its_terms():
    """No finding of any rule; every placeholder has a substitution, and every substitution a use."""
    page = read(DOCS / "runbook.md")
    assert check(page, load_named_profile("hopsworks")).findings == ()
    assert len(steps(page, load_terms(DOCS / "runbook.md", None))) > 10


@pytest.mark.parametrize(("words", "said"), [((), "p.lab.yaml does not exist"), (("--terms", "/nowhere"), "/nowhere")])
def test_a_page_without_terms_is_a_usage_error(tmp_path, capsys, words, said):
    """Exit code 2, and nothing is begun."""
    (tmp_path / "p.md").write_text("# P\n")
    with pytest.raises(SystemExit) as ended:
        main(["runbook", "run", str(tmp_path / "p.md"), *words, "--reports", str(tmp_path / "reports")])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_a_misfit_is_a_usage_error_before_anything_is_begun(tmp_path, capsys):
    """Exit code 2; no run's folder is made."""
    (tmp_path / "p.md").write_text("# P\n\n```bash\necho <NAME>\n```\n")
    (tmp_path / "p.lab.yaml").write_text(HEAD)
    with pytest.raises(SystemExit) as ended:
        main(["runbook", "run", str(tmp_path / "p.md"), "--reports", str(tmp_path / "reports")])
    assert ended.value.code == 2
    assert "p.md:4: <NAME> must be filled in" in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


# --- blocks ------------------------------------------------------------------------------------------------------------


def test_blocks_are_steps_in_the_order_of_the_page():
    """Blocks are steps in the order of the page."""
    text = """# P

```bash
one
```

```yaml title="values.yaml"
a: 1
```

```yaml
only: shown
```

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
```
"""
    found = steps(parse(text))
    assert [(str(each.kind), each.line, each.file) for each in found] == [
        ("Run", 4, ""),
        ("Write", 8, "values.yaml"),
        ("Apply", 16, "line-16.yaml"),
    ]


def test_a_blocks_deadline_is_that_of_the_nearest_heading():
    """A block's deadline is that of the nearest heading."""
    found = steps(page_of("one", "two"), terms_of(deadlines={"Part 2": "7m", "The page": "3m"}))
    assert [each.deadline for each in found] == [180, 420]


def test_variables_functions_and_the_folder_carry_over(tmp_path):
    """Variables functions and the folder carry over."""
    page = page_of("A='a\nb'; f() { echo \"f:$A\"; }; mkdir d; cd d", "f; pwd; test \"$A\" = $'a\\nb'")
    played = Played(tmp_path, page)
    assert played.passed
    assert "f:a\nb\n" in played.evidence
    assert f"{tmp_path}/home/d\n" in played.evidence


def test_a_passing_page_is_pass_with_a_proof_for_each_block(tmp_path):
    """A passing page is pass with a proof for each block."""
    played = Played(tmp_path, page_of("echo one", "echo two"))
    assert [each.proof for each in played.all(ev.ProofRecorded)] == ["block-at-line-6", "block-at-line-12"]
    assert {each.status for each in played.all(ev.StepFinished)} == {ev.Status.PASSED}
    assert all(each.destructive for each in played.all(ev.OperationStarted))


def test_the_first_failing_block_ends_the_page_and_names_its_line(tmp_path):
    """The first failing block ends the page and names its line."""
    page = page_of("echo one", "echo two\nls /nowhere\ntouch reached", "touch never")
    played = Played(tmp_path, page)
    assert not played.passed
    failed = played.all(ev.StepFinished)[-1]
    assert failed.status is ev.Status.FAILED
    assert failed.error.startswith("line 13: `ls /nowhere` ended with exit code 2; it said:\n")
    assert "No such file" in failed.error
    assert len(played.all(ev.StepStarted)) == 2
    [note] = played.all(ev.Noted)
    assert note.text == "not run, because Part 2 (line 12) failed: Part 3 (line 20)"
    assert [path.name for path in (tmp_path / "home").iterdir()] == []
    reasons = [each for each in judge(played.entries).reasons if each.verdict is Verdict.FAIL]
    assert [each.text.startswith("block-at-line-12: ") for each in reasons] == [True]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("true\nfalse | cat\ntrue", 7, 1),
        ("x=$(false)", 6, 1),
        ("exit 3", 6, 3),
        ("nonesuch --flag", 6, 127),
        ("f() {\n  false\n}\ntrue\nf", 10, 1),
        ("for i in 1 2; do\n  test $i = 1\ndone", 7, 1),
    ],
)
def test_whatever_fails_is_named_by_its_line_on_the_page(tmp_path, text, line, code):
    """Whatever fails is named by its line on the page."""
    played = Played(tmp_path, page_of(text))
    assert played.all(ev.StepFinished)[0].error.startswith(f"line {line}: `")
    assert f"ended with exit code {code};" in played.all(ev.StepFinished)[0].error


@pytest.mark.parametrize(
    "text", ["false || true", "if false; then :; fi", "x=$(false) || x=1", "! true || :", "true; :"]
)
def test_a_failure_that_the_page_provides_for_is_none(tmp_path, text):
    """A failure that the page provides for is none."""
    assert Played(tmp_path, page_of(text)).passed


def test_a_block_is_ended_at_its_deadline_with_its_children_and_says_where(tmp_path):
    """A block is ended at its deadline with its children and says where."""
    page = page_of("echo begun\nsleep 61 | cat\ntouch reached", "touch never")
    played = Played(tmp_path, page, terms_of(deadline="1s"))
    error = played.all(ev.StepFinished)[0].error
    assert error.startswith("line 7: `")
    assert "had not ended after 1 s, the block's deadline, and was killed; it said:\nbegun" in error
    assert not list((tmp_path / "home").iterdir())


def test_output_without_end_is_bounded(tmp_path):
    """Output without end is bounded."""
    played = Played(tmp_path, page_of("yes begun"))
    assert "ended with exit code" in played.all(ev.StepFinished)[0].error
    output = max(path.stat().st_size for path in (played.folder / "evidence").iterdir())
    assert 2 * SHOWN < output < 2 * SHOWN + 100
    assert f"[{LARGEST_FILE * 1024 - 2 * SHOWN} bytes left out]" in played.evidence


def test_a_secret_learnt_from_a_block_is_in_nothing_that_is_kept(tmp_path):
    """A secret learnt from a block is in nothing that is kept."""
    secret = "dR4gon-fly-77"
    page = page_of(f"echo {secret}\nfalse {secret}")
    played = Played(tmp_path, page, after=lambda: REDACTOR.register(secret))
    kept = [path.read_text() for path in played.folder.rglob("*") if path.is_file()]
    assert kept
    assert not any(secret in text for text in kept)
    assert "[redacted]" in played.evidence


def test_a_file_outside_the_readers_folder_is_not_written(tmp_path):
    """A file outside the reader's folder is not written."""
    page = parse('# P\n\n```yaml title="../out.yaml"\na: 1\n```\n')
    played = Played(tmp_path, page)
    assert not played.passed
    assert not (tmp_path / "out.yaml").exists()


def test_a_run_that_is_interrupted_closes_its_step_as_unknown(tmp_path):
    """A run that is interrupted closes its step as unknown."""

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Played(tmp_path, page_of("true"), after=interrupt)
    entries = journalled(tmp_path / "run")
    assert [each.event.status for each in entries if isinstance(each.event, ev.StepFinished)] == [ev.Status.UNKNOWN]
