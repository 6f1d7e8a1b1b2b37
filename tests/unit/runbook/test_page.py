"""A Markdown page as data: every block with its own line, wherever it stands."""

from pathlib import Path

import pytest

from hopsdrill.core.errors import UsageError
from hopsdrill.runbook import parse, read
from hopsdrill.runbook.page import slug


PAGE = """\
---
title: kept apart
---
# One

Some `words` and a [link](#two)
with [another](other.md).

!!! Note
    ```yaml
    a: 1
    ```

- item

  - deeper

    ```bash
    cat <<EOF
    text
    EOF
    ```

## Two

=== "Tab"

    ```json
    {"b": 2}
    ```

??? tip "Folded"

    ~~~sh title="x"
    echo three
    ~~~

### Two {#own-anchor}

    indented: block

# Last
"""


def test_every_block_has_its_language_text_line_and_headings():
    """Fences in lists, admonitions and tabs lose their indentation and keep their place."""
    blocks = parse(PAGE).blocks
    assert [(each.language, each.text, each.line) for each in blocks] == [
        ("yaml", "a: 1\n", 11),
        ("bash", "cat <<EOF\ntext\nEOF\n", 19),
        ("json", '{"b": 2}\n', 29),
        ("sh", "echo three\n", 35),
        ("", "indented: block\n", 40),
    ]
    lines = PAGE.split("\n")
    assert all(each.text.split("\n")[0] == lines[each.line - 1].strip() for each in blocks)
    assert [each.under for each in blocks] == [
        ("One",),
        ("One",),
        ("One", "Two"),
        ("One", "Two"),
        ("One", "Two", "Two"),
    ]
    assert [each.depth for each in blocks] == [1, 2, 1, 1, 0]


def test_headings_links_and_prose_have_their_lines():
    """A heading's anchor is made of its words, unless it brings its own."""
    page = parse(PAGE)
    assert [(each.text, each.level, each.line, each.anchor) for each in page.headings] == [
        ("One", 1, 4, "one"),
        ("Two", 2, 24, "two"),
        ("Two", 3, 38, "own-anchor"),
        ("Last", 1, 42, "last"),
    ]
    assert [(each.target, each.line) for each in page.links] == [("#two", 6), ("other.md", 7)]
    assert ("item", 14) in [(each.text, each.line) for each in page.prose]


@pytest.mark.parametrize(("ending", "name"), [("\n", "unix"), ("\r\n", "dos"), ("\r", "old mac")])
def test_line_ends_do_not_matter(ending, name):
    """The lines are the same."""
    assert [each.line for each in parse(PAGE.replace("\n", ending)).blocks] == [11, 19, 29, 35, 40], name


def test_a_session_gives_what_is_typed():
    """Prompts go, output is emptied, every command stays on its line."""
    page = parse("```console\n$ kubectl get pods \\\n> -A\nNAME READY\n$ date\n```\n")
    assert page.blocks[0].shell == "kubectl get pods \\\n-A\n\ndate\n"


def test_anchors_are_those_of_github_and_mkdocs():
    """Punctuation and case go, spaces become dashes."""
    assert slug("Re-running an `in-place` restore, again!") == "re-running-an-in-place-restore-again"


@pytest.mark.parametrize(
    ("data", "said"),
    [(None, "No such file"), (b"\xff\xfe", "not UTF-8"), (b"a" * 2_000_001, "at most")],
)
def test_a_page_that_cannot_be_read_is_refused_with_the_reason(tmp_path, data, said):
    """It says what was tried, and what to do."""
    path = tmp_path / "page.md"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=said):
        read(path)


def test_a_mark_of_byte_order_is_no_text(tmp_path):
    """The first heading is found behind it."""
    path = tmp_path / "page.md"
    path.write_bytes(b"\xef\xbb\xbf# One\n")
    assert read(path).headings[0].text == "One"


def test_an_empty_page_and_an_open_fence_are_pages():
    """Nothing breaks."""
    assert parse("").blocks == ()
    assert parse("```bash\nls\n").blocks[0].text == "ls\n"
    assert read(Path(__file__).parents[3] / "README.md").blocks


@pytest.mark.parametrize(
    ("text", "is_shell"), [("kubectl get pods\n", True), ("$ helm list\n", True), ("NAME READY\n", False)]
)
def test_a_block_without_a_language_is_a_shells_when_it_begins_as_such(text, is_shell):
    """Output is passed over."""
    assert parse(f"```\n{text}```\n").blocks[0].is_shell is is_shell
