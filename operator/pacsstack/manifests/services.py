"""Services: the stable addresses of components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.render.names import selector
from pacsstack.render.networks import canonical_networks
from pacsstack.spec.common import ServiceType

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


def build_service(
    stack: PacsStack,
    component: str,
    ports: Sequence[Manifest],
    *,
    annotations: Mapping[str, str] | None = None,
    spec: Manifest | None = None,
) -> Manifest:
    """Return the Service of a component; inside the cluster only, unless `spec` gives another type."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(stack, component, annotations=annotations),
        "spec": {
            **(spec or {"type": ServiceType.CLUSTER_IP.value}),
            "selector": selector(stack, component),
            "ports": list(ports),
        },
    }


def service_port(name: str, port: int, target: int | None = None) -> Manifest:
    """Return a TCP port, and the container's port behind it when that is another."""
    return {"name": name, "port": port, "targetPort": target or port, "protocol": "TCP"}


def outside(stack: PacsStack, kind: ServiceType) -> Manifest:
    """Return the type of a Service that may be reached from outside the cluster, and what that needs.

    `externalTrafficPolicy: Local` keeps the client's address, without which `allowedSources` could not be checked by
    nginx, nor an access log tell who asked.
    """
    result: Manifest = {"type": kind.value}
    if kind != ServiceType.CLUSTER_IP:
        result["externalTrafficPolicy"] = "Local"
    if kind == ServiceType.LOAD_BALANCER and stack.spec.proxy.allowed_sources:
        result["loadBalancerSourceRanges"] = canonical_networks(stack.spec.proxy.allowed_sources)
    return result
