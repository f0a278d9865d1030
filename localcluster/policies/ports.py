"""Ports: which of a peer's ports a rule speaks of, as expressions of nftables."""

from collections.abc import Sequence

from localcluster.policies.peers import Direction, Peer
from localcluster.policies.pods import Pod
from localcluster.watching import KubernetesObject


def expressions(
    rule: KubernetesObject, direction: Direction, peer: Peer, selected: Pod, pods: Sequence[Pod]
) -> list[str]:
    """What matches one peer of a rule on the rule's ports; any of them suffices.

    Args:
        rule: a rule of a policy, as it stands in YAML.
        direction: whether connections come from the peer or go to it.
        peer: one of the rule's peers.
        selected: the pod that the policy selects.
        pods: all pods, for ports that have names.
    """
    address = peer.expression(direction.address)
    found: list[str] = []
    for port in rule.get("ports") or []:
        if isinstance(port.get("port"), str):
            found += _named(port, direction, peer, selected, pods)
        else:
            found.append(f"{address} {_numbered(port)}")
    return found if rule.get("ports") else [address]


def _numbered(port: KubernetesObject) -> str:
    protocol = _protocol(port).lower()
    if "port" not in port:
        return f"meta l4proto {protocol}"
    end = port.get("endPort")
    return f"{protocol} dport {port['port']}-{end}" if end else f"{protocol} dport {port['port']}"


def _named(port: KubernetesObject, direction: Direction, peer: Peer, selected: Pod, pods: Sequence[Pod]) -> list[str]:
    """A name is looked up in the pod that is connected to; what is no pod has no named ports."""
    protocol = _protocol(port)
    name = (protocol, port["port"])
    if direction is Direction.INGRESS:
        own = selected.ports.get(name)
        return [] if own is None else [f"{peer.expression(direction.address)} {protocol.lower()} dport {own}"]
    targets = ((pod.address, pod.ports[name]) for pod in pods if name in pod.ports and peer.contains(pod.address))
    return [f"ip daddr {address} {protocol.lower()} dport {number}" for address, number in targets]


def _protocol(port: KubernetesObject) -> str:
    return str(port.get("protocol") or "TCP")
