"""Write the children that differ, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pacsstack.controller.components import COMPONENT_LABEL, CONDITIONS
from pacsstack.controller.differs import difference
from pacsstack.controller.errors import ApiError, RefusedError
from pacsstack.controller.problems import Problem
from pacsstack.controller.redaction import redacted
from pacsstack.controller.resources import Identity, Object, identity
from pacsstack.spec.status import ConditionType, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacsstack.controller.client import Cluster

logger = logging.getLogger(__name__)

Place = tuple[str, str, str]
"""Namespace, kind and name."""


@dataclass
class Applied:
    """What came of a round of applies."""

    objects: dict[Identity, Object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Applier:
    """Applies objects, and remembers those that the cluster changes back, such as by an admission webhook.

    An object of which something is changed back would differ at every pass and be written at every pass. It is
    remembered as it came back, and left alone while it stays so.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Start with nothing remembered; a restarted operator writes such an object once."""
        self._cluster = cluster
        self._settled: dict[Place, str] = {}

    def to_apply(self, desired: Sequence[Object], live: dict[Identity, Object]) -> list[Object]:
        """Return the objects that have to be written."""
        return [item for item in desired if self._differs(item, live.get(identity(item)))]

    async def apply(self, objects: Sequence[Object]) -> Applied:
        """Apply all of them at once; a refused one does not keep the others from being tried.

        Raises:
            TransientError, NotFoundError: the pass has to be repeated, or the namespace is gone.
        """
        answers = await asyncio.gather(*(self._apply(item) for item in objects), return_exceptions=True)
        result = Applied()
        for item, answer in zip(objects, answers, strict=True):
            if isinstance(answer, RefusedError):
                result.problems.append(refusal(item, answer))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                result.objects[identity(item)] = answer
        return result

    def forget(self, namespace: str, stack: str) -> None:
        """Drop what is remembered of a stack's children."""
        for place in [one for one in self._settled if one[0] == namespace and one[2].startswith(f"{stack}-")]:
            del self._settled[place]

    async def _apply(self, item: Object) -> Object:
        answer = await self._cluster.apply(item)
        place = _place(item)
        remaining = difference(item, answer)
        if remaining is None:
            self._settled.pop(place, None)
        else:
            logger.warning(
                "%s %s: the cluster changes %s back; left so", item["kind"], item["metadata"]["name"], remaining
            )
            self._settled[place] = _digest(item, answer)
        return answer

    def _differs(self, item: Object, live: Object | None) -> bool:
        found = difference(item, live)
        if found is None:
            return False
        if live is not None and self._settled.get(_place(item)) == _digest(item, live):
            return False
        logger.info("%s %s is applied, for this differs: %s", item["kind"], item["metadata"]["name"], found)
        return True


def _place(item: Object) -> Place:
    return item["metadata"]["namespace"], item["kind"], item["metadata"]["name"]


def _digest(item: Object, live: Object) -> str:
    """Return a digest of what was wanted and of what is there, without what changes by itself."""
    metadata = {key: live["metadata"].get(key) for key in ("labels", "annotations", "ownerReferences")}
    rest = {key: value for key, value in live.items() if key not in ("metadata", "status")}
    text = json.dumps([item, metadata, rest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def refusal(item: Object, error: ApiError) -> Problem:
    """Return the problem of an object that the API server does not take, without any credential in its message."""
    component = item["metadata"].get("labels", {}).get(COMPONENT_LABEL, "")
    condition = CONDITIONS.get(component, ConditionType.READY)
    message = f"the API server refuses {item['kind']} {item['metadata']['name']!r}: {redacted(str(error), item)}"
    return Problem(condition, Reason.APPLY_REFUSED, message, blocking=False)
