"""Python and the API server agree about every document: same verdict, same place, same words."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacsstack.spec.problems import find_problems, parse_stack
from tests.controlplane.api import STACKS, ApiServer, Object, RefusedError
from tests.unit.corpus import ACCEPTED, BROKEN_RULES, REFUSED, BrokenRule
from tests.unit.strategies import documents

PATH = STACKS.format("default")
many = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def create(api: ApiServer, document: Object) -> Object:
    """Create a document in the API server's imagination only."""
    metadata = {"name": document["metadata"]["name"]}
    return api.create(PATH, {**document, "metadata": metadata}, dry_run=True)


def refusal(api: ApiServer, document: Object) -> str:
    """Return why the API server refuses a document; empty when it takes it."""
    try:
        create(api, document)
    except RefusedError as refused:
        return str(refused)
    return ""


def told(error: RefusedError) -> list[tuple[str, str]]:
    return [(cause.get("field", ""), cause["message"]) for cause in error.causes]


@pytest.mark.parametrize("case", BROKEN_RULES, ids=lambda case: case.id)
def test_a_broken_rule_is_refused_with_its_place_and_cure(established: ApiServer, case: BrokenRule) -> None:
    with pytest.raises(RefusedError) as refused:
        create(established, case.broken)
    place = case.path or "<nil>"
    assert [field for field, message in told(refused.value) if case.message in message] == [place]


@pytest.mark.parametrize("case", BROKEN_RULES, ids=lambda case: case.id)
def test_the_cure_is_accepted(established: ApiServer, case: BrokenRule) -> None:
    for cure in case.cures:
        create(established, cure)


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_no_field_takes_is_refused(established: ApiServer, name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        create(established, REFUSED[name])
    assert refused.value.code == 422 or "strict decoding" in str(refused.value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_right_is_accepted(established: ApiServer, name: str) -> None:
    create(established, ACCEPTED[name])


@many
@given(document=documents())
def test_any_valid_document_is_accepted_and_means_the_same(established: ApiServer, document: Object) -> None:
    kept = create(established, document)
    assert parse_stack({**kept, "metadata": document["metadata"]}) == parse_stack(document)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return where the values inside a document are."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def replaced(document: Object, place: tuple[str | int, ...], value: object) -> Object:
    changed = deepcopy(document)
    target: Any = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return changed


wrong_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.text(max_size=4),
    st.sampled_from(["A", "a.b", "1Gi", "10.0.0.0/8", "/a/", "https://a", "a\n", "A ", "LoadBalancer", "512m", "-"]),
    st.just({}),
    st.just([]),
)


@st.composite
def damaged_documents(draw: st.DrawFn) -> Object:
    """Take a valid document and put another value in one place, or in a field that it did not give."""
    document = draw(documents().filter(lambda it: bool(it["spec"])))
    place = draw(st.sampled_from([place for place in places(document) if len(place) > 1 and place[0] == "spec"]))
    return replaced(document, place, draw(wrong_values))


@settings(many, max_examples=150)
@given(document=damaged_documents())
def test_a_damaged_document_has_the_same_verdict(established: ApiServer, document: Object) -> None:
    problems = [f"{problem.path}: {problem.message}" for problem in find_problems(document)]
    assert bool(problems) == bool(refusal(established, document)), (problems, refusal(established, document))
