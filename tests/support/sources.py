"""Places that connections come from: pods, and machines outside the cluster."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from localcluster.demo.kubectl import Kubectl, Object

SECONDS = 4
"""How long a connection may take. What policies refuse is dropped, so that nothing but patience tells."""
KNOCK = f"""
for target in "$@"; do
  (timeout {SECONDS} bash -c "exec 3<>/dev/tcp/${{target/://}}" 2>/dev/null && echo "$target") &
done
wait
"""
LISTENER_PORT = 7000
LISTENER = f"""
use IO::Socket::INET;
my $listener = IO::Socket::INET->new(LocalPort => {LISTENER_PORT}, Listen => 16, ReuseAddr => 1) or die "$!";
while (my $client = $listener->accept()) {{ close $client; }}
"""


@dataclass(frozen=True)
class Source:
    """Where a shell runs that tries connections."""

    run: Callable[[list[str]], str]

    def reached(self, targets: Iterable[str]) -> set[str]:
        """Return those of the targets, written HOST:PORT, that a TCP connection is established to."""
        return set(self.run(["bash", "-c", KNOCK, "knock", *targets]).split())


def pod_source(kubectl: Kubectl, pod: str) -> Source:
    """Return a pod whose image has bash; `pod` is its name, or a workload as in `deploy/web`."""
    return Source(lambda command: kubectl.run("exec", pod, "--", *command))


@contextmanager
def machine(network: str) -> Iterator[Source]:
    """Give a machine outside the cluster: a network namespace whose gateway is the node.

    Its address is the second host of the /30 that `network` names by its first three octets and a dot.
    """
    name = f"pacs-{uuid.uuid4().hex[:6]}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("address", "add", f"{network}1/30", "dev", name)
        _ip("link", "set", name, "up")
        _ip("-n", name, "address", "add", f"{network}2/30", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "route", "add", "default", "via", f"{network}1")
        yield Source(lambda command: _ip("netns", "exec", name, *command))
    finally:
        _ip("netns", "delete", name)


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def listening_pod(name: str, image: str) -> Object:
    """Return a pod that listens on LISTENER_PORT; the image has bash and perl, as the one of PostgreSQL does."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 999,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [_container(image)],
        },
    }


def _container(image: str) -> Object:
    return {
        "name": "listener",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["perl", "-e", LISTENER],
        "readinessProbe": {"tcpSocket": {"port": LISTENER_PORT}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
