"""The registry of secret values, and their removal from text.

Every secret that is loaded or generated is registered once, and stays registered when another takes its place. From then on no text
written by hopsdrill holds it: not as it is, not in an encoding, not wrapped over lines, not its beginning where something cut it off.
"""

import base64
import html
import itertools
import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus


MASK = "[redacted]"
SHORTEST = 6  # shorter values would blank out ordinary words; refuse to treat them as secret
WRAPPED = 12  # characters of a form that is also looked for with line breaks and spaces in it; a shorter one may be made of words
BEGUN = 16  # characters that give a longer form away: whatever showed them has cut it off
LINE = 24  # characters of a line of a longer secret, such as a key in PEM, that is a secret alone; shorter ones are its frame
CHUNK = 1 << 16  # characters of a text that are looked at together
GAP = re.compile(r"(?:\s|\\[nrt]?)+")  # what wrapping puts between, and JSON within JSON, however deep


def encodings(value: str) -> set[str]:
    """All forms in which a value may turn up in an artefact."""
    raw, quoted = value.encode(), quote(value, safe="")
    texts = {value, quoted, quote(value), quote_plus(value), re.sub("%..", lambda found: found[0].lower(), quoted)}
    texts |= {repr(value)[1:-1], shlex.quote(value).strip("'"), html.escape(value)}
    texts |= {each for text in (value, repr(value)[1:-1]) for each in _json(text)}
    forms = {each for text in texts for each in (text, *_json(text))}  # a log quotes what it is given
    forms |= {raw.hex(), raw.hex().upper()}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    for inside in list(_base64(raw)):
        forms |= {inside, *_base64(inside.encode())}  # twice: a Secret's data within a Secret
    for line in value.splitlines():
        if line != value and len(line) >= LINE and not line.startswith("-----"):
            forms |= encodings(line)
    return {form for form in forms if len(form) >= SHORTEST}


def _json(value: str) -> Iterator[str]:
    """What programs write for it between quotes: Python, PHP, and Go, which Helm, Velero and Kubernetes are written in."""
    for text in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield text
        yield text.replace("/", "\\/")
        yield re.sub("[&<>]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _base64(raw: bytes) -> Iterator[str]:
    """The digits that are a value's alone, in both alphabets: inside a longer text it starts at one of three places."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            digits = encode(b"\0" * shift + raw).decode().rstrip("=")
            # what it shares with its neighbours is left out
            yield digits[shift + 1 if shift else 0 : None if (shift + len(raw)) % 3 == 0 else -1]


def squeezed(text: str) -> str:
    """A text without what wrapping and quoting have put into it."""
    return GAP.sub("", text)


class _Index:
    """Forms by their first characters: with thousands of forms, a search for each would take too long."""

    def __init__(self) -> None:
        self._by_anchor: dict[str, list[str]] = defaultdict(list)

    def add(self, forms: Iterable[str]) -> None:
        """Take forms in."""
        for form in forms:
            self._by_anchor[form[:SHORTEST]].append(form)

    def near(self, text: str) -> list[str]:
        """The forms whose first characters are somewhere in a text; the longest first."""
        hit: set[str] = set()
        for start in range(0, len(text), CHUNK) if self._by_anchor else ():
            piece = text[start : start + CHUNK + SHORTEST - 1]
            hit |= self._by_anchor.keys() & {piece[at : at + SHORTEST] for at in range(len(piece) - SHORTEST + 1)}
        return sorted((form for anchor in hit for form in self._by_anchor[anchor]), key=lambda form: (-len(form), form))


class Redactor:
    """Knows secret values and removes them from text."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._known: set[str] = set()  # those of the forms that the indexes hold
        self._whole, self._wrapped = _Index(), _Index()

    def register(self, value: str) -> None:
        """Remember a secret; values shorter than six characters are ignored."""
        if len(value) >= SHORTEST and value not in self._forms:
            self._forms |= encodings(value)

    def scrub(self, text: str) -> str:
        """Return the text with every known secret masked, longest first."""
        whole, wrapped = self._indexes()
        near = whole.near(text)
        for form in near:
            text = text.replace(form, MASK)
        tight = squeezed(text) if self._forms else ""
        for form in wrapped.near(tight):
            if form in tight:
                text = _broken(form).sub(MASK, text)
        for form in near:  # last, for it takes away what a form is known by
            text = _without_beginning(form, text)
        return text

    def scrub_all(self, value: Any) -> Any:
        """Return a JSON value with every text in it scrubbed, but for the names of fields."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {name: self.scrub_all(each) for name, each in value.items()}
        return [self.scrub_all(each) for each in value] if isinstance(value, list) else value

    def found_in(self, text: str) -> bool:
        """Tell whether a known secret, in any form, is in the text."""
        whole, wrapped = self._indexes()
        if any(form[:BEGUN] in text for form in whole.near(text)):
            return True
        tight = squeezed(text) if self._forms else ""
        return any(form in tight for form in wrapped.near(tight))

    def _indexes(self) -> tuple[_Index, _Index]:
        if len(self._known) != len(self._forms):
            new = self._forms - self._known
            if len(self._known) + len(new) != len(self._forms):  # some were taken away, and that is another registry
                self._whole, self._wrapped, new = _Index(), _Index(), self._forms
            self._known = set(self._forms)
            self._whole.add(new)
            self._wrapped.add({each for each in map(squeezed, new) if len(each) >= WRAPPED})
        return self._whole, self._wrapped


def _without_beginning(form: str, text: str) -> str:
    """A text without the beginning of a form, as far as it goes."""
    start = text.find(form[:BEGUN])
    while start >= 0 and len(form) > BEGUN:
        alike = itertools.takewhile(
            lambda pair: pair[0] == pair[1], zip(form, text[start : start + len(form)], strict=False)
        )
        text = text[:start] + MASK + text[start + sum(1 for _ in alike) :]
        start = text.find(form[:BEGUN], start + len(MASK))
    return text


def _broken(form: str) -> re.Pattern[str]:
    """A form with anything of wrapping and quoting between its characters."""
    return re.compile(rf"(?:{GAP.pattern})?".join(map(re.escape, form)))


REDACTOR = Redactor()
