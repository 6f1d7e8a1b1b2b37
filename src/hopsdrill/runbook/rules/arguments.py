"""Calls that lack an argument or have a flag nobody knows."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.invocation import Invocation, known


@dataclass(frozen=True)
class Shape:
    """What a command cannot do without.

    Attributes:
        arguments: their names in order.
        unless: flags that stand for the last argument.
        flags: of each group one must be there.
    """

    arguments: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    flags: tuple[tuple[str, ...], ...] = ()


FILES = ("-f", "--filename", "-k", "--kustomize")
CHOSEN = ("-l", "--selector", "--all", "--field-selector", *FILES)
# source: the programs' own usage lines, kubectl 1.34, helm 3.19, velero 1.17
SHAPES: dict[str, Shape] = {
    "helm install": Shape(("RELEASE", "CHART"), ("-g", "--generate-name")),
    "helm upgrade": Shape(("RELEASE", "CHART")),
    "helm template": Shape(("CHART",)),
    "helm uninstall": Shape(("RELEASE",)),
    "helm rollback": Shape(("RELEASE",)),
    "helm status": Shape(("RELEASE",)),
    "helm history": Shape(("RELEASE",)),
    "helm get values": Shape(("RELEASE",)),
    "helm repo add": Shape(("NAME", "URL")),
    "kubectl apply": Shape(flags=(FILES,)),
    "kubectl create configmap": Shape(("NAME",)),
    "kubectl create job": Shape(("NAME",)),
    "kubectl create namespace": Shape(("NAME",)),
    "kubectl create secret generic": Shape(("NAME",)),
    "kubectl create serviceaccount": Shape(("NAME",)),
    "kubectl delete": Shape(("TYPE", "NAME"), (*CHOSEN, "--raw")),
    "kubectl describe": Shape(("TYPE",), FILES),
    "kubectl get": Shape(("TYPE",), (*FILES, "--raw")),
    "kubectl logs": Shape(("POD",), ("-l", "--selector")),
    "kubectl exec": Shape(("POD", "COMMAND"), FILES),
    "kubectl patch": Shape(("TYPE", "NAME"), FILES, (("-p", "--patch", "--patch-file"),)),
    "kubectl rollout restart": Shape(("TYPE",), FILES),
    "kubectl rollout status": Shape(("TYPE",), FILES),
    "kubectl scale": Shape(("TYPE", "NAME"), CHOSEN, (("--replicas",),)),
    "kubectl wait": Shape(("TYPE", "NAME"), CHOSEN, (("--for",),)),
    "velero backup create": Shape(("NAME",), ("--from-schedule",)),
    "velero backup describe": Shape(("NAME",), ("-l", "--selector")),
    "velero restore create": Shape(flags=(("--from-backup", "--from-schedule"),)),
    "velero schedule create": Shape(("NAME",), flags=(("--schedule",),)),
    "velero backup-location create": Shape(("NAME",), flags=(("--provider",), ("--bucket",))),
    "velero install": Shape(
        flags=(
            ("--plugins", "--crds-only"),
            ("--provider", "--no-default-backup-location", "--crds-only"),
            ("--bucket", "--no-default-backup-location", "--crds-only"),
            ("--secret-file", "--no-secret", "--crds-only"),
        )
    ),
}
SAME = {
    "velero create backup": "velero backup create",
    "velero create restore": "velero restore create",
    "velero create schedule": "velero schedule create",
}


@rule(
    "argument-missing",
    Severity.ERROR,
    "A call of kubectl, helm or velero lacks an argument or flag it cannot do without.",
    happens="the program prints its usage and does nothing",
    fix="add what its usage line asks for",
)
def argument_missing(book: Book) -> Iterator[Hit]:
    """Fewer arguments than the shape has."""
    for _, command, call in book.invocations():
        name = f"{call.program} {call.command}"
        shape = SHAPES.get(SAME.get(name, name))
        if (
            shape is None
            or call.has("--help", "-h")
            or any(each.text.startswith(("$@", "${")) for each in call.arguments)
        ):
            continue
        for lacking in _lacking(call, shape):
            yield Hit(command.line, f"`{name}` has no {lacking}")


@rule(
    "flag-unknown",
    Severity.ERROR,
    "A flag that kubectl, helm or velero does not have.",
    happens="the program refuses the whole call: unknown flag",
    fix="use the flag as `--help` of that command lists it",
)
def flag_unknown(book: Book) -> Iterator[Hit]:
    """Flags not in the packaged lists."""
    for _, _, call in book.invocations():
        for word in call.unknown if call.exact else ():
            flags = [each for each in known()[call.program][call.command] if each.startswith("--")]
            close = difflib.get_close_matches(word.text.partition("=")[0], flags, n=1)
            hint = f"did you mean {close[0]}?" if close else ""
            yield Hit(word.line, f"`{call.program} {call.command}` has no flag {word.text.partition('=')[0]}", fix=hint)


def _lacking(call: Invocation, shape: Shape) -> Iterator[str]:
    words = [each.text for each in call.arguments]
    count = len(words) + (1 if call.program == "kubectl" and words and "/" in words[0] else 0)
    wanted = shape.arguments
    if call.has(*shape.unless):
        wanted = (
            wanted[:-1] if call.command not in {"get", "describe", "exec"} and not call.has(*FILES, "--raw") else ()
        )
    yield from wanted[count:]
    yield from (" or ".join(group) for group in shape.flags if not call.has(*group))
