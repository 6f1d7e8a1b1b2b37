"""Headings and links within a page."""

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.page import Heading


def _by_anchor(book: Book) -> dict[str, list[Heading]]:
    found: dict[str, list[Heading]] = defaultdict(list)
    for each in book.page.headings:
        found[each.anchor].append(each)
    return found


@rule(
    "heading-ambiguous",
    Severity.WARNING,
    "Two headings of the same words, so that a link to one leads to the other.",
    happens="a link leads to the first of them; a reader lands in the wrong procedure",
    fix="give each its own words, or an anchor of its own",
)
def heading_ambiguous(book: Book) -> Iterator[Hit]:
    """The second and all later ones."""
    linked = {each.target.removeprefix("#") for each in book.page.links if each.target.startswith("#")}
    for anchor, headings in _by_anchor(book).items():
        for each in headings[1:]:
            used = f"; links to #{anchor} lead to line {headings[0].line}" if anchor in linked else ""
            yield Hit(each.line, f"the heading {each.text!r} stands on line {headings[0].line} already{used}")


@rule(
    "link-broken",
    Severity.WARNING,
    "A link to a heading or a page beside this one that is not there.",
    happens="the reader does not get to the step it promises",
    fix="correct the anchor: lower case, dashes for spaces; or the path",
)
def link_broken(book: Book) -> Iterator[Hit]:
    """Anchors of this page, and Markdown files by a relative path."""
    known = set(book.page.anchors) | set(_by_anchor(book)) | {"", "top"}
    for link in book.page.links:
        parts = urlsplit(link.target)
        target = unquote(parts.path)
        if not parts.scheme and not parts.netloc and not target:
            anchor = unquote(parts.fragment)
            if anchor not in known and re.sub(r"[-_]\d+$", "", anchor) not in known:
                yield Hit(link.line, f"no heading of this page has the anchor #{anchor}")
        elif _is_beside(parts.scheme, target) and not (book.page.path.parent / target).exists():
            yield Hit(link.line, f"there is no page {target} beside this one")


def _is_beside(scheme: str, target: str) -> bool:
    return not scheme and target.endswith(".md") and not target.startswith("/")
