"""The operator's own objects, with the least rights that it works with. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacsstack.spec.base import API_GROUP, PLURAL
from pacsstack.spec.crd import build_crd

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_NAMESPACE = "pacsstack-system"
NAME = "pacsstack-operator"
HEALTH_PORT = 8080
LEASE_NAME = NAME
"""The Lease by which of several operators one works (kubernetes.io, "Leases")."""
USER = 65532
"""The user and group that the image's processes run as."""

_LABELS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/managed-by": NAME}
_SELECTOR = {"app.kubernetes.io/name": NAME}

_READ = ["list", "watch"]
_APPLY = ["create", "patch"]

Rule = dict[str, list[str]]


def build_operator(image: str, namespace: str, related_images: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return everything that installs the operator, in the order in which it is applied.

    `related_images` replaces the default image of components, by their names.
    """
    return [
        build_namespace(namespace),
        build_crd(),
        build_service_account(namespace),
        build_cluster_role(),
        build_cluster_role_binding(namespace),
        build_lease_role(namespace),
        build_lease_role_binding(namespace),
        build_network_policy(namespace),
        build_deployment(image, namespace, related_images),
    ]


def build_namespace(namespace: str) -> dict[str, Any]:
    """Return the operator's namespace, which admits restricted pods only (kubernetes.io, "Pod Security Standards")."""
    labels = {**_LABELS, "pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}


def build_service_account(namespace: str) -> dict[str, Any]:
    """Return the account whose token the operator's pod alone mounts."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _metadata(namespace),
        "automountServiceAccountToken": False,
    }


def build_cluster_role() -> dict[str, Any]:
    """Return the operator's rights.

    Volume claims and Secrets are never deleted, so there is no right to. Server-side apply needs `create` beside
    `patch` for an object that is not there yet.
    """
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": NAME, "labels": _LABELS},
        "rules": [
            _rule(API_GROUP, [PLURAL], ["get", *_READ]),
            _rule(API_GROUP, [f"{PLURAL}/status"], ["patch"]),
            # Owner references that block deletion ask for this where OwnerReferencesPermissionEnforcement is on.
            _rule(API_GROUP, [f"{PLURAL}/finalizers"], ["update"]),
            _rule("", ["secrets"], ["get", *_READ, *_APPLY]),
            _rule("", ["persistentvolumeclaims"], [*_READ, *_APPLY]),
            _rule("", ["configmaps", "serviceaccounts", "services"], [*_READ, *_APPLY, "delete"]),
            _rule("", ["pods"], _READ),
            _rule("apps", ["deployments", "statefulsets"], [*_READ, *_APPLY, "delete"]),
            _rule("networking.k8s.io", ["networkpolicies"], [*_READ, *_APPLY, "delete"]),
            _rule("policy", ["poddisruptionbudgets"], [*_READ, *_APPLY, "delete"]),
            _rule("events.k8s.io", ["events"], ["create"]),
        ],
    }


def build_cluster_role_binding(namespace: str) -> dict[str, Any]:
    """Return what gives the rights to the operator's account."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": NAME, "labels": _LABELS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
    }


def build_lease_role(namespace: str) -> dict[str, Any]:
    """Return the right to the operator's own Lease; `create` cannot be bound to a name (kubernetes.io, "RBAC")."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": _metadata(namespace),
        "rules": [
            _rule("coordination.k8s.io", ["leases"], ["create"]),
            {**_rule("coordination.k8s.io", ["leases"], ["get", "patch"]), "resourceNames": [LEASE_NAME]},
        ],
    }


def build_lease_role_binding(namespace: str) -> dict[str, Any]:
    """Return what gives the right to the Lease to the operator's account."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(namespace),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
    }


def build_network_policy(namespace: str) -> dict[str, Any]:
    """Return the policy by which nothing but a node's probes, which policies let through, reaches the operator."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _metadata(namespace),
        "spec": {"podSelector": {"matchLabels": _SELECTOR}, "policyTypes": ["Ingress"]},
    }


def build_deployment(image: str, namespace: str, related_images: Mapping[str, str]) -> dict[str, Any]:
    """Return the Deployment: one replica that ends before its successor starts, so that never two of them write."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(namespace),
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": _SELECTOR},
            "template": {"metadata": {"labels": _LABELS}, "spec": _pod(image, related_images)},
        },
    }


def _pod(image: str, related_images: Mapping[str, str]) -> dict[str, Any]:
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 15,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image, related_images)],
    }


def _container(image: str, related_images: Mapping[str, str]) -> dict[str, Any]:
    health = {"httpGet": {"path": "/healthz", "port": "health"}}
    return {
        "name": "operator",
        "image": image,
        "args": ["operator", "run", "--health-port", str(HEALTH_PORT)],
        "env": [
            {"name": f"RELATED_IMAGE_{name.upper()}", "value": value} for name, value in sorted(related_images.items())
        ],
        "ports": [{"name": "health", "containerPort": HEALTH_PORT}],
        "livenessProbe": {**health, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 3},
        "readinessProbe": {**health, "periodSeconds": 5, "timeoutSeconds": 5},
        "startupProbe": {**health, "periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 120},
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _metadata(namespace: str) -> dict[str, Any]:
    return {"name": NAME, "namespace": namespace, "labels": _LABELS}


def _rule(group: str, resources: list[str], verbs: list[str]) -> Rule:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
