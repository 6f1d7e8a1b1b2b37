"""What a person sees while a drill runs: a line a step, and what its operations saw, on standard error."""

import sys

from hopsdrill.core.redact import REDACTOR
from hopsdrill.model import events as ev


MARK = {ev.Status.PASSED: "ok", ev.Status.FAILED: "FAILED", ev.Status.UNKNOWN: "UNKNOWN", ev.Status.SKIPPED: "SKIPPED"}
WIDTH = 160  # a long outcome is cut on the screen; the journal has it whole


class Teller:
    """A journal listener."""

    def __init__(self) -> None:
        self._started: dict[int, int] = {}
        self._stream = sys.stderr  # taken now: pytest's output is led elsewhere while scenarios run

    def __call__(self, entry: ev.Entry) -> None:
        """Tell one event, if it is worth a line."""
        event = entry.event
        match event:
            case ev.ScenarioStarted():
                self._say(f"\n{event.scenario.rpartition('::')[2]}")
            case ev.StepStarted():
                self._started[event.index] = entry.mono_ms
                self._say(f"  {event.keyword} {event.text}")
            case ev.StepFinished():
                seconds = (entry.mono_ms - self._started.get(event.index, entry.mono_ms)) / 1000
                self._say(
                    f"      {MARK[event.status]} after {seconds:.1f} s {event.error.splitlines()[0] if event.error else ''}".rstrip()
                )
            case ev.OperationFinished():
                self._say(f"      {event.outcome.splitlines()[0] if event.outcome else 'done'} ({event.seconds:.1f} s)")
            case ev.ProofRecorded():
                self._say(f"      proof {event.proof} of {event.store}: {MARK[event.status]}: {event.observed}")
            case ev.ActionProbed():
                self._say(
                    f"      action {event.action}: {'took effect' if event.effective else 'NO EFFECT'}: {event.observed}"
                )
            case ev.InterlockChecked() if not event.open:
                self._say(f"interlock {event.name} is shut: {event.reason}")
            case ev.NotConducted() | ev.InternalFailure():
                self._say(f"not conducted: {event.message}")
            case ev.RunInterrupted():
                self._say(f"interrupted by signal {event.signum}; removing what was made")
            case _:
                pass

    def _say(self, text: str) -> None:
        lines = REDACTOR.scrub(text).split("\n")
        self._stream.write("\n".join(line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…" for line in lines) + "\n")
        self._stream.flush()
