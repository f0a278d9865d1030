"""The CustomResourceDefinition, made from the models and from nothing else.

Source: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions": a structural schema has no
references, a null is not a type of its own, and unknown fields are dropped unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pacsstack.spec.base import API_GROUP, API_VERSION, KIND, PLURAL
from pacsstack.spec.stack import PacsStack
from pacsstack.spec.status import PacsStackStatus

Schema = dict[str, Any]

CRD_NAME = f"{PLURAL}.{API_GROUP}"

_KEPT = (
    "type", "format", "description", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "maxProperties", "required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
    "x-kubernetes-validations",
)  # fmt: skip

_COLUMNS = (
    ("Ready", "string", '.status.conditions[?(@.type=="Ready")].status', "Whether every part works."),
    ("Reason", "string", '.status.conditions[?(@.type=="Ready")].reason', "Why it is so."),
    ("URL", "string", ".status.endpoints.url", "Where people and programs read."),
    ("DICOM", "string", ".status.endpoints.dicom", "Where modalities send."),
    ("Age", "date", ".metadata.creationTimestamp", "How long the resource has existed."),
)


def build_crd() -> dict[str, Any]:
    """Return the CustomResourceDefinition of PacsStack, ready to be applied."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": CRD_NAME},
        "spec": {"group": API_GROUP, "names": _names(), "scope": "Namespaced", "versions": [_version()]},
    }


def _names() -> dict[str, Any]:
    return {
        "kind": KIND,
        "listKind": f"{KIND}List",
        "plural": PLURAL,
        "singular": KIND.lower(),
        "shortNames": ["pacs"],
        "categories": ["all"],
    }


def _version() -> dict[str, Any]:
    return {
        "name": API_VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [
            {"name": name, "type": kind, "jsonPath": path, "description": description}
            for name, kind, path, description in _COLUMNS
        ],
        "schema": {"openAPIV3Schema": root_schema()},
    }


def root_schema() -> Schema:
    """Return the structural schema of a whole PacsStack."""
    stack = model_schema(PacsStack)
    status = model_schema(PacsStackStatus)
    return {
        "type": "object",
        "description": stack["description"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": stack["properties"]["spec"],
            "status": status,
        },
        "x-kubernetes-validations": stack["x-kubernetes-validations"],
    }


def model_schema(model: type[PacsStack] | type[PacsStackStatus]) -> Schema:
    """Return the structural schema of a model, with everything inlined."""
    schema = model.model_json_schema(by_alias=True)
    return _structural(schema, schema.get("$defs", {}))


def _structural(node: Schema, definitions: Mapping[str, Schema]) -> Schema:
    node = _resolved(node, definitions)
    schema = {key: _one_line(node[key]) for key in _KEPT if key in node}
    if "examples" in node:
        schema["example"] = node["examples"][0]
    if node.get("default") is not None:
        # A nested model's own defaults fill `{}`, so each default is said in one place.
        schema["default"] = {} if "properties" in node else node["default"]
    if "properties" in node:
        schema["properties"] = {name: _structural(each, definitions) for name, each in node["properties"].items()}
    if "items" in node:
        schema["items"] = _structural(node["items"], definitions)
    schema.update(_additional(node.get("additionalProperties"), definitions))
    for pattern, values in node.get("patternProperties", {}).items():
        schema["additionalProperties"] = _structural(values, definitions)
        schema["x-kubernetes-validations"] = [_key_rule(pattern, node["propertyNames"])]
    return schema


def _key_rule(pattern: str, key: Schema) -> Schema:
    """Tell in CEL what a map's keys look like, which a structural schema cannot say."""
    return {
        "rule": f"self.all(key, size(key) <= {key['maxLength']} && key.matches(r'{pattern}'))",
        "message": key["description"],
    }


def _additional(additional: Schema | bool | None, definitions: Mapping[str, Schema]) -> Schema:
    """Translate what a map may hold: an open map is kept as it is, a closed model needs no word."""
    if additional is True:
        return {"x-kubernetes-preserve-unknown-fields": True}
    if isinstance(additional, dict):
        return {"additionalProperties": _structural(additional, definitions)}
    return {}


def _resolved(node: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Follow references and take the one choice that is not null; what the field itself says wins."""
    while "$ref" in node or "anyOf" in node:
        own = {key: value for key, value in node.items() if key not in ("$ref", "anyOf")}
        node = {**_referred(node, definitions), **own}
    return node


def _referred(node: Schema, definitions: Mapping[str, Schema]) -> Schema:
    if "$ref" in node:
        return definitions[node["$ref"].rpartition("/")[2]]
    choices: list[Schema] = [choice for choice in node["anyOf"] if choice.get("type") != "null"]
    if len(choices) != 1:
        raise ValueError(f"a field may have one type only, this one has {len(choices)}: {node}")
    return choices[0]


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value
