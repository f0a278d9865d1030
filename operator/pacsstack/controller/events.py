"""Tell about transitions in Events, and about nothing else.

Source of the form: kubernetes.io, API reference, events.k8s.io/v1 Event.
"""

from __future__ import annotations

import logging
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacsstack.controller.errors import ApiError
from pacsstack.controller.resources import EVENT, PACSSTACK, Object
from pacsstack.spec.base import API_GROUP
from pacsstack.spec.status import Reason

if TYPE_CHECKING:
    from pacsstack.controller.client import Cluster
    from pacsstack.controller.status import Condition

logger = logging.getLogger(__name__)

CONTROLLER = f"{API_GROUP}/operator"
LONGEST_NOTE = 1024
"""Bytes that the API server takes in an Event's note."""

_NORMAL = frozenset({Reason.AS_DESIRED, Reason.PROGRESSING, Reason.WAITING_FOR_POSTGRES, Reason.PAUSED})


def event_of(stack: Object, condition: Condition, now: datetime) -> Object:
    """Return the Event that tells of one condition's transition."""
    metadata = stack["metadata"]
    return {
        "apiVersion": EVENT.api_version,
        "kind": EVENT.kind,
        "metadata": {"name": f"{metadata['name']}.{time.time_ns():x}", "namespace": metadata["namespace"]},
        "eventTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "type": "Normal" if condition["reason"] in _NORMAL else "Warning",
        "reason": condition["reason"],
        "action": "Reconcile",
        "note": _shortened(f"{condition['type']} is {condition['status']}: {condition['message']}"),
        "regarding": {
            "apiVersion": PACSSTACK.api_version,
            "kind": PACSSTACK.kind,
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
        },
        "reportingController": CONTROLLER,
        "reportingInstance": socket.gethostname()[:128],
    }


async def tell(cluster: Cluster, stack: Object, news: list[Condition], now: datetime) -> None:
    """Post an Event for each transition; the status says the same, so a lost Event is worth a warning only."""
    for condition in news:
        try:
            await cluster.create(event_of(stack, condition, now))
        except ApiError as error:
            logger.warning("the Event about %s could not be posted: %s", condition["type"], error)


def _shortened(note: str) -> str:
    return note.encode()[:LONGEST_NOTE].decode(errors="ignore")
