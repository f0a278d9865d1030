"""The CustomResourceDefinition in a real API server: taken, served, listed."""

from collections.abc import Iterator

import pytest

from pacsstack.spec import PacsStackSpec
from pacsstack.spec.crd import CRD_NAME
from tests.controlplane.api import STACKS, ApiServer, Object, RefusedError
from tests.unit.corpus import document

NOW = "2026-01-02T03:04:05Z"
READY = {
    "type": "Ready",
    "status": "False",
    "observedGeneration": 1,
    "lastTransitionTime": NOW,
    "reason": "Progressing",
    "message": "PostgreSQL starts",
}


@pytest.fixture
def stack(established: ApiServer, namespace: str) -> Iterator[str]:
    path = STACKS.format(namespace)
    established.create(path, document({}))
    yield f"{path}/demo"
    established.delete(f"{path}/demo")


def test_no_part_of_the_schema_is_violated(established: ApiServer) -> None:
    crd = established.get(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{CRD_NAME}")
    conditions = {each["type"]: each for each in crd["status"]["conditions"]}
    assert conditions["Established"]["status"] == "True"
    assert conditions["NamesAccepted"]["status"] == "True"
    assert "NonStructuralSchema" not in conditions


def test_an_empty_spec_is_filled_in_as_the_models_do(established: ApiServer, stack: str) -> None:
    assert established.get(stack)["spec"] == PacsStackSpec().model_dump(mode="json", exclude_none=True)


def test_it_is_listed_with_what_one_wants_to_know(established: ApiServer, stack: str) -> None:
    established.patch_status(
        stack,
        {"conditions": [READY], "endpoints": {"url": "https://pacs.example.org/", "dicom": "pacs.example.org:11112"}},
    )
    table = established.get(stack, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    row = dict(zip([column["name"] for column in table["columnDefinitions"]], table["rows"][0]["cells"], strict=True))
    assert list(row) == ["Name", "Ready", "Reason", "URL", "DICOM", "Age"]
    assert list(row.values())[:5] == [
        "demo", "False", "Progressing", "https://pacs.example.org/", "pacs.example.org:11112",
    ]  # fmt: skip


def test_a_whole_status_is_kept(established: ApiServer, stack: str) -> None:
    status: Object = {
        "observedGeneration": 1,
        "conditions": [READY],
        "endpoints": {"url": "https://h/", "dicom": "h:1", "dicomTLS": "h:2", "adapter": "h:3"},
        "versions": {"operator": "0.1.0", "orthanc": "docker.io/orthancteam/orthanc:1"},
    }
    assert established.patch_status(stack, status)["status"] == status


def test_a_condition_without_a_reason_is_refused(established: ApiServer, stack: str) -> None:
    incomplete = {key: value for key, value in READY.items() if key != "reason"}
    with pytest.raises(RefusedError, match=r"status\.conditions\[0\]\.reason"):
        established.patch_status(stack, {"conditions": [incomplete]})


def test_two_conditions_of_a_type_are_refused(established: ApiServer, stack: str) -> None:
    with pytest.raises(RefusedError, match="Duplicate value"):
        established.patch_status(stack, {"conditions": [READY, READY]})


def test_a_misspelt_field_is_refused(established: ApiServer, namespace: str) -> None:
    with pytest.raises(RefusedError, match=r'unknown field \\?"spec\.orthanc\.aeTitel'):
        established.create(STACKS.format(namespace), document({"orthanc": {"aeTitel": "A"}}), dry_run=True)


def test_short_name_and_category(established: ApiServer) -> None:
    (resource,) = [
        each for each in established.get("/apis/pacsstack.io/v1alpha1")["resources"] if each["name"] == "pacsstacks"
    ]
    assert resource["shortNames"] == ["pacs"]
    assert resource["categories"] == ["all"]
    assert resource["namespaced"] is True
