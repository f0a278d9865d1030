"""Write the status when it says something new, and Events when a condition changes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacsstack.controller.events import tell
from pacsstack.controller.status import (
    Condition,
    Standing,
    status_of,
    status_patch,
    transitions,
    unknown_verdicts,
    with_problems,
    with_ready,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pacsstack.controller.client import Cluster
    from pacsstack.controller.problems import Problem
    from pacsstack.controller.resources import Object

logger = logging.getLogger(__name__)


class Reporter:
    """Reports on stacks; the clock gives the time of transitions."""

    def __init__(self, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        """Report to this cluster."""
        self._cluster = cluster
        self._clock = clock

    async def report(self, raw: Object, standing: Standing) -> None:
        """Make the status of a stack say how it stands."""
        before = raw.get("status", {})
        previous: Sequence[Condition] = before.get("conditions", [])
        now = self._clock()
        status = status_of(standing, raw["metadata"]["generation"], previous, now)
        if status == before:
            return
        await self._cluster.apply(status_patch(raw, status), "status")
        news = transitions(previous, status)
        for condition in news:
            logger.info("%s is %s: %s", condition["type"], condition["status"], condition["reason"])
        await tell(self._cluster, raw, news, now)

    async def report_invalid(self, raw: Object, problems: Sequence[Problem]) -> None:
        """Say what is wrong with a spec that nothing can be made of; the rest of the status stays."""
        before = raw.get("status", {})
        verdicts = with_problems(unknown_verdicts(before.get("conditions", [])), problems)
        standing = Standing(with_ready(verdicts, paused=False), before.get("endpoints", {}), before.get("versions", {}))
        await self.report(raw, standing)
