"""A shell's words and commands, as frozen data."""

from dataclasses import dataclass, field

from tree_sitter import Node


@dataclass(frozen=True)
class Word:
    """A word of a command.

    Attributes:
        text: without its quotes; expansions and placeholders stay as they are written.
        dynamic: what it becomes is known only when it is run.
        line: in the page.
    """

    text: str
    dynamic: bool
    line: int


@dataclass(frozen=True)
class Heredoc:
    """A text given to a command: its page line, whether variables in it are expanded, and where it goes."""

    text: str
    line: int
    expands: bool


@dataclass(frozen=True)
class Redirect:
    """``2>/dev/null`` is descriptor 2, operator ``>``, target ``/dev/null``; without a number the descriptor is empty."""

    descriptor: str
    operator: str
    target: str


@dataclass(frozen=True)
class Command:
    """A simple command.

    Attributes:
        words: the program and its arguments.
        line: in the page.
        redirects: of this command alone or of the pipeline it is in.
        heredoc: what it reads.
        start: byte in the block, which orders and identifies it.
    """

    words: tuple[Word, ...]
    line: int
    redirects: tuple[Redirect, ...]
    heredoc: Heredoc | None
    start: int
    node: Node = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """The program."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> list[str]:
        """Its words without the program."""
        return [word.text for word in self.words[1:]]

    def hides_errors(self) -> bool:
        """Its standard error goes to nowhere."""
        for each in self.redirects:
            if each.target == "/dev/null" and (each.descriptor == "2" or "&" in each.operator):
                return True
        targets = [(each.descriptor, each.target) for each in self.redirects]
        return ("2", "1") in targets and any(d in {"", "1"} and t == "/dev/null" for d, t in targets)


@dataclass(frozen=True)
class Statement:
    """A command as a person would run it: everything up to where the next one begins.

    Attributes:
        text: heredocs, pipes, loops and continued lines are whole.
        line: its first in the page, ``last`` its last.
        comments: those right above it.
    """

    text: str
    line: int
    last: int
    comments: tuple[str, ...] = ()
