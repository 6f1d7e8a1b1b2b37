"""A shell block as data: its statements, commands, loops, tests and heredocs, from tree-sitter's grammar of bash.

Placeholders such as ``<BACKUP_ID>`` would be read as redirections; before parsing they become ``@BACKUP_ID@``, of the same length, so
that every place stays what it was.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from hopsdrill.runbook.command import Command, Heredoc, Redirect, Statement, Word
from hopsdrill.runbook.page import Block


PLACEHOLDER = re.compile(r"(?<![<\w])(?:(?<=[-./_:=\w\"' ,])|^|(?<=\s))<([A-Za-z/][\w./ -]*\w)>", re.MULTILINE)
STANDS_FOR = re.compile(r"@([A-Za-z][\w.-]*\w)@")
EXPANDED = ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution")
LOOPS = frozenset({"while_statement", "until_statement", "for_statement", "c_style_for_statement"})


def masked(text: str) -> str:
    """The text with ``<NAME>`` written ``@NAME@``."""
    return PLACEHOLDER.sub(lambda found: "@" + re.sub(r"[ ./]", "_", found[1]) + "@", text)


class Script:
    """One shell block, parsed."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.text = block.shell
        self.source = masked(self.text).encode()
        self._raw = self.text.encode()
        self.root = Parser(Language(tree_sitter_bash.language())).parse(self.source).root_node

    def line(self, node: Node) -> int:
        """The page's line a node begins on."""
        return self.block.line + node.start_point.row

    def raw(self, node: Node) -> str:
        """A node's text as the page has it."""
        return self._raw[node.start_byte : node.end_byte].decode(errors="replace")

    def nodes(self, *types: str, within: Node | None = None) -> Iterator[Node]:
        """All nodes of these types in the order of the text; heredocs' contents included."""
        waiting = [within or self.root]
        while waiting:
            node = waiting.pop()
            if node.type in types:
                yield node
            waiting.extend(reversed(node.children))

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every simple command, however deep."""
        return tuple(self._command(node) for node in self.nodes("command"))

    def within(self, node: Node | None) -> list[Command]:
        """The commands inside a node."""
        if node is None:
            return []
        first = bisect_left(self.commands, node.start_byte, key=_start)
        return list(self.commands[first : bisect_left(self.commands, node.end_byte, key=_start)])

    @cached_property
    def loops(self) -> tuple[Node, ...]:
        """Every loop."""
        return tuple(self.nodes(*LOOPS))

    def pipeline(self, command: Command) -> list[Command]:
        """The commands a pipe connects with this one, itself included, in their order."""
        node: Node | None = command.node
        while node is not None and node.type in {"command", "redirected_statement", "heredoc_redirect"}:
            node = node.parent
        if node is None or node.type != "pipeline":
            head = command.node.parent
            return self.within(head) if head is not None and head.type == "redirected_statement" else [command]
        outer = node.parent
        if outer is not None and outer.type == "heredoc_redirect" and outer.parent is not None:
            node = outer.parent
        substitutions = [each for each in self.nodes("command_substitution", within=node) if each != node]
        return [
            each for each in self.within(node) if not any(s.start_byte < each.start < s.end_byte for s in substitutions)
        ]

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The block split as a person would run it."""
        found: list[Statement] = []
        comments: list[str] = []
        end = -1
        for node in self.root.children:
            if node.type == "comment":
                comments.append(self.raw(node).lstrip("# "))
            elif not node.is_named:
                continue
            elif node.start_point.row <= end and found:
                previous = found.pop()
                end = max(end, _last_row(node))
                found.append(self._statement(previous.line, end, previous.comments))
            else:
                end = _last_row(node)
                found.append(self._statement(self.line(node), end, tuple(comments)))
                comments = []
        return tuple(found)

    def _statement(self, line: int, last_row: int, comments: tuple[str, ...]) -> Statement:
        rows = self.text.split("\n")[line - self.block.line : last_row + 1]
        return Statement("\n".join(rows), line, self.block.line + last_row, comments)

    def _command(self, node: Node) -> Command:
        parts = [each for each in node.children if each.type != "variable_assignment" and not _is_redirect(each)]
        words = [self.word(each) for each in parts if each.is_named or each.type not in {"(", ")"}]
        heredoc, redirects = self._around(node)
        if heredoc is not None and words and words[-1].text == "-f":
            words.append(Word("-", dynamic=False, line=words[-1].line))  # the grammar drops a dash before <<
        return Command(tuple(words), self.line(node), redirects, heredoc, node.start_byte, node)

    def _around(self, node: Node) -> tuple[Heredoc | None, tuple[Redirect, ...]]:
        """The redirections of a command, and those of what encloses it up to its pipeline."""
        heredoc: Heredoc | None = None
        redirects: list[Redirect] = [self._redirect(each) for each in node.children if each.type == "file_redirect"]
        above, own = node.parent, True
        while above is not None and above.type in {"redirected_statement", "pipeline"}:
            for each in above.children:
                if each.type == "file_redirect":
                    redirects.append(self._redirect(each))
                elif each.type == "heredoc_redirect" and own:
                    heredoc = self._heredoc(each)
                    redirects += [self._redirect(deep) for deep in each.children if deep.type == "file_redirect"]
            own = False
            above = above.parent
        return heredoc, tuple(redirects)

    def _redirect(self, node: Node) -> Redirect:
        descriptor = next((self.raw(each) for each in node.children if each.type == "file_descriptor"), "")
        operator = next((each.type for each in node.children if not each.is_named), "")
        targets = [self.word(each).text for each in node.children if each.is_named and each.type != "file_descriptor"]
        return Redirect(descriptor, operator, targets[0] if targets else "")

    def _heredoc(self, node: Node) -> Heredoc:
        start = next((self.raw(each) for each in node.children if each.type == "heredoc_start"), "")
        body = next((each for each in node.children if each.type == "heredoc_body"), None)
        strips = node.children[0].type == "<<-"
        text = self.raw(body) if body is not None else ""
        if strips:
            text = re.sub(r"^\t+", "", text, flags=re.MULTILINE)
        line = self.line(body) if body is not None else self.line(node) + 1
        return Heredoc(text, line, expands=start[:1] not in {"'", '"', "\\"})

    def word(self, node: Node) -> Word:
        """A node as a word."""
        dynamic = any(True for _ in self.nodes(*EXPANDED, within=node)) or bool(STANDS_FOR.search(self._masked(node)))
        return Word(self._unquoted(node), dynamic, self.line(node))

    def _masked(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode(errors="replace")

    def _unquoted(self, node: Node) -> str:
        if node.type == "raw_string":
            return self.raw(node)[1:-1]
        if node.type == "string":
            return re.sub(r'\\(["\\$`\n])', r"\1", self.raw(node)[1:-1])
        if node.type in {"concatenation", "command_name"}:
            return "".join(self._unquoted(each) for each in node.children)
        return re.sub(r"\\(.)", r"\1", self.raw(node)) if node.type == "word" else self.raw(node)


def _start(command: Command) -> int:
    return command.start


def _is_redirect(node: Node) -> bool:
    return node.type in {"file_redirect", "heredoc_redirect", "herestring_redirect"}


def _last_row(node: Node) -> int:
    return node.end_point.row - (node.end_point.column == 0 and node.end_point.row > node.start_point.row)
