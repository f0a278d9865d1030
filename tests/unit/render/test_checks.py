"""What is wrong with a spec that its models and the API server let through."""

from __future__ import annotations

from typing import Any

import pytest

from pacsstack.render.checks import check_spec
from pacsstack.render.protected import FIXED, OWN_FIELD
from pacsstack.spec.status import Reason
from tests.unit.manifests.rendering import stack


def problems(spec: dict[str, Any]) -> dict[str, str]:
    return {each.path: each.message for each in check_spec(stack(spec))}


def test_nothing_is_wrong_with_an_empty_spec() -> None:
    assert problems({}) == {}


@pytest.mark.parametrize("option", sorted({**FIXED, **OWN_FIELD}))
def test_a_protected_option_is_refused_with_what_to_write_instead(option: str) -> None:
    (problem,) = check_spec(stack({"orthanc": {"configuration": {option: {}}}}))
    assert problem.path == f"spec.orthanc.configuration.{option}"
    assert problem.reason == Reason.PROTECTED_OPTION
    assert problem.message.startswith(("remove it", "set spec.", "use spec.", "list ", "name "))


def test_protected_options_inside_a_section_are_found() -> None:
    found = problems({"orthanc": {"configuration": {"DicomWeb": {"PublicRoot": "/x/", "Ssl": False}}}})
    assert found == {"spec.orthanc.configuration.DicomWeb.PublicRoot": "set spec.proxy.path instead"}


@pytest.mark.parametrize("configuration", [{"DicomWeb": 5}, {"DicomWeb": [1]}, {"DicomThreadsCount": {"a": 1}}])
def test_a_section_that_the_image_cannot_merge_is_refused(configuration: dict[str, Any]) -> None:
    (path,) = problems({"orthanc": {"configuration": configuration}})
    assert path == f"spec.orthanc.configuration.{next(iter(configuration))}"


def test_a_configuration_that_no_secret_can_hold_is_refused() -> None:
    assert (
        "bytes of JSON" in problems({"orthanc": {"configuration": {"A": "x" * 600_000}}})["spec.orthanc.configuration"]
    )


@pytest.mark.parametrize(
    ("field", "spec"),
    [
        ("spec.orthanc.resources", lambda given: {"orthanc": {"resources": given}}),
        ("spec.proxy.resources", lambda given: {"proxy": {"resources": given}}),
        ("spec.postgres.managed.resources", lambda given: {"postgres": {"managed": {"resources": given}}}),
        (
            "spec.adapter.import.resources",
            lambda given: {"adapter": {"import": {"dicomwebURL": "http://a", "resources": given}}},
        ),
    ],
)
def test_a_request_above_its_limit_is_refused(field: str, spec: Any) -> None:
    given = {"requests": {"cpu": "2", "memory": "2Gi"}, "limits": {"cpu": "1500m", "memory": "2000Mi"}}
    assert set(problems(spec(given))) == {f"{field}.requests.cpu", f"{field}.requests.memory"}
    assert problems(spec({"requests": {"cpu": "99", "memory": "99Gi"}})) == {}


def test_a_parameter_that_reads_another_file_is_refused() -> None:
    assert set(problems({"postgres": {"managed": {"parameters": {"include_dir": "/x"}}}})) == {
        "spec.postgres.managed.parameters.include_dir"
    }


def test_an_annotation_of_our_own_is_refused() -> None:
    assert len(problems({"proxy": {"service": {"annotations": {"pacsstack.io/applied-hash": "x"}}}})) == 1
    assert problems({"proxy": {"service": {"annotations": {"networking.gke.io/load-balancer-type": "x"}}}}) == {}
