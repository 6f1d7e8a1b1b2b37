"""The general rules: they know Kubernetes, Helm, Velero and the shell, and no platform."""

from hopsdrill.runbook.finding import Rule
from hopsdrill.runbook.rules import (
    arguments,
    conditions,
    encoding,
    links,
    loops,
    manifests,
    names,
    numbers,
    placeholders,
    repeats,
    secrets,
    syntax,
)


GENERAL: tuple[Rule, ...] = (
    manifests.unreadable,
    manifests.misindented,
    manifests.against_schema,
    names.name_refused,
    numbers.number_for_text,
    syntax.shell_syntax,
    syntax.shellcheck,
    loops.loop_without_deadline,
    loops.wait_one_phase,
    conditions.condition_true_on_failure,
    conditions.error_hidden,
    arguments.argument_missing,
    arguments.flag_unknown,
    repeats.not_idempotent,
    placeholders.placeholder_undefined,
    placeholders.variable_undefined,
    secrets.secret_on_disk,
    links.heading_ambiguous,
    links.link_broken,
    encoding.encoding_mangled,
)
