"""The CustomResourceDefinition: current, structural, and saying the same as the models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pacsstack.spec import PacsStackSpec
from pacsstack.spec.base import SpecModel
from pacsstack.spec.crd import build_crd, root_schema
from pacsstack.spec.stack import PacsStack
from pacsstack.spec.status import PacsStackStatus

ROOT = Path(__file__).parents[3]
Schema = dict[str, Any]


def fields(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from fields(inner, f"{path}.{name}")
    if "items" in schema:
        yield from fields(schema["items"], f"{path}[]")


def models(model: type[SpecModel]) -> Iterator[type[SpecModel]]:
    yield model
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, SpecModel):
                yield from models(part)


def defaulted(schema: Schema, value: object) -> Any:
    """Do what the API server does with an object: fill in defaults, from the outside in."""
    if not isinstance(value, dict):
        return value
    filled = dict(value)
    for name, inner in schema.get("properties", {}).items():
        if name not in filled and "default" in inner:
            filled[name] = inner["default"]
        if name in filled:
            filled[name] = defaulted(inner, filled[name])
    return filled


SPEC_FIELDS = dict(fields(root_schema()["properties"]["spec"], "spec"))
ALL_FIELDS = {**SPEC_FIELDS, **dict(fields(root_schema()["properties"]["status"], "status"))}


def test_the_file_is_current() -> None:
    written = yaml.safe_load((ROOT / "crds" / "pacsstacks.pacsstack.io.yaml").read_text())
    assert written == build_crd(), "run `make generate`"


@pytest.mark.parametrize("path", ALL_FIELDS)
def test_every_field_is_structural_and_described(path: str) -> None:
    schema = ALL_FIELDS[path]
    assert schema["type"] in {"object", "array", "string", "integer", "boolean"}
    assert not {"$ref", "$defs", "anyOf", "allOf", "title", "propertyNames", "patternProperties"} & set(schema)
    assert path.endswith("[]") or schema["description"].strip()


@pytest.mark.parametrize("path", SPEC_FIELDS)
def test_every_field_is_bounded_so_that_rules_can_be_costed(path: str) -> None:
    schema = SPEC_FIELDS[path]
    if schema["type"] == "string":
        assert "maxLength" in schema or "enum" in schema
    if schema["type"] == "array":
        assert "maxItems" in schema
    if "additionalProperties" in schema:
        assert "maxProperties" in schema


@pytest.mark.parametrize("model", {*models(PacsStack), *models(PacsStackStatus)}, ids=lambda model: model.__name__)
def test_a_nested_default_is_the_nested_models_own(model: type[SpecModel]) -> None:
    for name, field in model.model_fields.items():
        if isinstance(field.default, SpecModel):
            assert field.annotation is type(field.default), name
            assert field.default == type(field.default)(), name


def test_the_api_server_fills_in_what_the_models_do() -> None:
    filled = defaulted(root_schema(), {})["spec"]
    assert filled == PacsStackSpec().model_dump(mode="json", exclude_none=True)


def test_optional_parts_have_no_default_so_that_rules_see_whether_they_are_there() -> None:
    absent = ["postgres.managed", "postgres.external", "adapter.import", "proxy.tls.selfSigned", "proxy.users"]
    assert not [path for path in absent if "default" in SPEC_FIELDS[f"spec.{path}"]]


def test_import_has_its_name_although_it_is_a_word_of_python() -> None:
    given = {"metadata": {"name": "a"}, "spec": {"adapter": {"import": {"dicomwebURL": "http://h"}}}}
    stack = PacsStack.model_validate(given)
    assert stack.spec.adapter.import_ is not None
    assert stack.model_dump(exclude_unset=True) == given


def test_configuration_keeps_what_it_does_not_know() -> None:
    assert SPEC_FIELDS["spec.orthanc.configuration"]["x-kubernetes-preserve-unknown-fields"] is True
    assert [path for path, each in ALL_FIELDS.items() if "x-kubernetes-preserve-unknown-fields" in each] == [
        "spec.orthanc.configuration"
    ]


@pytest.mark.parametrize(("path", "key"), [("spec.modalities", "name"), ("status.conditions", "type")])
def test_lists_that_are_maps(path: str, key: str) -> None:
    schema = ALL_FIELDS[path]
    assert schema["x-kubernetes-list-type"] == "map"
    assert schema["x-kubernetes-list-map-keys"] == [key]
    assert key in schema["items"]["required"]


def test_conditions_are_those_of_kubernetes() -> None:
    assert set(ALL_FIELDS["status.conditions"]["items"]["required"]) >= {
        "type", "status", "lastTransitionTime", "reason", "message",
    }  # fmt: skip


def test_how_it_is_listed() -> None:
    spec = build_crd()["spec"]
    assert spec["names"]["shortNames"] == ["pacs"]
    assert spec["names"]["categories"] == ["all"]
    (version,) = spec["versions"]
    assert version["subresources"] == {"status": {}}
    columns = [column["name"].upper() for column in version["additionalPrinterColumns"]]
    assert columns == ["READY", "REASON", "URL", "DICOM", "AGE"]
