from typing import Any

from hypothesis import given, settings

from pacsstack.render.checks import check_spec
from pacsstack.spec.problems import find_problems, parse_stack
from tests.unit.strategies import documents


@settings(max_examples=100)
@given(documents())
def test_the_strategy_makes_documents_that_can_be_applied(document: dict[str, Any]) -> None:
    assert find_problems(document) == []
    assert check_spec(parse_stack(document)) == []
