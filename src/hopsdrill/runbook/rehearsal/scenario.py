"""The page as a scenario: its blocks are steps, each with an operation, evidence and a proof; the first that fails ends it."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hopsdrill.core.process import search_path, tail
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import Recorder
from hopsdrill.journal.chain import sha256
from hopsdrill.lab import program
from hopsdrill.model import events as ev
from hopsdrill.recovery.install import require_vacant
from hopsdrill.run import Drill, orphans
from hopsdrill.run.session import site_of
from hopsdrill.runbook.page import Page
from hopsdrill.runbook.rehearsal.script import Step, steps_of
from hopsdrill.runbook.rehearsal.shell import Shell
from hopsdrill.runbook.rehearsal.terms import Terms, facts, replacements
from hopsdrill.runbook.rehearsal.watch import Watch
from hopsdrill.safety import interlocks


PROGRAMS = ("kubectl", "helm", "velero")
SAID_LINES = 12  # of a failed block's output that its reason shows; evidence has it whole


def perform(drill: Drill, page: Page, terms: Terms) -> None:
    """Perform a page on a drill's cluster; how it went stands in the journal.

    Raises:
        PlanError: page and terms do not fit together.
        InterlockError: the page may not destroy this cluster.
        PreconditionError: a platform is there already.
    """
    steps = steps_of(page, terms, drill.profile, replacements(terms, facts(drill)))
    interlocks.check(drill.recorder, {"page-may-destroy": lambda: _destroyable(terms)})
    with tempfile.TemporaryDirectory(prefix="hopsdrill-runbook-") as scratch:
        site = site_of(drill, Path(scratch))
        require_vacant(site)
        watch = Watch(site)
        shell = Shell(Path(scratch), page.path.name, _variables(drill))
        try:
            play(drill.recorder, page, steps, shell, watch)
        finally:
            orphans.end(drill.run_id)


def _destroyable(terms: Terms) -> tuple[bool, str]:
    if terms.target.destroyable:
        return True, "the terms say that this cluster may be destroyed; a page's commands may do anything to it"
    return (
        False,
        "a page's commands may do anything to a cluster, and the terms lack `destroyable: true` at their target",
    )


def _variables(drill: Drill) -> dict[str, str]:
    """The lab's own programs first, and its one cluster; nothing else is reachable by a configuration of the caller's."""
    folders = dict.fromkeys(str(program(name).parent) for name in PROGRAMS)
    return {"PATH": os.pathsep.join([*folders, search_path()]), "KUBECONFIG": str(drill.target.kubeconfig)}


def play(
    recorder: Recorder, page: Page, steps: Sequence[Step], shell: Shell, after: Callable[[], None] = lambda: None
) -> bool:
    """Perform steps in their order until one fails; gives whether all passed.

    Args:
        recorder: where it is written.
        page: what the steps are of.
        steps: at least one.
        shell: performs them.
        after: called after each block, before what it said is kept.
    """
    name = f"{page.path}::{page.headings[0].text if page.headings else page.path.name}"
    recorder.scenario = name
    recorder.write(
        ev.ScenarioPlanned(
            scenario=name,
            feature=str(page.path),
            tags=[],
            steps=[f"{each.kind} {each.title}" for each in steps],
            proofs=[each.proof for each in steps],
            actions=[],
        )
    )
    recorder.write(ev.ScenarioStarted(scenario=name))
    failed = next((index for index, step in enumerate(steps) if not _played(recorder, index, step, shell, after)), None)
    if failed is not None and (rest := steps[failed + 1 :]):
        text = f"not run, because {steps[failed].title} failed: {'; '.join(each.title for each in rest)}"
        recorder.write(ev.Noted(topic="deviation", text=text))
    status = ev.Status.PASSED if failed is None else ev.Status.FAILED
    recorder.write(ev.ScenarioFinished(scenario=name, status=status))
    recorder.scenario = ""
    return failed is None


def _played(recorder: Recorder, index: int, step: Step, shell: Shell, after: Callable[[], None]) -> bool:
    name = recorder.scenario
    recorder.write(ev.StepStarted(scenario=name, index=index, keyword=str(step.kind), text=step.title, line=step.line))
    status, error = ev.Status.UNKNOWN, "not finished"
    try:
        error = _block(recorder, step, shell, after)
        status = ev.Status.FAILED if error else ev.Status.PASSED
    finally:
        recorder.write(ev.StepFinished(scenario=name, index=index, status=status, error=error))
    return status is ev.Status.PASSED


def _block(recorder: Recorder, step: Step, shell: Shell, after: Callable[[], None]) -> str:
    """One block's operation and proof; gives what failed, or nothing.

    Its text is kept only afterwards: a secret that it makes is known by then.
    """
    call = f"lines {step.line} to {step.last}, SHA-256 {sha256(step.text.encode())[:16]}"
    with recorder.operation(f"{step.kind.lower()} a block", call, target=shell.name, destructive=True) as done:
        ended = shell.perform(step)
        after()
        done.text = ended.failure or "every command ended with exit code 0"
        done.evidence += [
            recorder.keep(f"line-{step.line}-block.txt", step.text),
            recorder.keep(f"line-{step.line}-output.txt", ended.said),
        ]
    said = REDACTOR.scrub(tail(ended.said, SAID_LINES)) or "(nothing)"
    observed = f"{ended.failure}; it said:\n{said}" if ended.failure else done.text
    recorder.proof(
        step.proof,
        store="platform",
        passed=not ended.failure,
        expected=f"every command ends with exit code 0, within {step.deadline:.0f} s",
        observed=observed,
        evidence=done.evidence,
        data=False,
    )
    return observed if ended.failure else ""
