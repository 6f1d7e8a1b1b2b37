"""The command line: exit codes, words, JSON."""

import json

import pytest

from hopsdrill.cli import main
from hopsdrill.runbook import RULES


DEFECT = "# Page\n```bash\nhelm upgrade a --wait\n```\n"


def called(capsys, *words):
    """Run the command line; gives code, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(["runbook", *map(str, words)])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


@pytest.fixture
def page(tmp_path):
    """A page with one defect."""
    path = tmp_path / "page.md"
    path.write_text(DEFECT)
    return path


def test_a_finding_says_where_what_what_happens_and_how_to_mend_it(capsys, page):
    """And the exit code is 1."""
    code, out, err = called(capsys, "check", page)
    assert code == 1
    assert f"{page}:3: error argument-missing: `helm upgrade` has no CHART" in out
    assert "happens: the program prints its usage" in out
    assert "fix: add what" in out
    assert "1 error; looked at 1 blocks, 1 commands, 0 documents" in err


def test_a_clean_page_gives_0(capsys, page):
    """Nothing on standard output."""
    page.write_text(DEFECT.replace(" --wait", " ./chart --wait"))
    code, out, err = called(capsys, "check", page)
    assert (code, out) == (0, "")
    assert "no finding" in err


def test_json_has_every_field(capsys, page):
    """Data on standard output, words on standard error."""
    code, out, _ = called(capsys, "check", page, "--json")
    told = json.loads(out)
    assert code == 1
    assert told["page"] == str(page)
    assert set(told["findings"][0]) == {"rule", "severity", "line", "wrong", "happens", "fix"}
    assert "not_run" in told


def test_rules_can_be_left_out(capsys, page):
    """By name, by severity, and the pack as a whole."""
    assert called(capsys, "check", page, "--skip", "argument-missing")[0] == 0
    page.write_text("# Page\n## Page\n```bash\nkubectl create namespace a\n```\n")
    assert called(capsys, "check", page)[0] == 1
    assert called(capsys, "check", page, "--severity", "error")[0] == 0
    page.write_text("# Page\n```yaml\npayload: {indices: -a}\n```\n")
    assert called(capsys, "check", page)[0] == 1
    assert called(capsys, "check", page, "--general")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check"], "Missing argument"),
        (["check", "no-such.md"], "Tried to read the page"),
        (["check", "PAGE", "--skip", "no-such-rule"], "hopsdrill runbook rules lists them"),
        (["check", "PAGE", "--profile", "no-such-profile"], "no-such-profile"),
        (["check", "PAGE", "--severity", "awful"], "awful"),
    ],
)
def test_what_cannot_be_used_gives_2_and_says_why(capsys, page, words, said):
    """No traceback."""
    code, out, err = called(capsys, *[page if word == "PAGE" else word for word in words])
    assert code == 2
    assert said in out + err
    assert "Traceback" not in err


def test_all_rules_are_listed(capsys):
    """In words and as JSON."""
    code, out, _ = called(capsys, "rules")
    assert code == 0
    assert all(each.name in out for each in RULES)
    _, out, _ = called(capsys, "rules", "--json")
    assert [each["name"] for each in json.loads(out)] == [each.name for each in RULES]
