"""Manual steps that people attest: who noticed the disaster, who decided to recover, and when.

A drill declares its disaster and does not wait for anybody, so that detection and decision are not exercised in it. Where they
were exercised, before the run, their times can be given; they are journalled and reported as attested, never as measured.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.core.errors import UsageError
from hopsdrill.model.events import Phase, PhaseAttested


PHASES = (Phase.DETECT, Phase.DECIDE)
LONGEST_NAME = 100
MOST_LINES = 20
FORM = "detect=WHO,DISASTER,DETECTED or decide=WHO,DETECTED,DECIDED, the times as 2026-11-26T21:04:00Z"


def attested(given: Sequence[str], moment: datetime) -> tuple[PhaseAttested, ...]:
    """Read what was given: ``PHASE=WHO,FROM,TO`` each, or ``@FILE`` with one a line; ``#`` begins a remark.

    ``decide=WHO,TO`` begins where the attested detection ended.

    Args:
        given: the texts.
        moment: the present, which no attested time may lie after.

    Raises:
        UsageError: names the text and what is wrong with it.
    """
    made: list[PhaseAttested] = []
    for text in _lines(given):
        one = _parsed(text, made)
        _require(one, made, moment, text)
        made.append(one)
    return tuple(sorted(made, key=lambda each: PHASES.index(each.phase)))


def _lines(given: Sequence[str]) -> Iterator[str]:
    for each in given:
        if not each.startswith("@"):
            yield each
            continue
        try:
            lines = Path(each[1:]).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"Tried to read attested steps from {each[1:]}: {error}"
            raise UsageError(msg, hint=f"a text file with one a line: {FORM}") from error
        kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not 0 < len(kept) <= MOST_LINES:
            msg = f"{each[1:]} holds {len(kept)} attested steps."
            raise UsageError(msg, hint=f"one a line: {FORM}")
        yield from kept


def _parsed(text: str, before: Sequence[PhaseAttested]) -> PhaseAttested:
    name, found, rest = text.partition("=")
    who, *times = (part.strip() for part in rest.split(","))
    try:
        phase = Phase(name.strip().lower())
        moments = [parse_utc(each) for each in times]
    except ValueError as error:
        raise _wrong(text, str(error)) from error
    if phase not in PHASES:
        raise _wrong(text, f"{phase} is measured, not attested")
    if not found or not who or len(who) > LONGEST_NAME or not who.isprintable():
        raise _wrong(text, f"it does not say who, in 1 to {LONGEST_NAME} printable characters")
    detected = [parse_utc(each.ended) for each in before if each.phase is Phase.DETECT]
    if phase is Phase.DECIDE and len(moments) == 1:
        moments = [*detected, *moments]
    if len(moments) != len(("from", "to")):
        raise _wrong(text, "it needs two times; `decide` needs one where `detect` stands before it")
    return PhaseAttested(phase=phase, who=who, began=utc_text(moments[0]), ended=utc_text(moments[1]))


def _require(one: PhaseAttested, before: Sequence[PhaseAttested], moment: datetime, text: str) -> None:
    began, ended = parse_utc(one.began), parse_utc(one.ended)
    if ended < began:
        raise _wrong(text, f"it ends at {one.ended}, before it begins at {one.began}")
    if ended > moment:
        raise _wrong(text, f"{one.ended} lies in the future: it is {utc_text(moment)}")
    for other in before:
        if other.phase is one.phase:
            raise _wrong(text, f"{one.phase} is attested twice")
        first, second = sorted((other, one), key=lambda each: PHASES.index(each.phase))
        if first.ended != second.began:
            raise _wrong(text, f"{first.phase} ends at {first.ended}, and {second.phase} begins at {second.began}")


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(f"The attested step {text!r} cannot be taken: {why}.", hint=FORM)
