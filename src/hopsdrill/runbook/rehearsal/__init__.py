"""A runbook page performed as a drill: one scenario, a step for each of its blocks."""

from hopsdrill.runbook.rehearsal.scenario import perform
from hopsdrill.runbook.rehearsal.script import Step, steps_of
from hopsdrill.runbook.rehearsal.terms import Terms, load_terms, order_for, shown


__all__ = ["Step", "Terms", "load_terms", "order_for", "perform", "shown", "steps_of"]
