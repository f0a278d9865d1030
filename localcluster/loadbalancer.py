"""Give every Service of type LoadBalancer an address of this machine. kube-proxy forwards what arrives there.

All that is to be remembered stands in the Services' status, so that nothing can be out of step after a restart.
"""

import ipaddress
import sys
from collections.abc import Collection
from typing import Any

from kubernetes import client

from localcluster.progress import say
from localcluster.settings import LOAD_BALANCER_CIDR
from localcluster.watching import connect, follow


def choose_address(taken: Collection[str], wanted: str | None, pool: str = LOAD_BALANCER_CIDR) -> str | None:
    """The address that a Service gets: the one it asks for if that is free, else the lowest free one; nothing when all are taken."""
    free = [str(address) for address in ipaddress.ip_network(pool).hosts() if str(address) not in taken]
    if wanted:
        return wanted if wanted in free else None
    return free[0] if free else None


class LoadBalancers:
    """The Services of type LoadBalancer and their addresses."""

    def __init__(self, api: client.CoreV1Api) -> None:
        self._api = api
        self._addresses: dict[str, str] = {}
        self._waiting: dict[str, Any] = {}

    def handle(self, event: str, service: Any) -> None:
        """Bring one Service's status up to date, then those that wait for an address."""
        key = f"{service.metadata.namespace}/{service.metadata.name}"
        self._waiting.pop(key, None)
        if event == "DELETED" or not _is_ours(service):
            self._release(key, service, exists=event != "DELETED")
        else:
            self._assign(key, service)

    def _release(self, key: str, service: Any, *, exists: bool) -> None:
        if self._addresses.pop(key, None) is not None:
            say(f"{key}: address released")
        if exists and _current_addresses(service):
            self._write(service, [])
        for waiting in list(self._waiting.values()):
            self.handle("MODIFIED", waiting)

    def _assign(self, key: str, service: Any) -> None:
        current = _current_addresses(service)
        taken = {address for other, address in self._addresses.items() if other != key}
        wanted = service.spec.load_balancer_ip or self._addresses.get(key) or next(iter(current), None)
        address = choose_address(taken, wanted)
        if address is None:
            say(f"{key}: no address: {wanted or LOAD_BALANCER_CIDR} is taken or outside the pool {LOAD_BALANCER_CIDR}")
            self._waiting[key] = service
            return
        self._addresses[key] = address
        if current != [address]:
            say(f"{key}: {address}")
            self._write(service, [{"ip": address, "ipMode": "VIP"}])

    def _write(self, service: Any, ingress: list[dict[str, str]]) -> None:
        status = {"status": {"loadBalancer": {"ingress": ingress or None}}}
        self._api.patch_namespaced_service_status(service.metadata.name, service.metadata.namespace, status)


def _is_ours(service: Any) -> bool:
    # A Service with a class belongs to whoever serves that class (Kubernetes documentation, Service, loadBalancerClass).
    deleted = service.metadata.deletion_timestamp is not None
    return service.spec.type == "LoadBalancer" and not service.spec.load_balancer_class and not deleted


def _current_addresses(service: Any) -> list[str]:
    return [entry.ip for entry in service.status.load_balancer.ingress or []]


def main() -> None:
    """Run for ever; the argument is the kubeconfig."""
    api = client.CoreV1Api(connect(sys.argv[1], "localcluster-loadbalancer"))
    follow(api.list_service_for_all_namespaces, LoadBalancers(api).handle)


if __name__ == "__main__":
    main()
