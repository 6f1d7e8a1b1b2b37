"""Names that Kubernetes refuses."""

import re
from collections.abc import Iterator

from hopsdrill.adapters.kube_models import kind_of
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.invocation import Invocation
from hopsdrill.runbook.manifest import dotted
from hopsdrill.runbook.rules.placeholders import is_placeholder
from hopsdrill.runbook.settings import settings
from hopsdrill.runbook.shell import PLACEHOLDER


# RFC 1123 subdomain; source: k8s.io/apimachinery/pkg/util/validation
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LONGEST = 253
LONGEST_LABEL = 63
# names of these are path segments: colons and capitals are allowed
FREE = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"})
LABELS = frozenset({"Namespace", "Service"})
# values that become the name of an object: the last word of the key says so
BECOMES = re.compile(
    r"(?:backup|schedule|restore|secret|config_?map|namespace|service_?account|claim|job|location|snapshot|release)s?_?"
    r"(?:[a-z]+_?)??(?:name|id|ref)$",
    re.IGNORECASE,
)
LIKE_A_NAME = re.compile(r"[A-Za-z][\w.]*(?:-[\w.]+)+")
EXPANSION = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+")
NAMED = {"create": 1, "get": 2, "delete": 2, "describe": 2, "wait": 2, "patch": 2, "edit": 2}


def refused(name: str, *, label: bool = False) -> str:
    """Why a name is refused; empty when it is not, or cannot be judged."""
    if is_placeholder(name):
        return ""
    plain = EXPANSION.sub("x", PLACEHOLDER.sub("x", name))
    if not plain or "`" in plain:
        return ""
    longest = LONGEST_LABEL if label else LONGEST
    if len(plain) > longest:
        return f"{name!r} has {len(plain)} characters, at most {longest} are allowed"
    if (LABEL if label else SUBDOMAIN).fullmatch(plain):
        return ""
    odd = sorted(set(re.sub(r"[-a-z0-9.]", "", plain)))
    what = f"it holds {' '.join(odd)}" if odd else "it begins or ends with a dash or a dot"
    return f"{name!r} is no name for a Kubernetes object: {what}"


@rule(
    "name-refused",
    Severity.ERROR,
    "A name that Kubernetes refuses (RFC 1123): capitals, underscores, too long; in manifests, commands, and values that become names.",
    happens="the API server answers that the name is invalid, or no object of that name can exist and the lookup fails",
    fix="use lower-case letters, digits, dashes and dots; write the name as the cluster lists it",
)
def name_refused(book: Book) -> Iterator[Hit]:
    """All three places."""
    for manifest in book.manifests:
        metadata = manifest.value.get("metadata") if manifest.kind else None
        kind = manifest.kind.rpartition("/")[2]
        for key in ("name", "namespace") if isinstance(metadata, dict) and kind not in FREE else ():
            name = metadata.get(key) if isinstance(metadata, dict) else None
            label = key == "namespace" or (kind in LABELS and kind_of("v1", kind) is not None)
            if isinstance(name, str) and (why := refused(name, label=label)):
                yield Hit(manifest.at(("metadata", key)), f"metadata.{key}: {why}")
    yield from _in_values(book)
    for _, command, call in book.invocations():
        for name in _names(call):
            if why := refused(name):
                yield Hit(command.line, why)


def _in_values(book: Book) -> Iterator[Hit]:
    for each in settings(book):
        becomes = bool(each.route) and BECOMES.search(str(each.route[-1])) is not None
        if (
            becomes
            and isinstance(each.value, str)
            and LIKE_A_NAME.fullmatch(each.value)
            and (why := refused(each.value))
        ):
            yield Hit(each.line, f"{dotted(each.route)}: {why}")


def _names(call: Invocation) -> list[str]:
    words = [each.text for each in call.arguments]
    if call.program == "kubectl":
        namespace = [each for each in call.flags.get("-n", []) + call.flags.get("--namespace", []) if each]
        verb = call.command.split()[0] if call.command else ""
        at = NAMED.get(verb, 0)
        named = (
            words[at - 1 : at]
            if at == 1 and " " in call.command
            else words[1:2]
            if at and "/" not in "".join(words[:1])
            else []
        )
        slashed = [word.partition("/")[2] for word in words[:1] if at and word.count("/") == 1]
        return [*namespace, *named, *slashed]
    if call.program == "velero" and "create" in call.command:
        return words[:1]
    return words[:1] if call.program == "helm" and call.command in {"install", "upgrade"} else []
