"""Google's DICOM import adapter: C-STORE in, STOW-RS out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests import resources
from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.manifests.pods import Pod, container_ports, environment, pod_spec, pod_template, workload_spec
from pacsstack.manifests.probes import startup, tcp_probe
from pacsstack.manifests.services import build_service, outside, service_port
from pacsstack.manifests.volumes import empty_volume, mount, secret_volume, writable
from pacsstack.render.adapter import adapter_arguments, adapter_environment
from pacsstack.render.layout import ADAPTER_KEY, TMP

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack
    from pacsstack.spec.adapter import ImportAdapter

COMPONENT = "adapter"

USER = 1000
"""The image runs as any user; this one is nobody's."""

GRACE_SECONDS = 300
"""As in Google's own deployment: a large image may be on its way to the store."""

KEY_FILE = "key.json"


def build_adapter_service(stack: PacsStack, adapter: ImportAdapter) -> Manifest:
    """Return the address that modalities connect to."""
    return build_service(
        stack,
        COMPONENT,
        [service_port("dicom", adapter.port)],
        annotations=adapter.service.annotations,
        spec=outside(stack, adapter.service.type),
    )


def build_adapter(stack: PacsStack, inputs: Inputs, adapter: ImportAdapter) -> Manifest:
    """Return the Deployment. The adapter keeps nothing, so a new pod is ready before the old one goes."""
    files = {KEY_FILE: inputs.adapter_key or ""}
    template = pod_template(stack, COMPONENT, inputs=inputs, files=files, spec=_pod(stack, inputs, adapter))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(stack, COMPONENT),
        "spec": {
            **workload_spec(stack, COMPONENT, template),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        },
    }


def _pod(stack: PacsStack, inputs: Inputs, adapter: ImportAdapter) -> Manifest:
    key = adapter.credentials_secret
    return pod_spec(
        stack,
        COMPONENT,
        Pod(
            user=USER,
            container=_container(inputs, adapter),
            volumes=[
                empty_volume("tmp", "2Gi"),
                *([secret_volume("key", key, items={KEY_FILE: KEY_FILE})] if key else []),
            ],
            grace_seconds=GRACE_SECONDS,
        ),
    )


def _container(inputs: Inputs, adapter: ImportAdapter) -> Manifest:
    key = {"GOOGLE_APPLICATION_CREDENTIALS": f"{ADAPTER_KEY}/{KEY_FILE}"} if adapter.credentials_secret else {}
    return {
        "name": COMPONENT,
        "image": adapter.image or inputs.images.adapter,
        "args": adapter_arguments(adapter),
        "env": environment({**adapter_environment(), **key}),
        "ports": container_ports({"dicom": adapter.port}),
        "resources": resources.resources(adapter.resources, resources.ADAPTER),
        # The adapter has no HTTP endpoint; its DICOM port is all that can be asked.
        "startupProbe": startup(tcp_probe(adapter.port)),
        "livenessProbe": tcp_probe(adapter.port),
        "readinessProbe": tcp_probe(adapter.port, period=5),
        "volumeMounts": [
            writable("tmp", TMP),
            *([mount("key", ADAPTER_KEY)] if adapter.credentials_secret else []),
        ],
    }
