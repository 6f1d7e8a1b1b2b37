"""A Markdown page as data: its headings, links, prose and code blocks, each with its line in the page.

Markdown is read by markdown-it, with its plug-ins for admonitions (``!!! note``) and front matter. The content tabs of mkdocs
(``=== "Name"``) are no Markdown: their indented text comes out as a code block and is read once more here.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from pydantic import Field

from hopsdrill.core.errors import UsageError
from hopsdrill.model.base import Model


LARGEST = 2_000_000  # bytes; a long page has fifty thousand
DEEPEST = 20  # tabs within tabs
TAB = re.compile(r"===[!+]? +\"")
ANCHOR = re.compile(r"\s*\{[:]?\s*#([\w-]+)[^}]*\}\s*$")
HTML_ANCHOR = re.compile(r"<[a-z][^>]*\s(?:id|name)=[\"']([^\"']+)[\"']", re.IGNORECASE)
SHELLS = frozenset({"bash", "sh", "shell", "zsh"})
COMMANDS = re.compile(r"\s*(?:\$ )?(?:export|helm|kubectl|until|velero|while) ")
TITLE = re.compile(r"\btitle=[\"']([^\"']+)[\"']")
SESSIONS = frozenset({"console", "shell-session", "shellsession", "terminal"})
_MARKDOWN = MarkdownIt("commonmark").enable("table").use(admon_plugin).use(front_matter_plugin)


class Heading(Model):
    """A heading.

    Attributes:
        text: as it is written, without its mark.
        level: 1 to 6.
        line: in the page, from 1.
        anchor: by which a link reaches it.
    """

    text: str
    level: int
    line: int
    anchor: str


class Link(Model):
    """A link or picture; ``line`` is that of the paragraph it begins in, from 1."""

    target: str
    line: int


class Prose(Model):
    """A paragraph, a list item's text or a table's cell; ``line`` is its first, from 1."""

    text: str
    line: int


class Block(Model):
    """A code block.

    Attributes:
        language: the first word after the fence, in lower case; empty where none is given.
        text: its lines, without the indentation that the list or admonition around it asks for.
        line: the page's line, from 1, on which the first line of ``text`` stands.
        under: the headings it stands under, the outermost first.
        depth: how many lists and admonitions are around it.
        title: what the fence names it by ``title="values.yaml"``; empty where it does not.
    """

    language: str
    text: str
    line: int
    under: tuple[str, ...] = ()
    depth: int = 0
    title: str = ""

    @property
    def is_shell(self) -> bool:
        """Commands for a shell; without a language, when they begin as such."""
        return self.language in SHELLS | SESSIONS or (not self.language and COMMANDS.match(self.text) is not None)

    @property
    def shell(self) -> str:
        """The commands; of a session with prompts only what is typed, every line where it was."""
        if self.language not in SESSIONS and not re.search(r"^\$ ", self.text, re.MULTILINE):
            return self.text
        return "\n".join(_typed(self.text.split("\n")))


class Page(Model):
    """A page.

    Attributes:
        path: where it was read from.
        lines: its text, line by line.
        anchors: places that links reach beside the headings.
    """

    path: Path
    lines: tuple[str, ...]
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    prose: tuple[Prose, ...] = ()
    blocks: tuple[Block, ...] = ()
    anchors: frozenset[str] = Field(default_factory=frozenset)


def read(path: Path) -> Page:
    """Read a page from a file.

    Raises:
        UsageError: it is not there, too large, or no UTF-8 text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"Tried to read the page {path}; the system said: {error.strerror}."
        raise UsageError(msg, hint="check the path") from error
    if len(data) > LARGEST:
        msg = f"{path} has {len(data)} bytes; a page has at most {LARGEST}."
        raise UsageError(msg, hint="is it the right file?")
    try:
        return parse(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text (byte {error.start})."
        raise UsageError(msg, hint="save it as UTF-8") from error


def parse(text: str, path: Path = Path("page.md")) -> Page:
    """Read a page from its text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader()
    reader.read(text, 0, 0)
    return Page(
        path=path,
        lines=tuple(text.split("\n")),
        headings=tuple(reader.headings),
        links=tuple(reader.links),
        prose=tuple(reader.prose),
        blocks=tuple(reader.blocks),
        anchors=frozenset(reader.anchors),
    )


def slug(text: str) -> str:
    """The anchor a heading gets: as GitHub and mkdocs make it of plain words."""
    plain = unicodedata.normalize("NFKC", re.sub(r"[`*]", "", text)).lower().strip()
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", plain))


class _Reader:
    """Walks markdown-it's tokens once, in the order of the page."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.prose: list[Prose] = []
        self.blocks: list[Block] = []
        self.anchors: set[str] = set()

    def read(self, text: str, offset: int, depth: int) -> None:
        """Read a text whose first line is line ``offset + 1`` of the page."""
        tokens = _MARKDOWN.parse(text)
        opened: Token | None = None
        tab = False
        for token in tokens:
            first = offset + (token.map[0] if token.map else 0) + 1
            if token.type.endswith(("_list_open", "admonition_open")):
                depth += 1
            elif token.type.endswith(("_list_close", "admonition_close")):
                depth -= 1
            elif token.type == "heading_open":
                opened = token
            elif token.type == "inline":
                self._inline(token, first, opened)
                tab, opened = bool(TAB.match(token.content)), None
            elif token.type == "fence":
                self._block(token, token.info.strip(), first + 1, depth)
            elif token.type == "code_block" and tab and depth < DEEPEST:
                self.read(token.content, first - 1, depth + 1)
            elif token.type == "code_block":
                self._block(token, "", first, depth)
            elif token.type == "html_block":
                self.anchors.update(HTML_ANCHOR.findall(token.content))

    def _inline(self, token: Token, line: int, opened: Token | None) -> None:
        if opened is not None:
            explicit = ANCHOR.search(token.content)
            text = ANCHOR.sub("", token.content)
            anchor = explicit[1] if explicit else slug(text)
            self.headings.append(Heading(text=text, level=int(opened.tag[1]), line=line, anchor=anchor))
        else:
            self.prose.append(Prose(text=token.content, line=line))
        for child, at in _with_lines(token, line):
            if child.type == "link_open":
                self.links.append(Link(target=str(child.attrGet("href") or ""), line=at))
            elif child.type == "html_inline":
                self.anchors.update(HTML_ANCHOR.findall(child.content))

    def _block(self, token: Token, info: str, line: int, depth: int) -> None:
        language = re.split(r"[\s{,]", info.lstrip("{. "), maxsplit=1)[0].lower().rstrip("}")
        path: list[Heading] = []
        for heading in self.headings:
            path = [*(each for each in path if each.level < heading.level), heading]
        under = tuple(each.text for each in path)
        named = TITLE.search(info)
        title = named[1] if named else ""
        self.blocks.append(
            Block(language=language, text=token.content, line=line, under=under, depth=depth, title=title)
        )


def _with_lines(token: Token, line: int) -> Iterator[tuple[Token, int]]:
    for child in token.children or ():
        yield child, line
        line += child.type in {"softbreak", "hardbreak"}


def _typed(lines: list[str]) -> Iterator[str]:
    """A session's lines with the prompts taken off and the output emptied."""
    more = False
    for line in lines:
        found = re.match(r"(?:\[[^\]]*\]|[\w.@~/:-]*)?[$#] (.*)", line)
        typed = found[1] if found and not more else line.removeprefix("> ") if more else ""
        more = typed.endswith("\\")
        yield typed
