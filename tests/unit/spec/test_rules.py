from collections.abc import Iterator
from typing import Any

import pytest

from pacsstack.spec.crd import root_schema
from pacsstack.spec.problems import find_problems
from tests.unit.corpus import ACCEPTED, BROKEN_RULES, REFUSED, BrokenRule


def rules_in(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for rule in schema.get("x-kubernetes-validations", []):
        yield path, rule["message"]
    for name, inner in schema.get("properties", {}).items():
        yield from rules_in(inner, f"{path}.{name}".removeprefix("."))
    if "items" in schema:
        yield from rules_in(schema["items"], f"{path}[]")


@pytest.mark.parametrize("case", BROKEN_RULES, ids=lambda case: case.id)
def test_a_broken_rule_is_told_with_its_place_and_cure(case: BrokenRule) -> None:
    problems = find_problems(case.broken)
    assert len(problems) == 1
    assert case.message in problems[0].message
    assert problems[0].path == case.path


@pytest.mark.parametrize(
    ("case", "number"),
    [(case, number) for case in BROKEN_RULES for number in range(len(case.cures))],
    ids=lambda it: it.id if isinstance(it, BrokenRule) else str(it),
)
def test_the_cure_helps(case: BrokenRule, number: int) -> None:
    assert find_problems(case.cures[number]) == []


@pytest.mark.parametrize("rule", sorted(rules_in(root_schema())), ids=lambda rule: rule[0] or "root")
def test_every_rule_is_broken_once(rule: tuple[str, str]) -> None:
    path, message = rule
    assert any(case.path == path and case.message in message for case in BROKEN_RULES)


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_no_field_takes_is_refused(name: str) -> None:
    assert find_problems(REFUSED[name])


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_right_is_accepted(name: str) -> None:
    assert find_problems(ACCEPTED[name]) == []
