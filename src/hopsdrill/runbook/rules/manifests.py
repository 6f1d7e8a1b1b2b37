"""YAML and JSON: readable, indented as meant, and as the kinds' schemas have them."""

from collections.abc import Iterator

from hopsdrill.adapters.kube_models import Schema, is_built_in, kind_of
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.manifest import Manifest, Unreadable
from hopsdrill.runbook.schema import Problem, problems, velero_kinds


# what any object may have at its top, beside what its kind adds; source: Kubernetes' API conventions, "Objects"
USUAL = frozenset({"apiVersion", "kind", "metadata", "spec", "status", "data", "stringData", "type"})


def schema_of(manifest: Manifest) -> Schema | None:
    """The schema of a document's kind; None when the kind is not known here."""
    version, _, kind = manifest.kind.rpartition("/")
    found = kind_of(version, kind) if version else None
    return {"$ref": found[0]} if found else velero_kinds().get(manifest.kind)


def found_in(manifest: Manifest) -> list[Problem]:
    """What is wrong with a document by its schema, or by its outline when its kind is not known."""
    if not manifest.kind:
        return []
    schema = schema_of(manifest)
    if schema is not None:
        return list(problems(manifest.value, schema))
    outline: Schema = {key: {"type": "object"} for key in ("metadata", "spec")}
    hollow = [key for key in outline if key in manifest.value and manifest.value[key] is None]
    strange = sorted(set(manifest.value) - USUAL)
    if not hollow or not strange:
        return []
    text = f"{' and '.join(hollow)} empty; {', '.join(strange)} stand at the top level instead of below"
    return [Problem((hollow[0],), text, shifted=True)]


@rule(
    "manifest-unreadable",
    Severity.ERROR,
    "YAML or JSON that does not parse, or has a key twice.",
    happens="kubectl and helm refuse it, or silently take the last of two equal keys",
    fix="correct the text at this line, and run it through the program it is meant for",
)
def unreadable(book: Book) -> Iterator[Hit]:
    """Parse errors and duplicate keys."""
    for each in book.documents:
        if isinstance(each, Unreadable):
            yield Hit(each.line, f"this is {each.problem}")
        else:
            for problem in each.document.problems:
                place, _, text = problem.removeprefix("page:").partition(": ")
                yield Hit(int(place.split(":")[0]) + each.offset, text.partition(" (first")[0].partition(";")[0])


@rule(
    "manifest-misindented",
    Severity.ERROR,
    "A mapping is empty and what belongs into it stands beside it.",
    happens="the text is valid YAML of another shape: the object has no name or no content, and the API server refuses it or does nothing",
    fix="indent the lines below the empty key by two more spaces",
)
def misindented(book: Book) -> Iterator[Hit]:
    """Hollow keys with strange neighbours."""
    for manifest in book.manifests:
        yield from (Hit(manifest.at(each.route), each.text) for each in found_in(manifest) if each.shifted)


@rule(
    "manifest-schema",
    Severity.ERROR,
    "An object has a field its kind does not know, lacks one it needs, or has a value of the wrong type.",
    happens="kubectl apply refuses the object, or the field is dropped and the setting is silently not made",
    fix="write the field as `kubectl explain` shows it",
)
def against_schema(book: Book) -> Iterator[Hit]:
    """All other problems."""
    for manifest in book.manifests:
        version, _, kind = manifest.kind.rpartition("/")
        if manifest.kind and schema_of(manifest) is None and (is_built_in(version) or version.startswith("velero.io/")):
            yield Hit(
                manifest.line, f"there is no kind {kind} in {version}", fix="`kubectl api-resources` shows the version"
            )
            continue
        yield from (Hit(manifest.at(each.route), each.text) for each in found_in(manifest) if not each.shifted)
