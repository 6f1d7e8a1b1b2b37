"""The examples under reports/examples: real runs, intact, and what the present code makes of their journals."""

import json
import re

import pytest
from examples import EXAMPLES, LARGEST
from jsonschema import Draft202012Validator

from hopsdrill.integrity import VerifyStatus, verify
from hopsdrill.journal import read
from hopsdrill.report import build, schema
from hopsdrill.report.write import forms
from hopsdrill.signing.keys import KnownKey, public_key


WANTED = {"pass": ("PASS", 0), "fail": ("FAIL", 1), "breached": ("BREACHED", 6), "invalid": ("INVALID", 8)}
HERE = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
PRIVATE = re.compile(rf"PRIVATE KEY|/root/|{re.escape(str(EXAMPLES.parents[1]))}/")


def keys(name):
    """The public keys that lie beside an example."""
    return [KnownKey(path.stem, public_key(path), own=False) for path in sorted(EXAMPLES.glob(f"{name}*.pub"))]


def test_there_are_examples_of_verdicts_and_their_keys():
    """And nothing else; README.md beside them says which are there."""
    names = {path.name for path in EXAMPLES.iterdir() if path.is_file()}
    assert {"pass"} <= set(HERE) <= set(WANTED)
    assert all(keys(name) for name in HERE)
    assert names == {f"{key.name}.pub" for name in HERE for key in keys(name)}


@pytest.mark.parametrize("name", HERE)
def test_an_example_verifies(name):
    """As a newcomer tries it: intact, with its verdict; with another example's key it is not trusted."""
    found = verify(EXAMPLES / name, keys(name))
    assert (found.status, found.faults, found.verdict) == (VerifyStatus.INTACT, [], WANTED[name][0])
    assert verify(EXAMPLES / name, []).status is VerifyStatus.UNKNOWN_KEY


@pytest.mark.parametrize("name", HERE)
def test_an_example_is_what_its_journal_makes(name):
    """Byte for byte; ``python tests/lab/make_examples.py --renew`` writes them anew when the form of a report has changed."""
    folder = EXAMPLES / name
    entries = read(folder)
    report = build(folder, entries)
    assert report.exit_code == WANTED[name][1]
    made = forms(report, entries)
    assert [form for form, text in made.items() if (folder / form).read_text() != text] == []
    assert list(Draft202012Validator(schema()).iter_errors(json.loads(made["report.json"]))) == []


@pytest.mark.parametrize("name", HERE)
def test_an_example_is_small_and_tells_of_nobodys_machine(name):
    """No private key, no settings of a user, and all files together no larger than said."""
    folder = EXAMPLES / name
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LARGEST
    assert [path.name for path in files if PRIVATE.search(path.read_text())] == []
    assert "PRIVATE" not in "".join(path.read_text() for path in EXAMPLES.glob("*.pub"))
