"""Things a reader must fill in: whether the page says with what."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.shell import PLACEHOLDER, Script


# capitals alone may be a value ("SKIP", "GOVERNANCE"); one of these words makes them something to fill in
CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
FILL_IN = frozenset(
    [
        "ACCOUNT",
        "BUCKET",
        "DOMAIN",
        "ENDPOINT",
        "HOST",
        "HOSTNAME",
        "ID",
        "KEY",
        "MY",
        "NAME",
        "NAMESPACE",
        "PASSWORD",
        "PATH",
        "PREFIX",
        "REGION",
        "RELEASE",
        "SECRET",
        "TOKEN",
        "URL",
        "USER",
        "USERNAME",
        "VERSION",
        "YOUR",
        "ARN",
    ]
)
ASSIGNED_TEXT = re.compile(r"^[\w.-]+\s*[=:]\s*(\S+)\s*$", re.MULTILINE)
SHELL_OWN = re.compile(
    r"[0-9@*#?$!_-]|BASH\w*|COLUMNS|EDITOR|EPOCHSECONDS|EUID|HOME|HOSTNAME|IFS|KUBECONFIG|LANG|LC_\w+|LINENO|LINES|LOGNAME|OLDPWD|OPTARG|OPTIND|PATH|"
    r"PIPESTATUS|PPID|PWD|RANDOM|REPLY|SECONDS|SHELL|TERM|TMPDIR|TZ|UID|USER|AWS_\w+"
)
NAMED_BY = frozenset({"read", "mapfile", "readarray", "getopts"})


def is_placeholder(text: str) -> bool:
    """``<NAME>``, ``OPTIONS...``, or capitals that stand for something: ``BUCKET_NAME``."""
    if PLACEHOLDER.fullmatch(text) or re.fullmatch(r"\[?[A-Z]+\.\.\.\]?", text):
        return True
    return bool(CAPITALS.fullmatch(text)) and bool(FILL_IN & set(text.split("_")))


@rule(
    "placeholder-undefined",
    Severity.NOTE,
    "Something to fill in that the page nowhere explains.",
    happens="the reader guesses; `<NAME>` pasted as it stands is read by the shell as redirections from and to files",
    fix="say beside the block what to put there and where it is found, or set a shell variable once and use it",
)
def placeholder_undefined(book: Book) -> Iterator[Hit]:
    """Each once, where it first stands."""
    seen: set[str] = set()
    for line, name in sorted(placeholders(book)):
        if name not in seen and not _is_told(book, name):
            yield Hit(line, f"what to write for {name} is said nowhere on the page")
        seen.add(name)


@rule(
    "variable-undefined",
    Severity.ERROR,
    "A shell variable that no block of the page sets and no text names.",
    happens="it is empty: the command acts on nothing, or on everything",
    fix='set it in a block before, or refuse to go on without it: `: "${NAME:?what it is}"`',
)
def variable_undefined(book: Book) -> Iterator[Hit]:
    """Each once, where it is first used."""
    given = {name for script in book.scripts for name in _set(script)}
    for script in book.scripts:
        for line, name in _used(script):
            if name not in given and not SHELL_OWN.fullmatch(name) and not _is_told(book, name):
                given.add(name)
                yield Hit(line, f"${name} is used and set nowhere on the page")


def placeholders(book: Book) -> Iterator[tuple[int, str]]:
    """Every place that a reader must fill in: its line, and how it is written."""
    for script in book.scripts:
        for found in PLACEHOLDER.finditer(script.text):
            yield script.block.line + script.text.count("\n", 0, found.start()), found[0]
    for _, command in book.commands:
        yield from ((line, text) for line, text in _values_of(command) if is_placeholder(text))
    for manifest in book.manifests:
        for route, value in manifest.leaves():
            if isinstance(value, str) and is_placeholder(value):
                yield manifest.at(route), value


def _values_of(command: Command) -> Iterator[tuple[int, str]]:
    """The command's words, and what is assigned in the text it is given."""
    for word in command.words[1:]:
        yield word.line, word.text.rpartition("=")[2]
    if command.heredoc is not None:
        for found in ASSIGNED_TEXT.finditer(command.heredoc.text):
            yield command.heredoc.line + command.heredoc.text.count("\n", 0, found.start(1)), found[1]


def _is_told(book: Book, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name.strip('<>'))}(?!\w)", book.told) is not None


def _set(script: Script) -> Iterator[str]:
    for each in script.nodes("variable_assignment"):
        yield re.split(r"[+\[=]", script.raw(each), maxsplit=1)[0]
    for each in script.nodes("for_statement"):
        variable = each.child_by_field_name("variable")
        if variable is not None:
            yield script.raw(variable)
    for each in script.nodes("c_style_for_statement", "declaration_command"):
        yield from (script.raw(inner) for inner in script.nodes("variable_name", within=each))
    for command in script.commands:
        if command.name in NAMED_BY:
            yield from command.arguments
        if command.name == "printf" and command.arguments[:1] == ["-v"]:
            yield from command.arguments[1:2]


def _used(script: Script) -> Iterator[tuple[int, str]]:
    for each in script.nodes("simple_expansion", "expansion"):
        if re.match(r"\$\{[!#]?\w+\s*(?::?[-=?+])", script.raw(each)):
            continue
        name = next(
            (inner for inner in each.children if inner.type in {"variable_name", "special_variable_name"}), None
        )
        if name is not None:
            yield script.line(each), script.raw(name)
