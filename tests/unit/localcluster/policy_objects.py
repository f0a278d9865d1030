"""Pods, namespaces and policies as the API server gives them, and what kubernetes.io says about them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

Object = dict[str, Any]


def pod(name: str, address: str, labels: dict[str, str] | None = None, **more: Any) -> Object:
    namespace, _, plain = name.partition("/")
    return {
        "metadata": {"uid": name, "namespace": namespace, "name": plain, "labels": labels or {}},
        "spec": {"containers": [{"name": "main", "ports": more.get("ports", [])}], **more.get("spec", {})},
        "status": {"phase": more.get("phase", "Running"), "podIPs": [{"ip": address}] if address else []},
    }


def namespace(name: str, **labels: str) -> Object:
    return {"metadata": {"uid": name, "name": name, "labels": {"kubernetes.io/metadata.name": name, **labels}}}


def policy(name: str, **spec: Any) -> Object:
    where, _, plain = name.partition("/")
    types = [kind.capitalize() for kind in ("ingress", "egress") if kind in spec]
    return {
        "metadata": {"uid": name, "namespace": where, "name": plain},
        "spec": {"podSelector": {}, "policyTypes": types, **spec},
    }


class World:
    """The reference: asks each policy about one connection, in the words of the documentation."""

    def __init__(self, pods: list[Object], namespaces: list[Object], policies: list[Object]) -> None:
        self.pods = {item["status"]["podIPs"][0]["ip"]: item for item in pods}
        self.namespaces = {item["metadata"]["name"]: item["metadata"]["labels"] for item in namespaces}
        self.policies = policies

    def allows(self, source: str, destination: str, protocol: str, port: int) -> bool:
        ends = {"ingress": (destination, source), "egress": (source, destination)}
        return source == destination or all(
            self._allows_one_way(way, *ends[way], (protocol.upper(), port, destination)) for way in ends
        )

    def _allows_one_way(self, way: str, own: str, peer: str, target: tuple[str, int, str]) -> bool:
        selecting = [each for each in self.policies if self._selects(each, way, own)]
        rules = [rule for each in selecting for rule in each["spec"].get(way) or []]
        field = "from" if way == "ingress" else "to"
        return not selecting or any(
            self._peers(rule.get(field), self.pods[own], peer) and self._ports(rule.get("ports"), *target)
            for rule in rules
        )

    def _selects(self, each: Object, way: str, own: str) -> bool:
        item = self.pods.get(own)
        return (
            item is not None
            and way.capitalize() in each["spec"]["policyTypes"]
            and each["metadata"]["namespace"] == item["metadata"]["namespace"]
            and chosen(each["spec"]["podSelector"], item["metadata"]["labels"])
        )

    def _peers(self, peers: list[Object] | None, own: Object, address: str) -> bool:
        return not peers or any(self._is_peer(peer, own["metadata"]["namespace"], address) for peer in peers)

    def _is_peer(self, peer: Object, home: str, address: str) -> bool:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            inside = ip_address(address) in ip_network(block["cidr"])
            return inside and not any(ip_address(address) in ip_network(part) for part in block.get("except", []))
        if address not in self.pods:
            return False
        found = self.pods[address]["metadata"]
        if "namespaceSelector" in peer:
            near = chosen(peer["namespaceSelector"], self.namespaces[found["namespace"]])
        else:
            near = found["namespace"] == home
        return near and chosen(peer.get("podSelector", {}), found["labels"])

    def _ports(self, ports: list[Object] | None, protocol: str, port: int, destination: str) -> bool:
        return not ports or any(self._is_port(each, protocol, port, destination) for each in ports)

    def _is_port(self, each: Object, protocol: str, port: int, destination: str) -> bool:
        if each.get("protocol", "TCP") != protocol:
            return False
        if "port" not in each:
            return True
        if isinstance(each["port"], int):
            return bool(each["port"] <= port <= each.get("endPort", each["port"]))
        containers = self.pods[destination]["spec"]["containers"] if destination in self.pods else []
        named = [(p["name"], p.get("protocol", "TCP"), p["containerPort"]) for c in containers for p in c["ports"]]
        return (each["port"], protocol, port) in named


def chosen(selector: Object, labels: dict[str, str]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for each in selector.get("matchExpressions", []):
        present, value = each["key"] in labels, labels.get(each["key"])
        answer = {
            "In": value in each.get("values", []),
            "NotIn": value not in each.get("values", []),
            "Exists": present,
            "DoesNotExist": not present,
        }
        if not answer[each["operator"]]:
            return False
    return True
