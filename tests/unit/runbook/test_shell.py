"""A shell block as data: statements, commands, redirections, heredocs."""

import pytest

from hopsdrill.runbook.invocation import invocation
from hopsdrill.runbook.page import Block
from hopsdrill.runbook.shell import Script, masked


def script(text: str, line: int = 10) -> Script:
    """A block that begins on a line of a page."""
    return Script(Block(language="bash", text=text, line=line))


WHOLE = """\
# first
# second
kubectl apply -f - <<EOF | tee log
kind: X
EOF

until [ "$(kubectl get x)" = y ]; do
  sleep 1
done
helm upgrade a b \\
  --wait   # at the end
A=1; echo $A
kubectl get x |
  sort
"""


def test_statements_are_whole_and_know_their_lines():
    """Heredocs, loops, continued lines and pipes are one statement each; comments above belong to it."""
    statements = script(WHOLE).statements
    assert [(each.line, each.last) for each in statements] == [(12, 14), (16, 18), (19, 20), (21, 21), (22, 23)]
    assert statements[0].comments == ("first", "second")
    assert statements[0].text == "kubectl apply -f - <<EOF | tee log\nkind: X\nEOF"
    assert statements[3].text == "A=1; echo $A"


def test_commands_are_found_however_deep():
    """In loops, substitutions and pipes; each with its line and words."""
    told = [(each.name, each.line) for each in script(WHOLE).commands]
    assert ("kubectl", 16) in told
    assert ("sleep", 17) in told
    assert ("sort", 23) in told
    upgrade = next(each for each in script(WHOLE).commands if each.name == "helm")
    assert upgrade.arguments == ["upgrade", "a", "b", "--wait"]


def test_words_lose_their_quotes_and_know_whether_they_are_fixed():
    """Expansions stay as they are written."""
    command = script("""X=1 cmd 'a b' "c $D" e\\ f --g="h" <NAME>-i $(date)\n""").commands[0]
    assert [(each.text, each.dynamic) for each in command.words[1:]] == [
        ("a b", False),
        ("c $D", True),
        ("e f", False),
        ("--g=h", False),
        ("<NAME>-i", True),
        ("$(date)", True),
    ]


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("helm upgrade --version <CHART_VERSION>", "helm upgrade --version @CHART_VERSION@"),
        ("delete job a-<BACKUP_ID> -n x", "delete job a-@BACKUP_ID@ -n x"),
        ("--name=<the id>", "--name=@the_id@"),
        ("cat <<EOF > file", "cat <<EOF > file"),
        ("sort < in > out", "sort < in > out"),
        ("diff <(a) <(b)", "diff <(a) <(b)"),
    ],
)
def test_placeholders_are_masked_and_redirections_are_not(text, becomes):
    """The length never changes."""
    assert masked(text) == becomes
    assert len(becomes) == len(text)


@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("kubectl get x 2>/dev/null", True),
        ("kubectl get x >/dev/null 2>&1", True),
        ("kubectl get x &>/dev/null", True),
        ("kubectl get x >/dev/null", False),
        ("kubectl get x 2>errors", False),
    ],
)
def test_errors_that_go_to_nowhere_are_seen(text, hides):
    """All three ways of writing it."""
    assert script(text).commands[0].hides_errors() is hides


def test_a_heredoc_knows_where_it_begins_and_whether_it_expands():
    """Quoted end marks stop the expansion; a dash takes tabs away."""
    plain, quoted = script("cat <<EOF\na\nEOF\ncat <<-'END' > f\n\tb\n\tEND\n").commands
    assert (plain.heredoc.text, plain.heredoc.line, plain.heredoc.expands) == ("a\n", 11, True)
    assert (quoted.heredoc.text, quoted.heredoc.line, quoted.heredoc.expands) == ("b\n", 14, False)
    assert quoted.redirects[0].target == "f"


def test_a_pipe_through_a_heredoc_is_one_pipeline():
    """The reading side is found from the writing side."""
    made = script("cat <<EOF | kubectl apply -f -\nkind: X\nEOF\n")
    assert [each.name for each in made.pipeline(made.commands[0])] == ["cat", "kubectl"]


@pytest.mark.parametrize(
    ("text", "command", "arguments", "flags"),
    [
        ("kubectl -n velero get backups -ojson", "get", ["backups"], {"-n": ["velero"], "-o": ["json"]}),
        ("kubectl create secret generic -n v name --from-file=a=b", "create secret generic", ["name"], None),
        ("kubectl exec -it pod -- ls -l", "exec", ["pod", "ls", "-l"], None),
        ("helm upgrade a --version 1 --namespace b -f c", "upgrade", ["a"], None),
        ("velero backup create x --wait --ttl 5h", "backup create", ["x"], {"--wait": [None], "--ttl": ["5h"]}),
    ],
)
def test_calls_are_taken_apart_by_what_the_programs_say_of_their_flags(text, command, arguments, flags):
    """A flag's value is no argument."""
    call = invocation(script(text).commands[0])
    assert (call.command, [each.text for each in call.arguments]) == (command, arguments)
    assert flags is None or call.flags == flags
    assert not call.unknown


def test_a_program_that_is_not_known_is_not_taken_apart():
    """None, rather than a guess."""
    assert invocation(script("terraform apply -f").commands[0]) is None
