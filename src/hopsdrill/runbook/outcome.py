"""What a condition comes to when the programs in it fail and print nothing.

A failing ``kubectl`` leaves an empty text; ``jq`` on empty input prints nothing and succeeds; ``wc -l`` prints 0. True and False are what
the shell would decide, None is what cannot be known from the page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from hopsdrill.runbook.command import Command
from hopsdrill.runbook.shell import Script


# programs that reach out, and fail when what they reach is not there
REACHING = frozenset(
    {
        "aws",
        "az",
        "curl",
        "docker",
        "etcdctl",
        "gcloud",
        "gsutil",
        "helm",
        "kubectl",
        "mc",
        "mysql",
        "oc",
        "psql",
        "ssh",
        "velero",
        "wget",
    }
)
COUNTING = frozenset({"wc"})
FILTERS = frozenset({"awk", "cat", "cut", "head", "jq", "sed", "sort", "tail", "tr", "uniq", "yq"})
EQUAL = frozenset({"=", "==", "-eq"})
ORDER = {
    "-gt": int.__gt__,
    "-lt": int.__lt__,
    "-ge": int.__ge__,
    "-le": int.__le__,
    "-eq": int.__eq__,
    "-ne": int.__ne__,
}


@dataclass(frozen=True)
class Comparison:
    """Two operands of a test; each with the command substitution in it, if there is one."""

    left: Node
    operator: str
    right: Node

    @property
    def sides(self) -> tuple[Node, Node]:
        """Both operands."""
        return self.left, self.right


def comparison(script: Script, node: Node) -> Comparison | None:
    """A ``binary_expression``, or the command ``test``, as a comparison."""
    parts = [each for each in node.children if each.type not in {"[", "]", "[[", "]]"}]
    if node.type == "command" and len(parts) == 4 and script.raw(parts[0]) == "test":  # noqa: PLR2004 - test, left, operator, right
        parts = parts[1:]
    elif node.type != "binary_expression" or len(parts) != 3:  # noqa: PLR2004 - left, operator, right
        return None
    return Comparison(parts[0], script.raw(parts[1]), parts[2])


def reaches(script: Script, node: Node) -> bool:
    """Whether a program in it reaches out."""
    return any(each.name in REACHING for each in script.within(node))


def on_failure(script: Script, node: Node | None) -> bool | None:
    """What the shell decides when every program that reaches out fails."""
    if node is None:
        return None
    if node.type in {"negated_command", "unary_expression"} and script.raw(node.children[0]) == "!":
        inner = on_failure(script, node.children[-1])
        return None if inner is None else not inner
    return DECIDED[node.type](script, node) if node.type in DECIDED else None


def value_on_failure(script: Script, node: Node) -> str | None:
    """What a word becomes; None when that is not known."""
    substitutions = list(script.nodes("command_substitution", within=node))
    if not substitutions:
        word = script.word(node)
        return None if word.dynamic else word.text
    inner = substitutions[0]
    alone = script.raw(node).strip('"') == script.raw(inner)
    if not alone or not reaches(script, inner):
        return None
    body = next((each for each in inner.children if each.is_named), None)
    while body is not None and body.type == "redirected_statement":
        body = body.children[0]
    if body is not None and body.type == "list":
        last = script.within(body)[-1]
        return " ".join(last.arguments) if body.children[1].type == "||" and last.name == "echo" else None
    outer = script.pipeline(script.within(inner)[0])
    last = outer[-1]
    if last.name in COUNTING or (last.name == "grep" and "-c" in last.arguments):
        return "0"
    return "" if last.name in REACHING | FILTERS | {"grep"} else None


def _joined(script: Script, left: Node, operator: str, right: Node) -> bool | None:
    first, second = on_failure(script, left), on_failure(script, right)
    if operator == "&&":
        return False if False in (first, second) else None if None in (first, second) else True
    return True if True in (first, second) else None if None in (first, second) else False


def _enclosed(script: Script, node: Node) -> bool | None:
    named = [each for each in node.children if each.is_named and not each.type.endswith("redirect")]
    return on_failure(script, named[0]) if len(named) == 1 else None


def _list(script: Script, node: Node) -> bool | None:
    return _joined(script, node.children[0], node.children[1].type, node.children[-1])


def _pipeline(script: Script, node: Node) -> bool | None:
    return _piped(script.pipeline(script.within(node)[-1])) if reaches(script, node) else None


def _piped(commands: list[Command]) -> bool | None:
    last = commands[-1]
    if last.name == "grep" or (last.name == "jq" and {"-e", "--exit-status", "-re", "-er"} & set(last.arguments)):
        return False
    return True if last.name in FILTERS | COUNTING else False if last.name in REACHING else None


def _command(script: Script, node: Node) -> bool | None:
    told = comparison(script, node)
    if told is not None:
        return _compared(script, told)
    name = script.raw(node.children[0]).rpartition("/")[2]
    return False if name in REACHING else {"true": True, ":": True, "false": False}.get(name)


def _unary(script: Script, node: Node) -> bool | None:
    value = value_on_failure(script, node.children[-1])
    operator = script.raw(node.children[0])
    if value is None or operator not in {"-z", "-n"}:
        return None
    return (value == "") == (operator == "-z")


def _binary(script: Script, node: Node) -> bool | None:
    told = comparison(script, node)
    if told is not None and told.operator in {"&&", "||"}:
        return _joined(script, told.left, told.operator, told.right)
    return _compared(script, told) if told else None


def _compared(script: Script, told: Comparison) -> bool | None:
    left, right = value_on_failure(script, told.left), value_on_failure(script, told.right)
    if left is None or right is None or not any(reaches(script, each) for each in told.sides):
        return None
    if told.operator in {"=", "==", "!="}:
        return (left == right) == (told.operator != "!=")
    if told.operator not in ORDER:
        return None
    if not (left.lstrip("-").isdigit() and right.lstrip("-").isdigit()):
        return False  # "integer expression expected": the test fails
    return bool(ORDER[told.operator](int(left), int(right)))


DECIDED: dict[str, Callable[[Script, Node], bool | None]] = {
    **dict.fromkeys(
        ("test_command", "parenthesized_expression", "redirected_statement", "subshell", "compound_statement"),
        _enclosed,
    ),
    "list": _list,
    "pipeline": _pipeline,
    "command": _command,
    "unary_expression": _unary,
    "binary_expression": _binary,
}
