"""Where a stack is reached, and what runs in it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.controller.components import COMPONENT_LABEL, Scene, addresses
from pacsstack.controller.resources import WORKLOADS, Object
from pacsstack.controller.version import OPERATOR_VERSION
from pacsstack.render.names import service_host

if TYPE_CHECKING:
    from collections.abc import Iterable

HTTPS_PORT = 443


def endpoints(scene: Scene) -> dict[str, str]:
    """Return the addresses of the status: the given host, the load balancer's, or the Service's name in the cluster."""
    spec = scene.stack.spec
    host = spec.proxy.host or _address(scene, "proxy")
    found = {"url": f"https://{host}{spec.proxy.path}"}
    dicom = spec.proxy.dicom
    if dicom.clear.enabled:
        found["dicom"] = f"{host}:{dicom.clear.port}"
    if dicom.tls.enabled:
        found["dicomTLS"] = f"{host}:{dicom.tls.port}"
    if spec.adapter.import_ is not None:
        found["adapter"] = f"{_address(scene, 'adapter')}:{spec.adapter.import_.port}"
    return found


def versions(desired: Iterable[Object]) -> dict[str, str]:
    """Return the operator's version and the image of each component."""
    images = {
        item["metadata"]["labels"][COMPONENT_LABEL]: item["spec"]["template"]["spec"]["containers"][0]["image"]
        for item in desired
        if item["kind"] in WORKLOADS
    }
    return {"operator": OPERATOR_VERSION, **images}


def _address(scene: Scene, component: str) -> str:
    return next(iter(addresses(scene.service(component))), service_host(scene.stack, component))
