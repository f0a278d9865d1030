"""Give every Service of type LoadBalancer an address of this machine. kube-proxy forwards what arrives there.

All that is to be remembered stands in the Services' status, so that nothing can be out of step after a restart.
"""

import ipaddress
import sys
from collections.abc import Collection

from kubernetes import client

from localcluster.progress import say
from localcluster.settings import LOAD_BALANCER_CIDR
from localcluster.watching import KubernetesObject, connect, follow, ignoring

_NOT_FOUND = 404


def choose_address(taken: Collection[str], wanted: str | None, pool: str = LOAD_BALANCER_CIDR) -> str | None:
    """The address that a Service gets: the one it wants, or the lowest free one; nothing when that is taken."""
    free = [str(address) for address in ipaddress.ip_network(pool).hosts() if str(address) not in taken]
    if wanted:
        return wanted if wanted in free else None
    return free[0] if free else None


class LoadBalancers:
    """The Services of type LoadBalancer and their addresses."""

    def __init__(self, api: client.CoreV1Api) -> None:
        self._api = api
        self._addresses: dict[str, str] = {}
        self._waiting: dict[str, KubernetesObject] = {}

    def handle_list(self, services: list[KubernetesObject]) -> None:
        """Take the addresses that Services have as given, before any that has none gets one."""
        ours = {_key(service): _addresses(service) for service in services if _is_ours(service)}
        self._addresses = {key: addresses[0] for key, addresses in ours.items() if addresses}
        self._waiting.clear()

    def handle(self, event: str, service: KubernetesObject) -> None:
        """Bring one Service's status up to date, and then those that wait for the address that it had."""
        key = _key(service)
        self._waiting.pop(key, None)
        if event != "DELETED" and _is_ours(service):
            self._assign(key, service)
            return
        if event != "DELETED" and _addresses(service):
            self._write(service, [])
        self._release(key)

    def _release(self, key: str) -> None:
        if self._addresses.pop(key, None) is None:
            return
        say(f"{key}: address released")
        for waiting in list(self._waiting.values()):
            self.handle("MODIFIED", waiting)

    def _assign(self, key: str, service: KubernetesObject) -> None:
        current = _addresses(service)
        taken = {address for other, address in self._addresses.items() if other != key}
        wanted = service["spec"].get("loadBalancerIP") or self._addresses.get(key) or next(iter(current), None)
        address = choose_address(taken, wanted)
        if address is None:
            say(f"{key}: no address: {wanted or 'all of it'} is taken, or outside the pool {LOAD_BALANCER_CIDR}")
            self._waiting[key] = service
            return
        self._addresses[key] = address
        if current != [address]:
            say(f"{key}: {address}")
            self._write(service, [{"ip": address, "ipMode": "VIP"}])

    def _write(self, service: KubernetesObject, ingress: list[dict[str, str]]) -> None:
        status = {"status": {"loadBalancer": {"ingress": ingress or None}}}
        metadata = service["metadata"]
        ignoring(
            _NOT_FOUND,
            lambda: self._api.patch_namespaced_service_status(metadata["name"], metadata["namespace"], status),
        )


def _key(service: KubernetesObject) -> str:
    return f"{service['metadata']['namespace']}/{service['metadata']['name']}"


def _is_ours(service: KubernetesObject) -> bool:
    # A Service with a class belongs to whoever serves that class (Kubernetes documentation, Service).
    specification = service["spec"]
    return specification.get("type") == "LoadBalancer" and not specification.get("loadBalancerClass")


def _addresses(service: KubernetesObject) -> list[str]:
    ingress = service.get("status", {}).get("loadBalancer", {}).get("ingress") or []
    return [entry["ip"] for entry in ingress if "ip" in entry]


def main() -> None:
    """Run for ever; the argument is the kubeconfig."""
    api = connect(sys.argv[1], "localcluster-loadbalancer")
    core = client.CoreV1Api(api)
    balancers = LoadBalancers(core)
    follow(api, core.list_service_for_all_namespaces, balancers.handle, balancers.handle_list)


if __name__ == "__main__":
    main()
