from pathlib import Path

import pytest

from pacsstack.spec.crd import root_schema
from pacsstack.spec.reference import example_of, reference_pages
from pacsstack.spec.status import CONDITION_MEANINGS, REASON_CURES, ConditionType, Reason
from tests.unit.spec.test_crd import SPEC_FIELDS

FOLDER = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("page", reference_pages())
def test_the_page_is_current(page: str) -> None:
    assert (FOLDER / page).read_text(encoding="utf-8") == reference_pages()[page], "run `make generate`"


@pytest.mark.parametrize("path", SPEC_FIELDS)
def test_every_value_has_an_example(path: str) -> None:
    schema = SPEC_FIELDS[path]
    if "properties" not in schema and "properties" not in schema.get("items", {}):
        assert example_of(schema) not in (None, [None])


def test_every_type_and_reason_is_explained() -> None:
    assert set(CONDITION_MEANINGS) == set(ConditionType)
    assert set(REASON_CURES) == set(Reason)


def test_a_required_field_says_why() -> None:
    def required(schema: dict[str, object]) -> list[str]:
        return [str(name) for name in schema.get("required", [])]  # type: ignore[attr-defined]

    silent = [
        f"{path}.{name}"
        for path, schema in SPEC_FIELDS.items()
        for name in required(schema)
        if "required" not in schema["properties"][name]["description"]
    ]
    assert silent == []
    assert root_schema()["properties"]["spec"]["default"] == {}
