"""Pods as far as policies are concerned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localcluster.policies.selectors import Labels
from localcluster.watching import KubernetesObject

_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Pod:
    """A pod with an address of its own."""

    namespace: str
    name: str
    address: str
    labels: Labels
    ports: Mapping[tuple[str, str], int]
    """The number of each named port, by protocol and name."""


def addressed(items: Iterable[KubernetesObject]) -> list[Pod]:
    """The pods that hold an IPv4 address, in its order.

    One that has ended gave its address back; one in the node's network has none of its own.
    """
    pods = [_pod(item) for item in items if _address(item) and not _has_ended(item) and not _is_on_the_node(item)]
    return sorted(pods, key=lambda pod: pod.address)


def _pod(item: KubernetesObject) -> Pod:
    metadata = item["metadata"]
    return Pod(metadata["namespace"], metadata["name"], _address(item), metadata.get("labels") or {}, _ports(item))


def _address(item: KubernetesObject) -> str:
    addresses = (entry["ip"] for entry in item.get("status", {}).get("podIPs") or [])
    return next((address for address in addresses if ":" not in address), "")


def _has_ended(item: KubernetesObject) -> bool:
    return item.get("status", {}).get("phase") in _ENDED


def _is_on_the_node(item: KubernetesObject) -> bool:
    return bool(item["spec"].get("hostNetwork"))


def _ports(item: KubernetesObject) -> dict[tuple[str, str], int]:
    specification = item["spec"]
    containers = [*(specification.get("initContainers") or []), *specification["containers"]]
    ports = (port for container in containers for port in container.get("ports") or [] if port.get("name"))
    return {(port.get("protocol", "TCP"), port["name"]): port["containerPort"] for port in ports}
