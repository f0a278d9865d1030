"""Run the operator: Kopf watches, workers reconcile, a slow list proves that the watch lives."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import kopf

from pacsstack.controller.client import Cluster
from pacsstack.controller.delivery import Delivery
from pacsstack.controller.errors import ApiError, DefectError, NotFoundError, TransientError
from pacsstack.controller.handlers import registry_for
from pacsstack.controller.health import serve_health
from pacsstack.controller.lease import Candidate, Election, Mandate
from pacsstack.controller.logs import about
from pacsstack.controller.operator_settings import configure
from pacsstack.controller.periods import Periods
from pacsstack.controller.queue import Key, WorkQueue
from pacsstack.controller.reconcile import Reconciler
from pacsstack.controller.references import ReferenceIndex
from pacsstack.controller.resources import PACSSTACK
from pacsstack.controller.secret_watch import SecretWatch
from pacsstack.controller.version import OPERATOR_VERSION
from pacsstack.controller.waiting import Backoff
from pacsstack.render.inputs import DEFAULT_IMAGES, Images

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

logger = logging.getLogger(__name__)

WORKERS = 4
"""Passes at the same time; each is mostly waiting for the API server, and holds one stack in memory."""


@dataclass(frozen=True)
class Options:
    """How the operator is run. No namespaces means all of them; no kubeconfig means the pod's ServiceAccount."""

    namespaces: Sequence[str] = ()
    kubeconfig: str | None = None
    health_port: int = 8080
    candidate: Candidate | None = None
    """Which Lease to hold while writing; None writes without one."""
    periods: Periods = field(default_factory=Periods)


def images_from(environment: Mapping[str, str]) -> Images:
    """Return the images of `RELATED_IMAGE_ORTHANC` and so on, and the defaults for the rest."""
    named = {name: environment.get(f"RELATED_IMAGE_{name.upper()}") for name in DEFAULT_IMAGES}
    return Images(**{name: image for name, image in named.items() if image})


async def run_operator(options: Options) -> None:
    """Run until SIGTERM or SIGINT, or until something fails that a restart has to mend."""
    cluster = await Cluster.connect(options.kubeconfig, options.periods)
    try:
        await _wait_for_definition(cluster, options)
        await Operator(cluster, options).run()
    finally:
        await cluster.close()


async def _wait_for_definition(cluster: Cluster, options: Options) -> None:
    """Wait until the API server knows PacsStacks: the definition may be applied in the same breath as the operator."""
    backoff = Backoff()
    namespace = options.namespaces[0] if options.namespaces else None
    while True:
        try:
            await cluster.metadata(PACSSTACK, namespace)
        except NotFoundError:
            logger.warning("the API server does not know PacsStacks: apply the CustomResourceDefinition")
        except TransientError as error:
            logger.warning("the API server does not answer yet: %s", error)
        else:
            return
        await backoff.sleep()


@dataclass
class Operator:
    """All that runs at the same time."""

    cluster: Cluster
    options: Options
    references: ReferenceIndex = field(default_factory=ReferenceIndex)

    def __post_init__(self) -> None:
        """Make the queue, the reconciler and what permits it to write."""
        self._clock = asyncio.get_running_loop().time
        self._periods = self.options.periods
        self._delivery = Delivery(self._periods.late)
        self._mandate = Mandate()
        self._election = self._candidacy()
        self._queue = WorkQueue(self._clock)
        self._reconciler = Reconciler(self.cluster, images_from(os.environ), self.references, lambda: datetime.now(UTC))

    async def run(self) -> None:
        """Run everything; when Kopf ends, by a signal or a failure, or anything fails, all ends."""
        logger.info("PacsStack operator %s starts", OPERATOR_VERSION)
        tasks = [asyncio.create_task(one) for one in self._background()]
        await asyncio.sleep(0)
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait([watching, *tasks], return_when=asyncio.FIRST_COMPLETED)
            failed = [task for task in (watching, *tasks) if task.done() and not task.cancelled() and task.exception()]
            for task in failed:
                await task
        finally:
            await _cancelled([watching, *tasks])
            if self._election is not None:
                await self._election.release()
            logger.info("PacsStack operator ends")

    def _candidacy(self) -> Election | None:
        if self.options.candidate is None:
            self._mandate.grant()
            return None
        return Election(self.cluster, self.options.candidate, self._mandate, self._periods, self._clock)

    def _namespaces(self) -> list[str | None]:
        return [*self.options.namespaces] or [None]

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        return [
            *([self._election.run()] if self._election is not None else []),
            *(self._work() for _ in range(WORKERS)),
            *(
                SecretWatch(self.cluster, self.references, self._queue, namespace).run()
                for namespace in self._namespaces()
            ),
            self._compare(),
            serve_health(self._ailment, self.options.health_port),
        ]

    async def _watch(self) -> None:
        settings = kopf.OperatorSettings()
        configure(settings, self._periods)
        registry = registry_for(self._queue, self._delivery, in_cluster=self.options.kubeconfig is None)
        await kopf.operator(
            registry=registry,
            settings=settings,
            clusterwide=not self.options.namespaces,
            namespaces=list(self.options.namespaces),
        )

    async def _work(self) -> None:
        while True:
            key = await self._queue.get()
            with about(key):
                try:
                    await self._mandate.wait()
                    await self._pass(key)
                finally:
                    self._queue.done(key)

    async def _pass(self, key: Key) -> None:
        try:
            async with asyncio.timeout(self._periods.one_pass), self._mandate.in_force():
                outcome = await self._reconciler.reconcile(key)
        except (ApiError, DefectError, TimeoutError) as error:
            delay = self._queue.failed(key, getattr(error, "retry_after", 0.0))
            logger.warning(
                "the pass is repeated in %.1f s: %s", delay, error or "it took too long, or the Lease was lost"
            )
            return
        self._queue.succeeded(key)
        if outcome.gone:
            self._queue.forget(key)
            return
        interval = self._periods.resync if outcome.ready else self._periods.unready_resync
        # Jitter spreads the fleet over the interval.
        self._queue.add(key, interval * (0.9 + random.random() / 5))  # noqa: S311

    async def _compare(self) -> None:
        while True:
            await asyncio.sleep(self._periods.comparison)
            try:
                listed = await self._list()
            except ApiError as error:
                logger.warning("the stacks could not be listed to compare them with the watch: %s", error)
                continue
            for key in self._delivery.compare(listed, self._clock()):
                self._queue.add(key)

    async def _list(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for namespace in self._namespaces():
            items, _ = await self.cluster.metadata(PACSSTACK, namespace)
            found += items
        return found

    def _ailment(self) -> str | None:
        behind = self._delivery.stalled(self._clock())
        return None if behind is None else f"the watch of PacsStacks has delivered nothing new for {behind:.0f} s"


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
