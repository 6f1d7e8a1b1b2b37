"""The published table of rules: ``python -m hopsdrill.verdict.doc > docs/reference/verdict.md``."""

import sys

from hopsdrill.verdict.judge import RULES
from hopsdrill.verdict.outcome import CODE_OF, ORDER, Verdict
from hopsdrill.verdict.rule import Rule


HEAD = """\
# How a verdict is reached

Generated from the code that judges (`python -m hopsdrill.verdict.doc`); a test fails when this page is out of date.

A verdict is a pure function of the journal: whoever holds `journal.ndjson` can compute it again with `hopsdrill report show DIR`.
Nothing else goes into it, neither an exit code of a tool nor a phase a controller reported.
"""

CODES = """\
## Exit codes of a run

0 PASS · 1 FAIL · 2 usage or plan · 3 internal · 4 not conducted (environment, interlock) · 5 nothing selected · 6 BREACHED · 7 clean-up incomplete ·
8 not judgeable (UNKNOWN, INVALID, ABORTED) · 9 artefact withheld (a secret was found in it) · 130, 143 interrupted.
Where several hold, the first of {order} counts; the JSON output carries all.
"""

NOTES = """\
## Notes

* A run may fulfil several rules. All of them are in the report, with the sequence numbers of their events; the topmost gives the verdict.
* An objective counts as met only when the measured value *plus* its measurement error is within the target. A total that is a lower bound, because a
  phase was not exercised, is judged as it is and marked as a lower bound everywhere it is shown.
* A proof, action or scenario that was declared twice must be good both times.
* Clean-up changes the exit code, never the verdict.
"""


def page() -> str:
    """The whole page, as Markdown."""
    verdicts = [f"| {verdict} | {verdict.meaning} | {int(CODE_OF[verdict])} |" for verdict in Verdict]
    rules = [
        f"| {number} | `{rule.name}` | {_outcome(rule)} | {rule.condition} |" for number, rule in enumerate(RULES, 1)
    ]
    return "\n".join(
        [
            HEAD,
            "## Verdicts, the strongest first\n",
            "| verdict | means | exit code |\n|---|---|---|",
            *verdicts,
            "\n## Rules, in order; the first that holds gives the verdict\n",
            "| | rule | verdict | holds when |\n|---|---|---|---|",
            *rules,
            f"\n{NOTES}\n{CODES.format(order=', '.join(str(int(code)) for code in ORDER))}",
        ]
    )


def _outcome(rule: Rule) -> str:
    return str(rule.verdict) if rule.verdict else "none"


if __name__ == "__main__":
    sys.stdout.write(page())
