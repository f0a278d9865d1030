"""Which Lease an operator wants, and under which name."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from pacsstack.controller.lease import Candidate
from pacsstack.manifests.operator import DEFAULT_NAMESPACE, LEASE_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def candidate(namespaces: Sequence[str], *, in_cluster: bool) -> Candidate:
    """Return which Lease keeps operators that serve the same namespaces apart.

    Inside the cluster it is in the operator's own namespace. Outside it is where an operator in the cluster usually has
    it, or in the first of the served namespaces. Operators whose namespaces overlap in part are not kept apart.
    """
    if in_cluster:
        return Candidate(_OWN_NAMESPACE.read_text().strip(), LEASE_NAME, socket.gethostname())
    # A pod's host name is its own, and a restarted container may go on with the Lease of its predecessor at once.
    # Elsewhere several operators may share a host.
    identity = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return Candidate(min(namespaces, default=DEFAULT_NAMESPACE), LEASE_NAME, identity)
