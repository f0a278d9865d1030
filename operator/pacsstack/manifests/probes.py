"""Probes of containers. Liveness is a TCP connection, so that no outage elsewhere restarts a healthy pod."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacsstack.manifests.metadata import Manifest

PATIENCE_SECONDS = 1800
"""How long a start may take: a database may have to be recovered, or its schema changed."""


def tcp_probe(port: int, *, period: int = 10, failures: int = 6) -> Manifest:
    """Return a probe that connects."""
    return {"tcpSocket": {"port": port}, **_timing(period, failures, 3)}


def http_probe(path: str, port: int, *, period: int = 10, failures: int = 6) -> Manifest:
    """Return a probe that asks by HTTP."""
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}, **_timing(period, failures, 5)}


def command_probe(command: Sequence[str], *, period: int = 5, failures: int = 6) -> Manifest:
    """Return a probe that runs a command in the container."""
    return {"exec": {"command": list(command)}, **_timing(period, failures, 10)}


def startup(probe: Manifest) -> Manifest:
    """Return the same probe for the time before the first success: asked often, with patience."""
    return {**probe, "periodSeconds": 2, "failureThreshold": PATIENCE_SECONDS // 2}


def _timing(period: int, failures: int, timeout: int) -> Manifest:
    return {"periodSeconds": period, "failureThreshold": failures, "timeoutSeconds": timeout}
