"""What all pods have in common: Pod Security "restricted" and a read-only root file system.

Source: kubernetes.io, "Pod Security Standards".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacsstack.render.fingerprint import ANNOTATION, fingerprint
from pacsstack.render.names import child, labels, selector

if TYPE_CHECKING:
    from pacsstack.manifests.metadata import Manifest
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack


def pod_template(
    stack: PacsStack, component: str, *, inputs: Inputs, files: Mapping[str, str], spec: Manifest
) -> Manifest:
    """Return a pod template that changes whenever one of the files does that the pod mounts."""
    return {
        "metadata": {
            "labels": labels(stack, component),
            "annotations": {ANNOTATION: fingerprint(inputs.internal.password, files)},
        },
        "spec": spec,
    }


@dataclass(frozen=True)
class Pod:
    """What differs between pods: one container, the number of its user and group, its volumes, its time to end."""

    user: int
    container: Manifest
    volumes: Sequence[Manifest]
    grace_seconds: int


def pod_spec(stack: PacsStack, component: str, pod: Pod) -> Manifest:
    """Return the spec of a pod."""
    return {
        "serviceAccountName": child(stack, component),
        "automountServiceAccountToken": False,
        # Kubernetes would put the name of every Service into the environment, and the Orthanc image refuses to start
        # when it finds HTTP_PORT or DICOM_PORT there.
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": pod.grace_seconds,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": pod.user,
            "runAsGroup": pod.user,
            "fsGroup": pod.user,
            # "Always" would walk over every image file at every start, and open PGDATA to the group.
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [{**pod.container, "securityContext": container_security()}],
        "volumes": list(pod.volumes),
    }


def container_security() -> Manifest:
    """Return the security context of every container."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def workload_spec(stack: PacsStack, component: str, template: Manifest, *, replicas: int = 1) -> Manifest:
    """Return what Deployments and StatefulSets have in common."""
    return {
        "replicas": replicas,
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": selector(stack, component)},
        "template": template,
    }


def environment(values: Mapping[str, str]) -> list[Manifest]:
    """Return environment variables, sorted by name."""
    return [{"name": name, "value": values[name]} for name in sorted(values)]


def container_ports(ports: Mapping[str, int]) -> list[Manifest]:
    """Return named TCP ports."""
    return [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in ports.items()]
