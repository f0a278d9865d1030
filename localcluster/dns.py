"""CoreDNS: how it is started, and when pods get answers."""

import secrets
import socket
import struct

from localcluster.build import program
from localcluster.processes import Processes, Program
from localcluster.settings import (
    CLUSTER_DOMAIN,
    DNS_PORT,
    DNS_READY_PORT,
    DNS_SERVICE_ADDRESS,
    NODE_ADDRESS,
    Settings,
)
from localcluster.templates import write_from_template
from localcluster.waiting import wait_for

_HEADER = struct.Struct("!HHHHHH")
_RECURSION_DESIRED = 0x0100
_TYPE_A_CLASS_IN = struct.pack("!HH", 1, 1)
_RCODE = 0x000F


def coredns(settings: Settings) -> Program:
    """The cluster's name server: the cluster's names, then those in `.local/cluster/hosts`; nobody else is asked."""
    settings.hosts.touch()
    corefile = write_from_template(
        "Corefile.j2",
        settings.configuration / "Corefile",
        address=NODE_ADDRESS,
        port=DNS_PORT,
        ready_port=DNS_READY_PORT,
        domain=CLUSTER_DOMAIN,
        hosts=settings.hosts,
        kubeconfig=settings.certificates / "coredns.kubeconfig",
    )
    return Program("coredns", (str(program("coredns")), "-conf", str(corefile)))


def wait_for_dns(processes: Processes) -> None:
    """Return once a name is answered at the address that pods ask, which needs kube-proxy as well."""
    name = f"kubernetes.default.svc.{CLUSTER_DOMAIN}"
    wait_for(
        lambda: resolves(name, (DNS_SERVICE_ADDRESS, 53)),
        f"{DNS_SERVICE_ADDRESS} answers the address of {name}",
        60,
        lambda: processes.require("coredns"),
    )


def resolves(name: str, server: tuple[str, int]) -> bool:
    """Whether a name server answers an A query (RFC 1035, section 4) with at least one record."""
    identifier = secrets.randbits(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(server)
            connection.send(query(name, identifier))
            answer = connection.recv(512)
        except OSError:
            return False
    return answered(answer, identifier)


def query(name: str, identifier: int) -> bytes:
    """The bytes of an A query."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return _HEADER.pack(identifier, _RECURSION_DESIRED, 1, 0, 0, 0) + labels + b"\0" + _TYPE_A_CLASS_IN


def answered(message: bytes, identifier: int) -> bool:
    """Whether a message is the answer to our query, without an error and with a record."""
    if len(message) < _HEADER.size:
        return False
    found, flags, _, answers, _, _ = _HEADER.unpack_from(message)
    return bool(found == identifier and not flags & _RCODE and answers)
