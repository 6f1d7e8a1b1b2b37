"""The registry of secret values, and their removal from text.

Every secret that is loaded or generated is registered once; from then on no text written by
hopsdrill holds it, nor its base64, URL-quoted, JSON-quoted or shell-quoted form.
"""

import base64
import json
import shlex
from urllib.parse import quote


MASK = "[redacted]"
SHORTEST = 6  # shorter values would blank out ordinary words; refuse to treat them as secret


def encodings(value: str) -> set[str]:
    """All forms in which a value may turn up in an artefact; the three base64 alignments included."""
    raw = value.encode()
    forms = {value, quote(value, safe=""), json.dumps(value)[1:-1], shlex.quote(value).strip("'")}
    forms |= {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    for shift in (1, 2):
        # inside a longer base64 text a value starts at one of three offsets; drop the digits it shares
        inner = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        forms.add(inner[shift + 1 : -1])
    forms.add(base64.b64encode(raw).decode().rstrip("=")[:-1])
    return {form for form in forms if len(form) >= SHORTEST}


class Redactor:
    """Knows secret values and removes them from text."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def register(self, value: str) -> None:
        """Remember a secret; values shorter than six characters are ignored."""
        if len(value) >= SHORTEST:
            self._forms |= encodings(value)

    def scrub(self, text: str) -> str:
        """Return the text with every known secret masked, longest first."""
        for form in sorted(self._forms, key=lambda item: (-len(item), item)):
            text = text.replace(form, MASK)
        return text

    def found_in(self, text: str) -> bool:
        """Tell whether a known secret, in any form, is in the text."""
        return any(form in text for form in self._forms)


REDACTOR = Redactor()
