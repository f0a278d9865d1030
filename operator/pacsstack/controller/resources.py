"""The kinds of objects that the operator reads and writes, without asking the API server what it knows.

A fixed table instead of discovery: no requests at start, no cache file, and a kind that is missing here cannot be
written by mistake. Each kind needs its line in the operator's ClusterRole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pacsstack.spec.base import API_GROUP, API_VERSION, KIND, PLURAL

Object = dict[str, Any]
"""A Kubernetes object as JSON."""


@dataclass(frozen=True)
class ResourceKind:
    """One kind of object, as its address in the API is made."""

    group: str
    version: str
    kind: str
    plural: str

    @property
    def api_version(self) -> str:
        """The value of `apiVersion` in objects of this kind."""
        return f"{self.group}/{self.version}" if self.group else self.version


PACSSTACK = ResourceKind(API_GROUP, API_VERSION, KIND, PLURAL)
SECRET = ResourceKind("", "v1", "Secret", "secrets")
CONFIG_MAP = ResourceKind("", "v1", "ConfigMap", "configmaps")
SERVICE_ACCOUNT = ResourceKind("", "v1", "ServiceAccount", "serviceaccounts")
VOLUME_CLAIM = ResourceKind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
SERVICE = ResourceKind("", "v1", "Service", "services")
POD = ResourceKind("", "v1", "Pod", "pods")
STATEFUL_SET = ResourceKind("apps", "v1", "StatefulSet", "statefulsets")
DEPLOYMENT = ResourceKind("apps", "v1", "Deployment", "deployments")
NETWORK_POLICY = ResourceKind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies")
DISRUPTION_BUDGET = ResourceKind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
EVENT = ResourceKind("events.k8s.io", "v1", "Event", "events")
LEASE = ResourceKind("coordination.k8s.io", "v1", "Lease", "leases")

CHILD_KINDS = (
    SECRET,
    CONFIG_MAP,
    SERVICE_ACCOUNT,
    VOLUME_CLAIM,
    SERVICE,
    STATEFUL_SET,
    DEPLOYMENT,
    NETWORK_POLICY,
    DISRUPTION_BUDGET,
)
"""What a stack is made of."""

WORKLOADS = ("StatefulSet", "Deployment")
"""Kinds that start pods. They come last, so that what their pods mount is there."""

NEVER_PRUNED = ("PersistentVolumeClaim", "Secret")
"""Kinds that hold data or credentials: they stay even when nothing wants them any more."""

_BY_NAME = {
    (kind.api_version, kind.kind): kind for kind in (*CHILD_KINDS, PACSSTACK, POD, EVENT, LEASE)
}  # fmt: skip

Identity = tuple[str, str]
"""Kind and name: what tells children of one stack apart."""


def kind_of(item: Object) -> ResourceKind:
    """Return the kind of an object.

    Raises:
        LookupError: the kind is not in the table above.
    """
    found = _BY_NAME.get((item["apiVersion"], item["kind"]))
    if found is None:
        raise LookupError(
            f"{item['apiVersion']} {item['kind']} is no kind that the operator handles: add it to resources.py"
        )
    return found


def identity(item: Object) -> Identity:
    """Return what tells this child from the others of its stack."""
    return item["kind"], item["metadata"]["name"]
