"""What Pod Security "restricted" asks of a pod, and what this project asks on top.

Source: kubernetes.io, "Pod Security Standards", Restricted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
HOST = ("hostNetwork", "hostPID", "hostIPC")


def violations(pod: dict[str, Any]) -> list[str]:
    """Return what a pod spec does against the standard; empty when it keeps it."""
    return [*_pod(pod), *(each for one in _containers(pod) for each in _container(one, pod["securityContext"]))]


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def _pod(pod: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in HOST if pod.get(name))
    yield from (volume["name"] for volume in pod.get("volumes", []) if not set(volume) - {"name"} <= VOLUMES)
    if pod["securityContext"].get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "seccompProfile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "automountServiceAccountToken"
    if pod.get("enableServiceLinks") is not False:
        yield "enableServiceLinks"


def _container(container: dict[str, Any], pod_context: dict[str, Any]) -> Iterator[str]:
    context = {**pod_context, **container.get("securityContext", {})}
    expected = {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "readOnlyRootFilesystem": True}
    yield from (name for name, value in expected.items() if context.get(name) is not value)
    if context.get("runAsUser", 0) == 0 or context.get("runAsGroup", 0) == 0:
        yield "runAsUser"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "capabilities"
    if context.get("privileged"):
        yield "privileged"
    yield from (f"hostPort {port['hostPort']}" for port in container.get("ports", []) if "hostPort" in port)
    for kind in ("requests", "limits"):
        if set(container["resources"][kind]) != {"cpu", "memory"}:
            yield kind
