"""The names of a stack's children, and the labels that tell whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.spec.base import API_GROUP

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack

MANAGED_BY = "pacsstack"
FIELD_MANAGER = "pacsstack"
STACK_LABEL = f"{API_GROUP}/stack"
"""The label with the name of the PacsStack: the operator watches and prunes by it."""


def child(stack: PacsStack, component: str) -> str:
    """Return the name of a child, such as `demo-orthanc`."""
    return f"{stack.metadata.name}-{component}"


def selector(stack: PacsStack, component: str) -> dict[str, str]:
    """Return the labels that pods of one component carry and that never change."""
    return {STACK_LABEL: stack.metadata.name, "app.kubernetes.io/component": component}


def labels(stack: PacsStack, component: str) -> dict[str, str]:
    """Return all labels of a child (kubernetes.io, "Recommended Labels")."""
    return {
        **selector(stack, component),
        "app.kubernetes.io/name": "pacsstack",
        "app.kubernetes.io/instance": stack.metadata.name,
        "app.kubernetes.io/managed-by": MANAGED_BY,
    }


def service_host(stack: PacsStack, component: str) -> str:
    """Return the DNS name of a component's Service inside the cluster."""
    return f"{child(stack, component)}.{stack.metadata.namespace}.svc"
