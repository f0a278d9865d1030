"""NetworkPolicies: what is not listed here does not get through.

The kubelet's probes need no rule: traffic between a pod and its own node is always allowed.
Source: kubernetes.io, "Network Policies".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.render.adapter import dicomweb_address
from pacsstack.render.layout import (
    HTTPS_PORT,
    ORTHANC_DICOM_PORT,
    ORTHANC_HTTP_PORT,
    POSTGRES_PORT,
    REDIRECT_PORT,
)
from pacsstack.render.names import STACK_LABEL, selector
from pacsstack.render.networks import canonical_networks, is_address
from pacsstack.render.nginx import dicom_ports

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack
    from pacsstack.spec.adapter import ImportAdapter

DNS: Manifest = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
"""Names are looked up at whatever address the cluster's name server has: a Service, the node itself, or outside."""

METADATA_SERVER: Sequence[Manifest] = (
    {"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"port": 80, "protocol": "TCP"}]},
    {"to": [{"ipBlock": {"cidr": "169.254.169.252/32"}}], "ports": [{"port": 988, "protocol": "TCP"}]},
)
"""Where workload identity gets its tokens (cloud.google.com, "About Workload Identity Federation for GKE")."""


def build_network_policies(stack: PacsStack) -> list[Manifest]:
    """Return a policy that denies everything to the stack's pods, and one a component that allows what it needs."""
    if not stack.spec.network_policy.enabled:
        return []
    policies = [_deny_all(stack), _proxy(stack), _orthanc(stack)]
    if stack.spec.postgres.external is None:
        policies.append(_postgres(stack))
    if stack.spec.adapter.import_ is not None:
        policies.append(_adapter(stack, stack.spec.adapter.import_))
    return policies


def _deny_all(stack: PacsStack) -> Manifest:
    return _named(stack, "network", "default-deny", {STACK_LABEL: stack.metadata.name}, {})


def _proxy(stack: PacsStack) -> Manifest:
    ports = [HTTPS_PORT, REDIRECT_PORT, *dicom_ports(stack).values()]
    orthanc = _to_pods(stack, "orthanc", [ORTHANC_HTTP_PORT, ORTHANC_DICOM_PORT])
    return _policy(stack, "proxy", ingress=[_from_sources(stack, ports)], egress=[DNS, orthanc])


def _orthanc(stack: PacsStack) -> Manifest:
    ingress = {"from": [_pods(stack, "proxy")], "ports": _ports([ORTHANC_HTTP_PORT, ORTHANC_DICOM_PORT])}
    destinations = canonical_networks(stack.spec.network_policy.allowed_destinations)
    further: list[Manifest] = (
        [{"to": [{"ipBlock": {"cidr": network}} for network in destinations]}] if destinations else []
    )
    modalities = _unique(_to_host(modality.host, modality.port) for modality in stack.spec.modalities)
    return _policy(
        stack, "orthanc", ingress=[ingress], egress=_unique([DNS, _to_database(stack), *modalities, *further])
    )


def _to_database(stack: PacsStack) -> Manifest:
    external = stack.spec.postgres.external
    return _to_host(external.host, external.port) if external else _to_pods(stack, "postgres", [POSTGRES_PORT])


def _postgres(stack: PacsStack) -> Manifest:
    ingress = {"from": [_pods(stack, "orthanc")], "ports": _ports([POSTGRES_PORT])}
    return _policy(stack, "postgres", ingress=[ingress], egress=[])


def _adapter(stack: PacsStack, adapter: ImportAdapter) -> Manifest:
    target = urlsplit(dicomweb_address(adapter))
    port = target.port or (443 if target.scheme == "https" else 80)
    egress = [DNS, _to_host(target.hostname or "", port)]
    if adapter.credentials_secret is None:
        egress += METADATA_SERVER
    return _policy(stack, "adapter", ingress=[_from_sources(stack, [adapter.port])], egress=egress)


def _from_sources(stack: PacsStack, ports: Sequence[int]) -> Manifest:
    sources = canonical_networks(stack.spec.proxy.allowed_sources)
    blocks = [{"ipBlock": {"cidr": network}} for network in sources]
    return {**({"from": blocks} if blocks else {}), "ports": _ports(ports)}


def _to_pods(stack: PacsStack, component: str, ports: Sequence[int]) -> Manifest:
    return {"to": [_pods(stack, component)], "ports": _ports(ports)}


def _to_host(host: str, port: int) -> Manifest:
    """Policies know addresses only: for a name, its port is open everywhere."""
    blocks = {"to": [{"ipBlock": {"cidr": f"{host}/32"}}]} if is_address(host) else {}
    return {**blocks, "ports": _ports([port])}


def _pods(stack: PacsStack, component: str) -> Manifest:
    return {"podSelector": {"matchLabels": selector(stack, component)}}


def _ports(ports: Iterable[int]) -> list[Manifest]:
    return [{"port": port, "protocol": "TCP"} for port in ports]


def _unique(rules: Iterable[Manifest]) -> list[Manifest]:
    result: list[Manifest] = []
    for rule in rules:
        if rule not in result:
            result.append(rule)
    return result


def _policy(stack: PacsStack, component: str, *, ingress: list[Manifest], egress: list[Manifest]) -> Manifest:
    # An empty list means the same as none, and the API server gives back none.
    rules = {kind: given for kind, given in (("ingress", ingress), ("egress", egress)) if given}
    return _named(stack, component, component, selector(stack, component), rules)


def _named(
    stack: PacsStack, component: str, suffix: str, pods: dict[str, str], rules: dict[str, list[Manifest]]
) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(stack, component, suffix=suffix),
        "spec": {"podSelector": {"matchLabels": pods}, "policyTypes": ["Ingress", "Egress"], **rules},
    }
