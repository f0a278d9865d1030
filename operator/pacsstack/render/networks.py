"""IPv4 networks and hosts in the form that Kubernetes, nginx and comparison agree on."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network


def canonical_network(cidr: str) -> str:
    """Return a network without host bits and leading zeros: `10.020.1.7/16` is `10.20.0.0/16`.

    nginx warns about host bits, and the API server refuses leading zeros, so neither may reach them.
    """
    address, prefix = cidr.split("/")
    plain = ".".join(str(int(octet)) for octet in address.split("."))
    return str(IPv4Network(f"{plain}/{prefix}", strict=False))


def canonical_networks(cidrs: Iterable[str]) -> list[str]:
    """Return each network once, sorted by address."""
    return [str(network) for network in sorted({IPv4Network(canonical_network(cidr)) for cidr in cidrs})]


def is_address(host: str) -> bool:
    """Tell whether a host is written as an IPv4 address rather than as a name."""
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True
