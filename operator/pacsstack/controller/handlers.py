"""Kopf's handlers, as thin as they can be: whatever happens to a stack or a child, its stack is to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import kopf

from pacsstack.controller.queue import Key, WorkQueue
from pacsstack.controller.resources import CHILD_KINDS, PACSSTACK, POD, ResourceKind
from pacsstack.render.names import STACK_LABEL

if TYPE_CHECKING:
    from pacsstack.controller.delivery import Delivery


def registry_for(queue: WorkQueue, delivery: Delivery, *, in_cluster: bool) -> kopf.OperatorRegistry:
    """Return the handlers that feed this queue, and tell what the watch of the stacks has delivered."""
    registry = kopf.OperatorRegistry()
    login = kopf.login_with_service_account if in_cluster else kopf.login_with_kubeconfig
    kopf.on.login(registry=registry)(login)
    _on_stack(registry, queue, delivery)
    for kind in (*CHILD_KINDS, POD):
        _on_child(registry, kind, queue)
    return registry


def _on_stack(registry: kopf.OperatorRegistry, queue: WorkQueue, delivery: Delivery) -> None:
    @kopf.on.event(PACSSTACK.group, PACSSTACK.version, PACSSTACK.plural, registry=registry)
    async def stack_changed(event: kopf.RawEvent, **_: object) -> None:
        metadata = event["object"]["metadata"]
        delivery.delivered(metadata, deleted=event["type"] == "DELETED")
        queue.add(Key(metadata["namespace"], metadata["name"]))


def _on_child(registry: kopf.OperatorRegistry, kind: ResourceKind, queue: WorkQueue) -> None:
    @kopf.on.event(kind.group, kind.version, kind.plural, registry=registry, id=f"{kind.plural}_changed")
    async def child_changed(event: kopf.RawEvent, **_: object) -> None:
        metadata = event["object"]["metadata"]
        name = metadata.get("labels", {}).get(STACK_LABEL)
        if name:
            queue.add(Key(metadata["namespace"], name))
