"""Who may connect to whom: everything that a stack's pods listen on is tried, from inside and outside the cluster."""

from __future__ import annotations

import re
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from localcluster.demo.waiting import until
from localcluster.policies.translation import translate
from tests.support.running import wait_ready
from tests.support.sources import LISTENER_PORT, Source, listening_pod, machine, pod_source
from tests.support.specs import put, resource
from tests.unit.localcluster import policy_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcluster.demo.cluster import Ground
    from localcluster.demo.kubectl import Kubectl, Object
    from tests.support.running import Running

FOREIGN = "foreign"
PROXY = {"443", "80", "11112", "2762"}
"""The ports of the proxy's Service."""
OUTSIDE = "198.51.100."
"""No part of the archive's allowed sources (RFC 5737: an address for documentation)."""
INSIDE = "10.247.3."


@dataclass(frozen=True)
class Targets:
    """The addresses of one stack, as HOST:PORT."""

    open: set[str]
    """What clients are meant to connect to: the ports of the proxy and the adapter."""
    closed: set[str]
    """Whatever else the stack's pods listen on."""

    @property
    def all(self) -> set[str]:
        return self.open | self.closed


@pytest.fixture(scope="module")
def targets(root: Running) -> Targets:
    return targets_of(root)


@pytest.fixture(scope="module")
def neighbour(root: Running, ground: Ground) -> Iterator[Source]:
    """A foreign pod in the namespace of the archive."""
    yield from foreign_pod(root.kubectl, ground)


@pytest.fixture
def stranger(namespace: Kubectl, ground: Ground) -> Iterator[Source]:
    """A foreign pod in another namespace."""
    yield from foreign_pod(namespace, ground)


def foreign_pod(kubectl: Kubectl, ground: Ground) -> Iterator[Source]:
    kubectl.apply([listening_pod(FOREIGN, ground.images["postgres"])])
    kubectl.wait(f"pod/{FOREIGN}", "condition=Ready", 60)
    yield pod_source(kubectl, FOREIGN)
    kubectl.run("delete", "pod", FOREIGN, "--wait=false")


def address_of(kubectl: Kubectl, pod: str) -> str:
    return str(kubectl.require("pod", pod)["status"]["podIP"])


def pods_of(running: Running) -> list[Object]:
    """Return the stack's pods."""
    found = running.kubectl.list("pods", "-l", f"pacsstack.io/stack={running.stack.name}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def component(item: Object) -> str:
    return str(item["metadata"]["labels"]["app.kubernetes.io/component"])


def listening_ports(kubectl: Kubectl, pod: str) -> set[str]:
    """Return the TCP ports that a pod listens on, whether it declares them or not, except on its loopback.

    Source: proc(5), /proc/net/tcp: local address and port in hexadecimal, and the state, where 0A is listening.
    """
    lines = kubectl.run("exec", pod, "--", "cat", "/proc/net/tcp", "/proc/net/tcp6")
    found = re.findall(r"^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A ", lines, re.MULTILINE)
    return {str(int(port, 16)) for address, port in found if address != "0100007F"}


def targets_of(running: Running) -> Targets:
    listening: dict[tuple[str, str], set[str]] = {}
    for pod in pods_of(running):
        key = (component(pod), pod["status"]["podIP"])
        listening[key] = listening_ports(running.kubectl, pod["metadata"]["name"])
    services = running.kubectl.list("services", "-l", f"pacsstack.io/stack={running.stack.name}")
    meant = {(component(service), str(port["targetPort"])) for service in services for port in service["spec"]["ports"]}
    meant = {(part, port) for part, port in meant if part in {"proxy", "adapter"}}
    opened, closed = set(), set()
    for (part, address), ports in listening.items():
        for port in ports:
            (opened if (part, port) in meant else closed).add(f"{address}:{port}")
    for service in services:
        for port in service["spec"]["ports"]:
            side = opened if component(service) in {"proxy", "adapter"} else closed
            side.add(f"{service['spec']['clusterIP']}:{port['port']}")
    return Targets(opened, closed)


def service_targets(running: Running, component_name: str) -> set[str]:
    service = running.kubectl.require("service", f"{running.stack.name}-{component_name}")
    return {f"{service['spec']['clusterIP']}:{port['port']}" for port in service["spec"]["ports"]}


def outer_targets(running: Running) -> set[str]:
    """Return the ways in from outside: load balancers' addresses, and the node's ports behind them."""
    node = running.kubectl.list("nodes")[0]["status"]["addresses"]
    node_address = next(item["address"] for item in node if item["type"] == "InternalIP")
    found: set[str] = set()
    for name in ("proxy", "adapter"):
        service = running.kubectl.require("service", f"{running.stack.name}-{name}")
        balancer = service["status"]["loadBalancer"]["ingress"][0]["ip"]
        for port in service["spec"]["ports"]:
            found |= {f"{balancer}:{port['port']}", f"{node_address}:{port['nodePort']}"}
    return found


def test_every_known_port_is_among_those_that_are_tried(root: Running, targets: Targets) -> None:
    ports = {component(pod): listening_ports(root.kubectl, pod["metadata"]["name"]) for pod in pods_of(root)}
    assert {"8042", "4242"} <= ports["orthanc"]
    assert "5432" in ports["postgres"]
    assert {"8443", "8080", "11112", "2762"} <= ports["proxy"]
    assert "2575" in ports["adapter"]
    assert len(targets.closed) >= 7


def test_a_foreign_pod_of_the_same_namespace_reaches_the_open_ports_only(neighbour: Source, targets: Targets) -> None:
    assert neighbour.reached(targets.all) == targets.open


def test_a_pod_of_another_namespace_reaches_the_open_ports_only(stranger: Source, targets: Targets) -> None:
    assert stranger.reached(targets.all) == targets.open


def test_an_archive_is_a_foreign_pod_to_another_one(prefixed: Running, targets: Targets) -> None:
    assert pod_source(prefixed.kubectl, f"deploy/{prefixed.stack.name}-orthanc").reached(targets.all) == set()


@pytest.fixture(scope="module")
def outer(ground: Ground, root: Running) -> set[str]:
    if not ground.local:
        pytest.skip("a machine outside the cluster is made on the local node only: run without KUBECONFIG")
    return outer_targets(root)


def test_a_machine_outside_the_allowed_sources_reaches_nothing(outer: set[str], targets: Targets) -> None:
    with machine(OUTSIDE) as source:
        assert source.reached(outer | targets.all) == set()


def test_a_machine_of_an_allowed_source_reaches_the_open_ports_only(outer: set[str], targets: Targets) -> None:
    with machine(INSIDE) as source:
        assert source.reached(outer | targets.all) == outer | targets.open


def test_orthanc_reaches_its_database_and_modalities_and_nothing_else(
    root: Running, neighbour: Source, modality_address: tuple[str, int], stranger_address: str
) -> None:
    host, port = modality_address
    orthanc = pod_source(root.kubectl, f"deploy/{root.stack.name}-orthanc")
    needed = {*service_targets(root, "postgres"), f"{host}:{port}"}
    forbidden = {
        *kubernetes_api(root.kubectl),
        f"{host}:10250",
        f"{address_of(root.kubectl, FOREIGN)}:{LISTENER_PORT}",
        f"{stranger_address}:{LISTENER_PORT}",
        *service_targets(root, "proxy"),
        *service_targets(root, "adapter"),
    }
    with socket.create_server((host, port)):
        assert orthanc.reached(needed | forbidden) == needed
    assert neighbour.reached(kubernetes_api(root.kubectl)), "the API server answers those who may ask"


@pytest.fixture
def stranger_address(stranger: Source, namespace: Kubectl) -> str:  # noqa: ARG001 (the pod must run)
    return address_of(namespace, FOREIGN)


def kubernetes_api(kubectl: Kubectl) -> set[str]:
    return {f"{kubectl.within('default').require('service', 'kubernetes')['spec']['clusterIP']}:443"}


def test_the_proxy_reaches_orthanc_only(root: Running, targets: Targets) -> None:
    proxy = pod_source(root.kubectl, f"deploy/{root.stack.name}-proxy")
    tried = targets.closed | kubernetes_api(root.kubectl) | service_targets(root, "adapter")
    own = {f"{pod['status']['podIP']}" for pod in pods_of(root) if component(pod) == "proxy"}
    orthanc = {pod["status"]["podIP"] for pod in pods_of(root) if component(pod) == "orthanc"}
    reached = {target for target in proxy.reached(tried) if target.split(":")[0] not in own}
    assert reached == {
        *service_targets(root, "orthanc"),
        *(target for target in targets.closed if target.split(":")[0] in orthanc),
    }


def test_the_database_reaches_nothing(root: Running, neighbour: Source, targets: Targets) -> None:  # noqa: ARG001
    database = pod_source(root.kubectl, f"{root.stack.name}-postgres-0")
    own = service_targets(root, "postgres") | {
        f"{pod['status']['podIP']}:5432" for pod in pods_of(root) if component(pod) == "postgres"
    }
    foreign = f"{address_of(root.kubectl, FOREIGN)}:{LISTENER_PORT}"
    assert database.reached((targets.all - own) | kubernetes_api(root.kubectl) | {foreign}) == set()


def test_without_policies_everything_is_open(shaken: Running, stranger: Source) -> None:
    closed = targets_of(shaken)
    assert stranger.reached(closed.all) == closed.open
    open_spec = {"proxy": {"users": {"secretName": "staff"}}, "networkPolicy": {"enabled": False}}
    put(shaken.kubectl, resource(shaken.stack.name, open_spec))
    wait_ready(shaken.stack)
    opened = targets_of(shaken.again())
    until(lambda: stranger.reached(opened.all) == opened.all, "every port of the archive to be reached", 60)


def test_nft_takes_every_kind_of_rule(ground: Ground) -> None:
    if not ground.local:
        pytest.skip("nftables is installed with the local cluster: run without KUBECONFIG")
    block = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "10.1.0.0/16"]}
    ports = [{"port": 80}, {"port": 8000, "endPort": 9000}, {"protocol": "SCTP"}, {"port": "http", "protocol": "TCP"}]
    every = [{"from": [{"ipBlock": block}, {"podSelector": {}}], "ports": ports}, {}]
    pods = [policy_objects.pod("home/web", "10.244.0.2", ports=[{"name": "http", "containerPort": 80}])]
    home = policy_objects.namespace("home")
    policy = policy_objects.policy("home/p", ingress=every, egress=[{"ports": ports}])
    for text in (translate(pods, [home], [policy]), translate([], [], [])):
        command = ["unshare", "--net", "nft", "-f", "-"]
        outcome = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, outcome.stderr
