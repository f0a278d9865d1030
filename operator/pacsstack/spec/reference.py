"""The reference pages, made from the models as the CustomResourceDefinition is."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pacsstack.spec.base import API_GROUP, API_VERSION, KIND
from pacsstack.spec.crd import Schema, root_schema
from pacsstack.spec.status import CONDITION_MEANINGS, REASON_CURES

_MADE = "<!-- Made from the models by `make generate`; change them, not this page. -->\n\n"

_RESOURCE_INTRO = f"""# The resource

`apiVersion: {API_GROUP}/{API_VERSION}`, `kind: {KIND}`, short name `pacs`, namespaced. `pacsstack validate -f FILE`
checks a file before it is applied; [examples/full.yaml](../../examples/full.yaml) uses every field.
"""

_CONDITIONS_INTRO = """# Conditions

`status.conditions` has one entry a type. Each has `status` True, False or Unknown, one `reason` of the list below, a
`message` that names the thing and the cure, and the `observedGeneration` of the resource that it is about. An Event is
written when a condition changes, and only then.
"""


def reference_pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {"resource.md": _resource_page(), "conditions.md": _conditions_page()}


def _resource_page() -> str:
    properties = root_schema()["properties"]
    sections = [*_sections("spec", properties["spec"]), *_sections("status", properties["status"])]
    return _MADE + _RESOURCE_INTRO + _list(root_schema()) + "".join(sections)


def _conditions_page() -> str:
    types = _table(("type", "when True"), ((f"`{kind}`", text) for kind, text in CONDITION_MEANINGS.items()))
    reasons = _table(
        ("reason", "means", "what to do"),
        ((f"`{reason}`", meaning, cure) for reason, (meaning, cure) in REASON_CURES.items()),
    )
    return f"{_MADE}{_CONDITIONS_INTRO}\n## Types\n\n{types}\n## Reasons\n\n{reasons}"


def _sections(path: str, schema: Schema) -> Iterator[str]:
    """Give one section to an object, then to each object inside it."""
    inner = schema.get("items", schema)
    if "properties" not in inner:
        return
    rows = (_row(name, each, name in inner.get("required", ())) for name, each in inner["properties"].items())
    table = _table(("field", "type", "default", "meaning", "example"), rows)
    yield f"\n## {path}{'[]' if 'items' in schema else ''}\n\n{schema['description']}\n\n{table}{_list(inner)}"
    for name, each in inner["properties"].items():
        yield from _sections(f"{path}.{name}", each)


def _row(name: str, schema: Schema, required: bool) -> tuple[str, ...]:
    default = "required" if required else _code(schema.get("default"))
    return f"`{name}`", kind_of(schema), default, schema["description"], _code(example_of(schema))


def kind_of(schema: Schema) -> str:
    """Say in words what values a field takes."""
    if "enum" in schema:
        return "one of " + ", ".join(f"`{choice}`" for choice in schema["enum"])
    if schema["type"] == "array":
        return f"list of {kind_of(schema['items'])}{_bounds(schema)}"
    if "additionalProperties" in schema:
        return f"map of {kind_of(schema['additionalProperties'])}"
    return f"{schema['type']}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    words = [
        text.format(schema[key])
        for key, text in {
            "minimum": "from {}",
            "maximum": "to {}",
            "maxLength": "at most {} characters",
            "maxItems": "at most {}",
        }.items()
        if key in schema
    ]
    return f" ({', '.join(words)})" if words else ""


def example_of(schema: Schema) -> object:
    """Return a value that a user could write; `None` for an object, whose fields have examples of their own."""
    if schema.get("default") not in (None, {}, []):
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array" and "properties" not in schema["items"]:
        return [example_of(schema["items"])]
    return schema.get("example")


def _code(value: object) -> str:
    return "" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _list(schema: Schema) -> str:
    rules = schema.get("x-kubernetes-validations", [])
    lines = [f"- {rule['message']}\n" for rule in rules]
    return "\nRules:\n\n" + "".join(lines) if lines else ""


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
