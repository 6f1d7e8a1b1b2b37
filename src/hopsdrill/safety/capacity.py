"""Whether time, space and versions suffice, judged before anything is touched. Pure functions.

What nobody can know is said to be unknown, with the reason, and stops nothing: a drill is how it becomes known. A drill is refused
only where what is known leaves no way to pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hopsdrill.core.durations import duration
from hopsdrill.safety.feasibility import Judgement


APART = 1.5  # two sizes this many times apart tell what grows with the size from what does not
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
STEP = 1024


@dataclass(frozen=True)
class Timed:
    """A restore that an earlier run has measured.

    Attributes:
        size: bytes that were backed up.
        seconds: of the restore phase.
    """

    run: str
    size: int
    seconds: float


@dataclass(frozen=True)
class Room:
    """Free space in one place; None where it cannot be known, and then why."""

    place: str
    free: int | None
    why: str = ""

    def __str__(self) -> str:
        return (
            f"{self.place} {size_text(self.free)} free"
            if self.free is not None
            else f"{self.place} unknown: {self.why}"
        )


def size_text(count: float) -> str:
    """Bytes for people: ``1.5 GiB``."""
    power = 0
    while count >= STEP and power < len(UNITS) - 1:
        count, power = count / STEP, power + 1
    return f"{count:.4g} {UNITS[power]}"


def time_for(rto: timedelta, at_size: int | None, timed: Sequence[Timed]) -> Judgement:
    """Whether a restore of so much data can end within the objective, by what earlier restores took.

    Args:
        rto: the objective.
        at_size: bytes that the objective is to hold for; without it, what the newest of those runs backed up.
        timed: restores of earlier runs, the newest first.
    """
    name = "restore-fits-the-recovery-time-objective"
    if not timed:
        why = "no earlier run in the reports folder has timed a restore of this platform"
        return Judgement(name, ok=True, arithmetic=why, known=False)
    size = timed[0].size if at_size is None else at_size
    least, most, how = estimate(size, timed)
    bound = rto.total_seconds()
    spread = duration(least) if least == most else f"{duration(least)} to {duration(most)}"
    text = f"{size_text(size)}, {how} = {spread}, objective {duration(bound)}"
    if most <= bound:
        return Judgement(name, ok=True, arithmetic=text)
    if at_size is not None and least > bound:
        change = "`objectives.rto` or `objectives.at_size`, or take runs that hold no longer out of the reports folder"
        return Judgement(name, ok=False, arithmetic=text, change=change)
    return Judgement(name, ok=True, arithmetic=f"{text}; the run will tell", known=False)


def estimate(size: int, timed: Sequence[Timed]) -> tuple[float, float, str]:
    """Seconds at least and at most that a restore of a size takes, and by what arithmetic.

    With two sizes that lie apart, a fixed time and a rate are told from one another. With one, it is not known how much of the
    time grows with the size: at least none of it does, at most all of it.
    """
    few, many = min(timed, key=lambda each: each.size), max(timed, key=lambda each: each.size)
    whose = f"measured by {len(timed)} earlier restore{'s' if len(timed) > 1 else ''} ({timed[0].run}{', ...' if len(timed) > 1 else ''})"
    slope = (many.seconds - few.seconds) / (many.size - few.size) if many.size >= APART * max(1, few.size) else 0.0
    if slope > 0:
        fixed = max(0.0, few.seconds - slope * few.size)
        told = fixed + slope * size
        return told, told, f"{duration(fixed)} + size / {size_text(1 / slope)}/s, {whose}"
    least, most = min(each.seconds for each in timed), max(each.seconds for each in timed)
    if size <= APART * max(each.size for each in timed):
        return least, most, f"{duration(least)} to {duration(most)} for up to {size_text(many.size)}, {whose}"
    rate = min(each.size / each.seconds for each in timed)
    how = f"at least the {duration(least)} of {size_text(many.size)}, at most size / {size_text(rate)}/s"
    return least, max(most, size / rate), f"{how}, {whose}"


def space_for(need: int | None, rooms: Sequence[Room]) -> list[Judgement]:
    """Whether a backup set finds room wherever it is put; ``need`` is what the newest earlier run backed up, None without one."""
    return [_room(need, each) for each in rooms]


def _room(need: int | None, room: Room) -> Judgement:
    name = "space-suffices"
    if room.free is None:
        return Judgement(name, ok=True, arithmetic=f"{room}", known=False)
    if need is None:
        why = f"{room}; no earlier run says how much is needed"
        return Judgement(name, ok=True, arithmetic=why, known=False)
    ok = room.free >= need
    text = f"{room}, {size_text(need)} backed up by the newest earlier run"
    return Judgement(name, ok, text, "" if ok else f"{room.place}: free space, or `data`")


def versions_agree(wanted: str, said: Mapping[str, str]) -> Judgement:
    """Whether all that would meet in a restore is of one version.

    Args:
        wanted: the profile's.
        said: version by who says it; an empty one is not known.
    """
    name = "versions-agree"
    text = ", ".join(
        [f"the profile wants {wanted}", *(f"{who} {version or 'unknown'}" for who, version in said.items())]
    )
    wrong = [who for who, version in said.items() if version and version != wanted]
    if wrong:
        return Judgement(name, ok=False, arithmetic=text, change=f"the profile's `version`, or {' and '.join(wrong)}")
    known = bool(said) and all(said.values())
    return Judgement(name, ok=True, arithmetic=text, known=known)
