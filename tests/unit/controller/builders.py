"""Small objects for the tests of the controller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pacsstack.controller.credentials import Circumstances, Lookup
from pacsstack.spec import PacsStack
from pacsstack.spec.problems import parse_stack

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UID = "11111111-2222-3333-4444-555555555555"


def raw_stack(spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    named = {"name": "demo", "namespace": "radiology", "uid": UID, "generation": 1, "resourceVersion": "7", **metadata}
    return {"apiVersion": "pacsstack.io/v1alpha1", "kind": "PacsStack", "metadata": named, "spec": spec or {}}


def stack_of(spec: dict[str, Any] | None = None) -> PacsStack:
    return parse_stack(raw_stack(spec))


def lookup(
    spec: dict[str, Any] | None = None, vault: dict[str, dict[str, bytes]] | None = None, **around: Any
) -> Lookup:
    passwords = iter(f"generated{number}" for number in range(100))
    return Lookup(
        stack_of(spec), vault or {}, Circumstances(**{"now": NOW, "new_password": passwords.__next__, **around})
    )


def workload(kind: str, name: str, *, ready: bool, generation: int = 1) -> dict[str, Any]:
    count = 1 if ready else 0
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "radiology", "generation": generation},
        "spec": {"replicas": 1},
        "status": {
            "observedGeneration": generation,
            "replicas": 1,
            "updatedReplicas": 1,
            "readyReplicas": count,
        },
    }
