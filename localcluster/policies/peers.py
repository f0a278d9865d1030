"""Peers: whom a rule speaks of, as the expressions of nftables that match their addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from localcluster.policies.pods import Pod
from localcluster.policies.selectors import Labels, matches
from localcluster.watching import KubernetesObject


class Direction(StrEnum):
    """The way of a connection, seen from the pods that a policy selects."""

    INGRESS = "Ingress"
    EGRESS = "Egress"

    @property
    def peers(self) -> str:
        """The field of a rule that names the peers."""
        return "from" if self is Direction.INGRESS else "to"

    @property
    def address(self) -> str:
        """What nftables calls the peer's address."""
        return "ip saddr" if self is Direction.INGRESS else "ip daddr"


@dataclass(frozen=True)
class Pods:
    """The addresses of pods, at least one."""

    addresses: tuple[str, ...]

    def expression(self, address: str) -> str:
        """Match any of them; `address` is `ip saddr` or `ip daddr`."""
        return f"{address} {{ {', '.join(self.addresses)} }}"

    def contains(self, address: str) -> bool:
        """Whether it is one of the pods'."""
        return address in self.addresses


@dataclass(frozen=True)
class Block:
    """A network without parts of it."""

    network: str
    exceptions: tuple[str, ...]

    def expression(self, address: str) -> str:
        """Match the network, then none of the exceptions: these may overlap, which a set may not."""
        excluded = [f"{address} != {network}" for network in self.exceptions]
        return " ".join([f"{address} {self.network}", *excluded])

    def contains(self, address: str) -> bool:
        """Whether it is inside."""
        inside = [ip_address(address) in ip_network(network) for network in (self.network, *self.exceptions)]
        return inside[0] and not any(inside[1:])


Peer = Pods | Block
ANYBODY = Block("0.0.0.0/0", ())


def peers_of(
    rule: KubernetesObject, direction: Direction, namespace: str, pods: Sequence[Pod], namespaces: Mapping[str, Labels]
) -> list[Peer]:
    """Whom a rule of a policy in this namespace allows: anybody when it names no peer."""
    named = rule.get(direction.peers)
    if not named:
        return [ANYBODY]
    found = [
        _block(peer["ipBlock"]) if "ipBlock" in peer else _pods(peer, namespace, pods, namespaces) for peer in named
    ]
    return [peer for peer in found if peer is not None]


def _block(block: KubernetesObject) -> Block | None:
    # Pods have IPv4 addresses only, so a block of IPv6 holds nobody.
    if ":" in block["cidr"]:
        return None
    network, *exceptions = (
        str(ip_network(cidr, strict=False)) for cidr in (block["cidr"], *(block.get("except") or []))
    )
    return Block(network, tuple(exceptions))


def _pods(peer: KubernetesObject, namespace: str, pods: Sequence[Pod], namespaces: Mapping[str, Labels]) -> Pods | None:
    addresses = tuple(pod.address for pod in pods if _is_chosen(peer, namespace, pod, namespaces))
    return Pods(addresses) if addresses else None


def _is_chosen(peer: KubernetesObject, namespace: str, pod: Pod, namespaces: Mapping[str, Labels]) -> bool:
    there = peer.get("namespaceSelector")
    if there is None:
        near = pod.namespace == namespace
    else:
        near = pod.namespace in namespaces and matches(there, namespaces[pod.namespace])
    return near and matches(peer.get("podSelector") or {}, pod.labels)
