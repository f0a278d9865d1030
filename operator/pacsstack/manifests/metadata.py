"""What every child of a stack carries: name, labels, owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pacsstack.render.names import child, labels
from pacsstack.spec.base import API_GROUP, API_VERSION, KIND
from pacsstack.spec.stack import DeletionPolicy

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack

Manifest = dict[str, Any]
"""A Kubernetes object as the API server takes it."""


def metadata(
    stack: PacsStack,
    component: str,
    *,
    suffix: str | None = None,
    annotations: Mapping[str, str] | None = None,
    outlives: bool = False,
) -> Manifest:
    """Return the metadata of a child.

    Args:
        stack: Whose child it is.
        component: What it belongs to.
        suffix: The end of its name, when that is not the component.
        annotations: Annotations, if any.
        outlives: Whether it holds data or credentials, which `deletionPolicy: Retain` keeps when the resource goes.
    """
    result: Manifest = {
        "name": child(stack, suffix or component),
        "namespace": stack.metadata.namespace,
        "labels": labels(stack, component),
    }
    if annotations:
        result["annotations"] = dict(annotations)
    kept = outlives and stack.spec.deletion_policy == DeletionPolicy.RETAIN
    if stack.metadata.uid and not kept:
        result["ownerReferences"] = [_owner(stack)]
    return result


def _owner(stack: PacsStack) -> Manifest:
    return {
        "apiVersion": f"{API_GROUP}/{API_VERSION}",
        "kind": KIND,
        "name": stack.metadata.name,
        "uid": stack.metadata.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
