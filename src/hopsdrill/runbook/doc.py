"""The published page of rules: ``python -m hopsdrill.runbook.doc > docs/reference/runbook-rules.md``."""

import sys
from collections.abc import Iterator

from hopsdrill.runbook import GENERAL, HOPSWORKS, Rule


HEAD = """\
# Rules of `hopsdrill runbook check`

Generated from the code (`python -m hopsdrill.runbook.doc`); a test fails when this page is out of date.

An *error* fails, hangs, or reports a success that is none. A *warning* does something else than the page says, in some case. A *note* leaves the reader to guess.
[How to check a runbook](../how-to/runbook.md).
"""


def page() -> str:
    """The whole page, as Markdown."""
    packs = {"General rules": GENERAL, "Hopsworks and its Velero": HOPSWORKS}
    return "\n".join([HEAD, *(line for title, rules in packs.items() for line in _pack(title, rules))])


def _pack(title: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| rule | severity | looks for | what happens otherwise | fix |\n|---|---|---|---|---|"
    for each in rules:
        cells = (f"`{each.name}`", str(each.severity), each.about, each.happens, each.fix)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
