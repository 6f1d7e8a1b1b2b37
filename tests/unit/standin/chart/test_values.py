"""Every value of the stand-in's charts is documented where it stands, and known to a schema that refuses misspelt keys."""

import json
import re

import pytest
import yaml

from hopsdrill.core.paths import data_dir


UMBRELLA = data_dir("charts") / "hopsworks-standin"
CHARTS = sorted(path.parent for path in UMBRELLA.rglob("Chart.yaml"))
# Where a schema leaves open what stands inside, and why.
OPEN = {
    "umbrella": {each.name for each in CHARTS if each != UMBRELLA},  # their own schemas
    "global": {"global"},  # the umbrella's own schema
    "engine": {"settings", "mappings", "aliases", "payload"},  # bodies of OpenSearch's own API
}
DOCUMENTED = re.compile(r"(^|\s)# -- \S")
COMMENT = re.compile(r"^\s*#")


def name_of(chart):
    """A chart's name, as pytest shows it."""
    return chart.name


def resolved(schema, root):
    """A schema with its reference followed."""
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema


def mapping(node):
    """Keys and values of a YAML mapping that is written over several lines or in one."""
    return [(key.value, key.start_mark.line, value) for key, value in node.value]


def leaves(node, schema, root, path=(), lines=()):
    """Every value down to where the schema names no more keys: its path, and the lines of its key and of those above it.

    A value whose key the schema does not know has None in place of its lines.
    """
    for key, line, value in mapping(node):
        here, known = (*path, key), schema.get("properties", {})
        if key not in known:
            yield here, None
            continue
        inner = resolved(known[key], root)
        if isinstance(value, yaml.MappingNode) and value.value and "properties" in inner:
            yield from leaves(value, inner, root, here, (*lines, line))
        else:
            yield here, (*lines, line)


def documented(text, line):
    """Whether a `# --` comment stands on a line or in the comment block right above it."""
    if DOCUMENTED.search(text[line]):
        return True
    above = line - 1
    while above >= 0 and COMMENT.match(text[above]):
        if DOCUMENTED.search(text[above]):
            return True
        above -= 1
    return False


def undocumented(values, schema):
    """Values that have no comment, neither of their own nor on the block they stand in, and those the schema does not know."""
    text = values.splitlines()
    found = leaves(yaml.compose(values), schema, schema)
    return [
        ".".join(path)
        for path, lines in found
        if lines is None or not any(documented(text, each) for each in lines[-2:])
    ]


def loose(schema, root, path=()):
    """Objects of a schema that take any key: neither closed, nor a map with a schema for its values."""
    schema = resolved(schema, root)
    inner = schema.get("additionalProperties", True)
    if schema.get("type") == "object" and inner is True:
        yield path
    for key, each in schema.get("properties", {}).items():
        yield from loose(each, root, (*path, key))
    if isinstance(inner, dict):
        yield from loose(inner, root, (*path, "*"))
    if "items" in schema:
        yield from loose(schema["items"], root, (*path, "[]"))


def read(chart):
    """A chart's values, as text, and its schema."""
    return (chart / "values.yaml").read_text(encoding="utf-8"), json.loads((chart / "values.schema.json").read_text())


@pytest.mark.parametrize("chart", CHARTS, ids=name_of)
def test_every_value_has_a_comment_and_a_place_in_the_schema(chart):
    """`# --` stands on the value or on the block around it; the schema knows its path."""
    assert undocumented(*read(chart)) == []


@pytest.mark.parametrize("chart", CHARTS, ids=name_of)
def test_no_schema_takes_a_key_it_does_not_know(chart):
    """But where the schema of another chart, or an engine's own API, says what may stand there."""
    schema = read(chart)[1]
    own = OPEN["umbrella"] if chart == UMBRELLA else OPEN["global"] | OPEN["engine"]
    assert [".".join(path) for path in loose(schema, schema) if path == () or path[-1] not in own] == []


def test_every_sub_chart_is_looked_at():
    """The umbrella's dependencies and the folders are the same."""
    named = yaml.safe_load((UMBRELLA / "Chart.yaml").read_text(encoding="utf-8"))["dependencies"]
    assert {each["name"] for each in named} == OPEN["umbrella"]


def test_a_value_without_comment_or_schema_is_found():
    """The walk names both, and a comment of the block before does not count."""
    schema = {
        "properties": {
            "one": {"type": "integer"},
            "block": {"properties": {"two": {}, "deep": {"properties": {"three": {}}}}},
        }
    }
    values = "# -- Said.\none: 1\nblock:\n  # plain\n  two: 2\n  # -- Said.\n  deep: {three: 3}\nmisspelt: 4\n"
    assert undocumented(values, schema) == ["block.two", "misspelt"]


def test_an_open_schema_is_found():
    """At any depth, through references, lists and maps."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "definitions": {"any": {"type": "object"}},
        "properties": {
            "list": {"items": {"type": "object", "additionalProperties": {"$ref": "#/definitions/any"}}},
            "fine": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
    assert list(loose(schema, schema)) == [("list", "[]", "*")]
