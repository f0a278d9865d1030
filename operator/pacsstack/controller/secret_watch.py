"""Watch the Secrets that users made, by their metadata alone, and look at the stacks that name one that changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacsstack.controller.errors import ExpiredError, TransientError
from pacsstack.controller.resources import SECRET
from pacsstack.controller.waiting import Backoff
from pacsstack.render.names import MANAGED_BY

if TYPE_CHECKING:
    from pacsstack.controller.client import Cluster
    from pacsstack.controller.queue import WorkQueue
    from pacsstack.controller.references import ReferenceIndex

logger = logging.getLogger(__name__)

NOT_OURS = f"app.kubernetes.io/managed-by!={MANAGED_BY}"
"""Our own Secrets are children, which Kopf watches."""


class SecretWatch:
    """Follows the Secrets of one namespace, or of all with None."""

    def __init__(self, cluster: Cluster, index: ReferenceIndex, queue: WorkQueue, namespace: str | None) -> None:
        """Put what has to be looked at into the queue."""
        self._cluster = cluster
        self._index = index
        self._queue = queue
        self._namespace = namespace

    async def run(self) -> None:
        """Follow until cancelled; after a gap every stack that names a Secret is looked at."""
        backoff = Backoff()
        version = ""
        while True:
            try:
                version = await self._follow(version)
                backoff.reset()
            except ExpiredError:
                version = ""
            except TransientError as error:
                logger.warning("the watch of Secrets broke and is opened again: %s", error)
                version = ""
                await backoff.sleep()

    async def _follow(self, version: str) -> str:
        """Read one watch to its end, and return the version to go on from."""
        if not version:
            _, version = await self._cluster.metadata(SECRET, self._namespace, NOT_OURS)
            for key in self._index.everyone():
                self._queue.add(key)
        async for kind, metadata in self._cluster.watch_metadata(SECRET, self._namespace, NOT_OURS, version):
            version = metadata["resourceVersion"]
            if kind != "BOOKMARK":
                for key in self._index.stacks(metadata["namespace"], metadata["name"]):
                    self._queue.add(key)
        return version
