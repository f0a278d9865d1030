from typing import Any

from hypothesis import given, settings

from pacsstack.spec.problems import find_problems
from tests.unit.strategies import documents


@settings(max_examples=100)
@given(documents())
def test_the_strategy_makes_valid_documents(document: dict[str, Any]) -> None:
    assert find_problems(document) == []
