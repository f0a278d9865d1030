"""Find the root cause in a pod: one small pure function for each cause, which returns None when it is not that.

Source of the words: kubernetes.io, "Pod Lifecycle"; kubelet's waiting reasons (pkg/kubelet/images, kuberuntime).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pacsstack.spec.status import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pacsstack.controller.resources import Object


@dataclass(frozen=True)
class Diagnosis:
    """Why something is not ready; the message names the thing and the cure."""

    reason: Reason
    message: str


_PULL_REASONS = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
    }
)
_CONFIG_REASONS = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
_LAST_WORDS = 300

PATIENCE = timedelta(seconds=60)
"""How long a container may run without answering its readiness probe before that is worth a word."""


def diagnose(pods: Iterable[Object], now: datetime) -> Diagnosis | None:
    """Return the first root cause that one of the pods shows; causes that come earlier in a pod's life first."""
    living = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    found = [cause(pod) for cause in _CAUSES for pod in living] + [probe_fails(pod, now) for pod in living]
    return next((diagnosis for diagnosis in found if diagnosis is not None), None)


def volume_unbound(pod: Object) -> Diagnosis | None:
    """The pod waits for a volume that nobody provides."""
    condition = _unscheduled(pod)
    if condition is None or "persistentvolumeclaim" not in condition.get("message", "").lower():
        return None
    return Diagnosis(
        Reason.VOLUME_UNBOUND,
        f"{_name(pod)} has no volume: {condition['message']} Set `storageClassName` to a StorageClass that provides "
        "volumes, or make a default one (`kubectl get storageclass`)",
    )


def unschedulable(pod: Object) -> Diagnosis | None:
    """No node takes the pod."""
    condition = _unscheduled(pod)
    if condition is None:
        return None
    return Diagnosis(
        Reason.POD_UNSCHEDULABLE,
        f"{_name(pod)} fits on no node: {condition.get('message', 'no reason is given')} "
        "Add a node, or lower `resources.requests`",
    )


def image_not_pulled(pod: Object) -> Diagnosis | None:
    """An image cannot be had."""
    for status in _statuses(pod):
        waiting = status.get("state", {}).get("waiting", {})
        if waiting.get("reason") in _PULL_REASONS:
            return Diagnosis(
                Reason.IMAGE_NOT_PULLED,
                f"{_name(pod)} cannot pull {status.get('image', '')!r}: {_waiting_for(waiting)}. "
                "Correct the image's name, or give the nodes access to its registry",
            )
    return None


def container_not_made(pod: Object) -> Diagnosis | None:
    """The node cannot make a container, mostly because something that it mounts is missing."""
    for status in _statuses(pod):
        waiting = status.get("state", {}).get("waiting", {})
        if waiting.get("reason") in _CONFIG_REASONS:
            return Diagnosis(
                Reason.NOT_READY,
                f"{_name(pod)} cannot start container {status['name']!r}: {_waiting_for(waiting)}",
            )
    return None


def evicted(pod: Object) -> Diagnosis | None:
    """The node threw the pod out."""
    status = pod.get("status", {})
    if status.get("phase") != "Failed" or "reason" not in status:
        return None
    return Diagnosis(
        Reason.CONTAINER_CRASHING, f"{_name(pod)} has failed ({status['reason']}): {_short(status.get('message', ''))}"
    )


def out_of_memory(pod: Object) -> Diagnosis | None:
    """A container was killed because it used more memory than its limit."""
    for status in _statuses(pod):
        if not status.get("ready") and _terminated(status).get("reason") == "OOMKilled":
            return Diagnosis(
                Reason.CONTAINER_CRASHING,
                f"{_name(pod)}: container {status['name']!r} used more memory than its limit and was killed: "
                "raise `resources.limits.memory`",
            )
    return None


def crashing(pod: Object) -> Diagnosis | None:
    """A container ends again and again."""
    for status in _statuses(pod):
        ended = _terminated(status)
        if status.get("ready") or not ended or ended.get("exitCode") == 0:
            continue
        return Diagnosis(
            Reason.CONTAINER_CRASHING,
            f"{_name(pod)}: container {status['name']!r} ended with exit code {ended.get('exitCode')} "
            f"(restarted {status.get('restartCount', 0)} times){_last_words(ended)}. "
            f"See `kubectl logs {pod['metadata']['name']} -c {status['name']} --previous`",
        )
    return None


def probe_fails(pod: Object, now: datetime) -> Diagnosis | None:
    """A container has been running for a while, but does not answer."""
    for status in _statuses(pod):
        running = status.get("state", {}).get("running")
        if running and not status.get("ready") and datetime.fromisoformat(running["startedAt"]) + PATIENCE <= now:
            return Diagnosis(
                Reason.NOT_READY,
                f"{_name(pod)}: container {status['name']!r} runs but does not answer its readiness probe. "
                f"See `kubectl describe pod {pod['metadata']['name']}`",
            )
    return None


_CAUSES = (
    volume_unbound,
    unschedulable,
    image_not_pulled,
    container_not_made,
    evicted,
    out_of_memory,
    crashing,
)


def _unscheduled(pod: Object) -> dict[str, Any] | None:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            found: dict[str, Any] = condition
            return found
    return None


def _statuses(pod: Object) -> Iterator[dict[str, Any]]:
    status = pod.get("status", {})
    for statuses in ("initContainerStatuses", "containerStatuses"):
        # An init container that has done its work is ready and ended with 0, so no cause mistakes it for trouble.
        yield from status.get(statuses, [])


def _terminated(status: dict[str, Any]) -> dict[str, Any]:
    ended: dict[str, Any] = (
        status.get("state", {}).get("terminated") or status.get("lastState", {}).get("terminated") or {}
    )
    return ended


def _last_words(ended: dict[str, Any]) -> str:
    message = str(ended.get("message", "")).strip()
    return f": {message[-_LAST_WORDS:]}" if message else ""


def _waiting_for(waiting: dict[str, Any]) -> str:
    return _short(waiting.get("message") or waiting["reason"])


def _short(message: str) -> str:
    return message.strip().rstrip(".")[:_LAST_WORDS]


def _name(pod: Object) -> str:
    return f"pod {pod['metadata']['name']!r}"
