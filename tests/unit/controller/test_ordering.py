from __future__ import annotations

from typing import Any

from pacsstack.controller.ordering import held_back, waves
from pacsstack.controller.pruning import prunable
from pacsstack.controller.resources import identity
from tests.unit.controller.builders import UID, stack_of, workload

POSTGRES = workload("StatefulSet", "demo-postgres", ready=True)
RESTARTING = workload("StatefulSet", "demo-postgres", ready=False)
ORTHANC = workload("Deployment", "demo-orthanc", ready=True)
HELD = {("Deployment", "demo-orthanc")}


def live(*items: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {identity(item): item for item in items}


def test_what_starts_pods_comes_last() -> None:
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "x"}}
    assert waves([ORTHANC, claim, POSTGRES]) == [[claim], [ORTHANC, POSTGRES]]


def test_on_creation_nothing_waits() -> None:
    assert held_back(stack_of(), [POSTGRES, ORTHANC], {}) == frozenset()


def test_a_change_of_both_lets_orthanc_wait() -> None:
    assert held_back(stack_of(), [POSTGRES, ORTHANC], live(POSTGRES, ORTHANC)) == HELD


def test_orthanc_waits_until_postgres_is_rolled_out() -> None:
    assert held_back(stack_of(), [ORTHANC], live(RESTARTING, ORTHANC)) == HELD
    assert held_back(stack_of(), [ORTHANC], live(POSTGRES, ORTHANC)) == frozenset()


def test_a_deleted_orthanc_comes_back_at_once() -> None:
    assert held_back(stack_of(), [ORTHANC], live(RESTARTING)) == frozenset()


def test_an_external_database_holds_nothing_back() -> None:
    assert held_back(stack_of(), [ORTHANC], live(ORTHANC)) == frozenset()


def child(kind: str, name: str, uid: str = UID, **metadata: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name, "ownerReferences": [{"uid": uid}], **metadata}}


def test_only_what_nothing_wants_and_this_stack_owns_is_pruned() -> None:
    unwanted = child("Deployment", "demo-adapter")
    present = [
        unwanted,
        child("Deployment", "demo-orthanc"),
        child("PersistentVolumeClaim", "demo-old"),
        child("Secret", "demo-old"),
        child("ConfigMap", "somebodys", uid="other"),
        child("Service", "demo-adapter", deletionTimestamp="2026-03-01T00:00:00Z"),
        {"kind": "ConfigMap", "metadata": {"name": "copied"}},
    ]
    assert prunable([child("Deployment", "demo-orthanc")], present, UID) == [unwanted]
