import json
from typing import Any

import pytest
import yaml
from hypothesis import given

from pacsstack.cli.output import Format, print_objects
from tests.unit.strategies import documents


@given(documents())
def test_what_is_printed_reads_back_the_same(document: dict[str, Any]) -> None:
    objects = [document, {"kind": "A"}]
    assert list(yaml.safe_load_all(print_objects(objects, Format.YAML))) == objects
    assert json.loads(print_objects(objects, Format.JSON))["items"] == objects


def test_keys_keep_their_order_and_nothing_is_an_anchor() -> None:
    shared = {"b": 1, "a": 2}
    assert print_objects([{"y": shared, "x": shared}], Format.YAML) == "y:\n  b: 1\n  a: 2\nx:\n  b: 1\n  a: 2\n"


def test_longer_text_is_a_block() -> None:
    assert print_objects([{"conf": "a\nb\n"}], Format.YAML) == "conf: |\n  a\n  b\n"


def test_one_object_is_no_list_in_json() -> None:
    assert json.loads(print_objects([{"kind": "A"}], Format.JSON)) == {"kind": "A"}


@pytest.mark.parametrize("broken", ["\x85", "a\u2028b\nc", "\u2029"])
def test_a_line_break_of_unicode_survives(broken: str) -> None:
    assert yaml.safe_load(print_objects([{"conf": broken}], Format.YAML)) == {"conf": broken}
