"""The addresses of the local cluster on this machine, and the pods' network.

An interface of our own carries the node's address, the route to the Services and the load balancers' pool, so that its
removal removes them all. It is a bridge without ports, since not every kernel has the `dummy` driver.
"""

import json
import subprocess
from pathlib import Path

from localcluster.errors import ClusterError
from localcluster.policies import TABLE as POLICIES_TABLE
from localcluster.settings import (
    CNI_NETWORK,
    INTERFACE,
    LOAD_BALANCER_CIDR,
    NODE_ADDRESS,
    POD_CIDR,
    SERVICE_CIDR,
    Settings,
)

_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
_CNI_RESULTS = Path("/var/lib/cni/results")
_KUBE_PROXY_TABLES = ("ip", "ip6")


def ensure_interface(settings: Settings) -> None:
    """Put the cluster's addresses on this machine.

    Raises:
        ClusterError: the interface belongs to the cluster of another checkout.
    """
    owner = interface_owner()
    if owner is None:
        _ip("link", "add", INTERFACE, "type", "bridge")
        _ip("link", "set", INTERFACE, "alias", str(settings.state))
    elif owner != str(settings.state):
        raise ClusterError(f"interface {INTERFACE} belongs to the cluster in {owner}: run `make cluster-down` there")
    _ip("address", "replace", f"{NODE_ADDRESS}/32", "dev", INTERFACE)
    _ip("link", "set", INTERFACE, "up")
    _ip("route", "replace", SERVICE_CIDR, "dev", INTERFACE, "src", NODE_ADDRESS)
    # Every address of the pool is local (ip-route(8), type local). Connections to it come from the node's address.
    _ip("route", "replace", "local", LOAD_BALANCER_CIDR, "dev", INTERFACE, "src", NODE_ADDRESS)
    _ensure_forwarding(settings)


def interface_owner() -> str | None:
    """The state directory of the cluster that the interface belongs to; nothing when there is no interface."""
    answer = subprocess.run(["ip", "-json", "link", "show", INTERFACE], capture_output=True, text=True, check=False)
    if answer.returncode:
        return None
    return str(json.loads(answer.stdout)[0].get("ifalias", "nobody"))


def _ensure_forwarding(settings: Settings) -> None:
    before = settings.state / "ip-forward-before"
    if not before.exists():
        before.write_text(_FORWARDING.read_text())
    _FORWARDING.write_text("1")


def write_cni(settings: Settings) -> Path:
    """Configure the pods' network; returns the directory that containerd reads.

    Every pod has a link of its own to the host (CNI plugin `ptp`), so that all traffic between pods passes the kernel's
    routing, and with it kube-proxy's rules and any policy, without bridge netfilter.
    """
    directory = settings.configuration / "cni"
    directory.mkdir(parents=True, exist_ok=True)
    ranges = [[{"subnet": POD_CIDR}]]
    ipam = {"type": "host-local", "dataDir": str(settings.state / "pod-addresses"), "ranges": ranges}
    plugin = {"type": "ptp", "ipMasq": False, "ipam": {**ipam, "routes": [{"dst": "0.0.0.0/0"}]}}
    network = {"cniVersion": "1.0.0", "name": CNI_NETWORK, "plugins": [plugin]}
    (directory / "10-pods.conflist").write_text(json.dumps(network, indent=2))
    return directory


def remove_network(settings: Settings) -> None:
    """Take the interface, kube-proxy's rules and the traces of CNI away, as far as they are this cluster's."""
    if interface_owner() == str(settings.state):
        _ip("link", "delete", INTERFACE)
        for family in _KUBE_PROXY_TABLES:
            _delete_table(family, "kube-proxy")
        _delete_table("inet", POLICIES_TABLE)
    _remove_cni_results()
    before = settings.state / "ip-forward-before"
    if before.exists():
        _FORWARDING.write_text(before.read_text())


def _remove_cni_results() -> None:
    # One file a sandbox and network: NETWORK-SANDBOX-INTERFACE; containerd gives each sandbox a loopback network too.
    for ours in list(_CNI_RESULTS.glob(f"{CNI_NETWORK}-*-eth0")):
        sandbox = ours.name.removeprefix(f"{CNI_NETWORK}-").removesuffix("-eth0")
        for result in list(_CNI_RESULTS.glob(f"*-{sandbox}-*")):
            result.unlink()


def _delete_table(family: str, name: str) -> None:
    tables = subprocess.run(["nft", "list", "tables", family], capture_output=True, text=True, check=True).stdout
    if f"table {family} {name}" in tables.splitlines():
        subprocess.run(["nft", "delete", "table", family, name], check=True)


def _ip(*arguments: str) -> None:
    outcome = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise ClusterError(f"`ip {' '.join(arguments)}` failed: {outcome.stderr.strip()}; the cluster needs root")
