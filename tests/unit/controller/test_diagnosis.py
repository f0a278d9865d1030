"""Pods as the API server of a real cluster shows them, cut down to what matters."""

from __future__ import annotations

from typing import Any

import pytest

from pacsstack.controller.diagnosis import diagnose
from pacsstack.spec.status import Reason
from tests.unit.controller.builders import NOW


def pod(*statuses: dict[str, Any], conditions: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    metadata = {"name": "demo-orthanc-55ccb6c8b7-z7fk5", "namespace": "radiology"}
    status = {"phase": "Pending", "conditions": conditions or [], "containerStatuses": list(statuses), **more}
    return {"metadata": metadata, "status": status}


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {
        "name": "orthanc",
        "image": "registry.example/orthanc:1",
        "ready": False,
        "restartCount": 0,
        "started": False,
    }
    return {**base, "state": state, **more}


def unscheduled(message: str) -> dict[str, Any]:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return pod(conditions=[condition])


RUNNING = {"running": {"startedAt": "2026-02-28T23:00:00Z"}}
JUST_STARTED = {"running": {"startedAt": "2026-02-28T23:59:30Z"}}
UNBOUND = unscheduled("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.")
TOO_BIG = unscheduled("0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available.")
BACK_OFF = pod(
    container(
        {
            "waiting": {
                "reason": "ImagePullBackOff",
                "message": 'Back-off pulling image "registry.example/orthanc:1": ErrImagePull: not found',
            }
        }
    )
)
NO_SUCH_KEY = pod(
    container({"waiting": {"reason": "CreateContainerConfigError", "message": "couldn't find key x in Secret a/b"}})
)
CRASHING = pod(
    container(
        {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
        restartCount=3,
        lastState={
            "terminated": {"exitCode": 1, "reason": "Error", "message": "E0301 Bad file format: orthanc.json\n"}
        },
    )
)
OUT_OF_MEMORY = pod(
    container(
        {"waiting": {"reason": "CrashLoopBackOff"}},
        restartCount=2,
        lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
    )
)
EVICTED = pod(phase="Failed", reason="Evicted", message="The node was low on resource: ephemeral-storage.")
SILENT = pod(container(RUNNING, started=True))
STARTING = pod(container({"waiting": {"reason": "ContainerCreating"}}))
WARMING_UP = pod(container(JUST_STARTED, started=True))
READY = pod(container(RUNNING, started=True, ready=True), phase="Running")
RESTARTED_AND_READY = pod(
    container(
        RUNNING, started=True, ready=True, restartCount=1, lastState={"terminated": {"exitCode": 1, "reason": "Error"}}
    )
)


@pytest.mark.parametrize(
    ("shown", "reason", "said"),
    [
        (UNBOUND, Reason.VOLUME_UNBOUND, "storageClassName"),
        (TOO_BIG, Reason.POD_UNSCHEDULABLE, "Insufficient memory"),
        (BACK_OFF, Reason.IMAGE_NOT_PULLED, "registry.example/orthanc:1"),
        (NO_SUCH_KEY, Reason.NOT_READY, "couldn't find key x"),
        (CRASHING, Reason.CONTAINER_CRASHING, "Bad file format: orthanc.json"),
        (OUT_OF_MEMORY, Reason.CONTAINER_CRASHING, "resources.limits.memory"),
        (EVICTED, Reason.CONTAINER_CRASHING, "ephemeral-storage"),
        (SILENT, Reason.NOT_READY, "readiness probe"),
    ],
)
def test_each_cause_is_named_with_what_helps(shown: dict[str, Any], reason: Reason, said: str) -> None:
    found = diagnose([STARTING, shown], NOW)
    assert found is not None
    assert found.reason == reason
    assert said in found.message
    assert "demo-orthanc-55ccb6c8b7-z7fk5" in found.message


@pytest.mark.parametrize("shown", [STARTING, WARMING_UP, READY, RESTARTED_AND_READY])
def test_what_takes_its_time_or_is_well_has_no_cause(shown: dict[str, Any]) -> None:
    assert diagnose([shown], NOW) is None


def test_a_pod_that_is_going_away_does_not_count() -> None:
    going = {**CRASHING, "metadata": {**CRASHING["metadata"], "deletionTimestamp": "2026-03-01T00:00:00Z"}}
    assert diagnose([going], NOW) is None


def test_an_init_container_is_looked_at_too() -> None:
    failed = container({"terminated": {"exitCode": 2, "reason": "Error"}}, name="prepare")
    found = diagnose([pod(initContainerStatuses=[failed])], NOW)
    assert found is not None
    assert "'prepare'" in found.message
