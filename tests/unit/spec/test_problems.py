import pytest

from pacsstack.spec.problems import find_problems
from tests.unit.corpus import document


def told(spec: object, **top: object) -> dict[str, str]:
    return {problem.path: problem.message for problem in find_problems({**document(spec), **top})}


def test_an_unknown_field_is_named_with_what_was_meant() -> None:
    assert told({"orthanc": {"aeTitel": "A"}}) == {
        "spec.orthanc.aeTitel": "there is no such field; did you mean `aeTitle`?"
    }


def test_an_unknown_field_like_no_other_lists_those_that_are_there() -> None:
    assert told({"adapter": {"xyz": 1}}) == {"spec.adapter.xyz": "there is no such field; the fields here are `import`"}


def test_the_python_name_of_a_field_is_unknown() -> None:
    assert "did you mean `aeTitle`" in told({"orthanc": {"ae_title": "A"}})["spec.orthanc.ae_title"]


def test_a_field_beside_spec_is_unknown() -> None:
    assert told({}, sepc={}) == {"sepc": "there is no such field; did you mean `spec`?"}


def test_a_missing_field_says_what_it_is() -> None:
    message = told({"modalities": [{"name": "a", "host": "h"}]})["spec.modalities[0].aeTitle"]
    assert message.startswith("is required: Its AE title.")


def test_a_wrong_value_says_what_it_is() -> None:
    message = told({"proxy": {"replicas": 0}})["spec.proxy.replicas"]
    assert message.startswith("should be greater than or equal to 1, not 0: How many proxies run.")


@pytest.mark.parametrize(
    ("top", "path"), [({"apiVersion": "pacsstack.io/v1"}, "apiVersion"), ({"kind": "Pacsstack"}, "kind")]
)
def test_another_version_or_kind_is_named(top: dict[str, str], path: str) -> None:
    assert "write `" in told({}, **top)[path]


def test_a_missing_name_is_told() -> None:
    assert "metadata.name" in told({}, metadata={})
    assert "metadata" in told({}, metadata=None)


def test_every_broken_rule_of_one_part_is_told() -> None:
    problems = find_problems(document({"proxy": {"dicom": {"clear": {"port": 8443}}, "service": {"type": "NodePort"}}}))
    assert [problem.path for problem in problems] == ["spec.proxy", "spec.proxy"]
