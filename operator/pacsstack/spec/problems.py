"""What is wrong with a PacsStack document, field by field, as strictly as the API server sees it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pacsstack.spec.base import API_GROUP, API_VERSION, KIND, BrokenRulesError
from pacsstack.spec.crd import Schema, root_schema
from pacsstack.spec.stack import PacsStack
from pacsstack.spec.status import Reason

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Location = Sequence[str | int]


@dataclass(frozen=True)
class SpecProblem:
    """One thing to put right: where, what to write instead, and under which reason the operator reports it."""

    path: str
    message: str
    reason: Reason = Reason.INVALID_SPEC


def parse_stack(document: Mapping[str, Any]) -> PacsStack:
    """Return the PacsStack in a document of JSON values; `"104"` is no number and `ae_title` no field, as in a cluster.

    Raises:
        pydantic.ValidationError: when something is wrong; `problems_in` puts it into words.
        ValueError: when a value is none of JSON, such as an infinite number.
    """
    text = json.dumps(document, allow_nan=False)
    return PacsStack.model_validate_json(text, strict=True, by_alias=True, by_name=False)


def find_problems(document: Mapping[str, Any]) -> list[SpecProblem]:
    """Return what the API server would refuse or drop; empty when the document is right."""
    problems = [*_identity_problems(document), *_unknown_at_top(document)]
    try:
        parse_stack(document)
    except ValidationError as error:
        problems += problems_in(error)
    return problems


def problems_in(error: ValidationError) -> list[SpecProblem]:
    """Put the errors of `parse_stack` into words: path as `kubectl explain` writes it, message with the cure."""
    schema = root_schema()
    return [problem for details in error.errors() for problem in _problems(details, schema)]


def _identity_problems(document: Mapping[str, Any]) -> Iterator[SpecProblem]:
    expected = {"apiVersion": f"{API_GROUP}/{API_VERSION}", "kind": KIND}
    for field, value in expected.items():
        if document.get(field) != value:
            yield SpecProblem(field, f"write `{field}: {value}`, not {document.get(field)!r}")


def _unknown_at_top(document: Mapping[str, Any]) -> Iterator[SpecProblem]:
    known = root_schema()["properties"]
    for field in document:
        if field not in known:
            yield SpecProblem(str(field), _unknown(str(field), known))


def _problems(details: ErrorDetails, schema: Schema) -> Iterator[SpecProblem]:
    location = details["loc"]
    if location[-1:] == ("[key]",):
        yield _key_problem(location[:-1], schema)
        return
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, BrokenRulesError):
        yield from (SpecProblem(_path(location), message) for message in cause.messages)
    elif details["type"] == "extra_forbidden":
        parent = _schema_at(schema, location[:-1])
        yield SpecProblem(_path(location), _unknown(str(location[-1]), parent.get("properties", {})))
    else:
        yield SpecProblem(_path(location), _message(details, _schema_at(schema, location)))


def _key_problem(location: Location, schema: Schema) -> SpecProblem:
    """Tell of a map's key what the API server tells of it, at the map."""
    *place, key = location
    rule = _schema_at(schema, place)["x-kubernetes-validations"][0]
    return SpecProblem(_path(place), f"{rule['message']}, not {key!r}")


def _message(details: ErrorDetails, schema: Schema) -> str:
    meaning = f": {schema['description']}" if "description" in schema else ""
    if details["type"] == "missing":
        return f"is required{meaning}"
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    message = details["msg"].replace("Input should", "should").replace("String should", "should")
    given = json.dumps(details["input"], ensure_ascii=False, default=str)
    return f"{message}, not {given}{meaning}"


def _unknown(field: str, known: Mapping[str, Schema]) -> str:
    """Name the field that was probably meant, or all that there are."""
    close = difflib.get_close_matches(field, known, n=1, cutoff=0.5)
    if close:
        return f"there is no such field; did you mean `{close[0]}`?"
    return f"there is no such field; the fields here are {', '.join(f'`{name}`' for name in sorted(known))}"


def _schema_at(schema: Schema, location: Location) -> Schema:
    """Follow a location into the schema; what lies outside, such as metadata, has an empty one."""
    for part in location:
        inner = schema.get("items") if isinstance(part, int) else schema.get("properties", {}).get(part)
        schema = inner or schema.get("additionalProperties") or {}
    return schema


def _path(location: Location) -> str:
    """Write a location as `spec.modalities[0].aeTitle`."""
    path = ""
    for part in location:
        plain = isinstance(part, str) and part.isidentifier()
        path += f".{part}" if plain else f"[{part}]"
    return path.removeprefix(".")
