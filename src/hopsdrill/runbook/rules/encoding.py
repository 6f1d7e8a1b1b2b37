"""Text that went through the wrong encoding."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule


RUN = re.compile(r"[^\x00-\x7f]{2,}")


def mended(text: str) -> str:
    """The text as it was before UTF-8 was read as Windows-1252; empty when it never was."""
    try:
        # five bytes have no character in Windows-1252; readers leave them as they are
        data = b"".join(bytes([ord(each)]) if "\x80" <= each <= "\x9f" else each.encode("cp1252") for each in text)
        return data.decode()
    except UnicodeError:
        return ""


@rule(
    "encoding-mangled",
    Severity.NOTE,
    "Characters that UTF-8 becomes when it is read as Windows-1252, or the replacement character.",
    happens="readers see odd characters; inside a command or a name they are part of it",
    fix="write the character that is meant, and save the page as UTF-8",
)
def encoding_mangled(book: Book) -> Iterator[Hit]:
    """Line by line."""
    for number, line in enumerate(book.page.lines, 1):
        for run in RUN.findall(line):
            meant = mended(run)
            if meant:
                yield Hit(number, f"{run!r} is a mangled {meant!r}")
        if "\ufffd" in line:
            yield Hit(number, "the replacement character stands for one that was lost")
