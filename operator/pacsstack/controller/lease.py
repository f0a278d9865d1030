"""One operator writes, others wait: by a Lease, as the cluster's own controllers do it.

Source of the fields and of the rules: kubernetes.io, "Leases", and API reference, coordination.k8s.io/v1 Lease.
Clocks of two machines are never compared: who waits measures by its own clock how long the Lease has not changed.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pacsstack.controller.errors import ApiError, NotFoundError, TransientError
from pacsstack.controller.resources import LEASE, Object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pacsstack.controller.client import Cluster
    from pacsstack.controller.periods import Periods

logger = logging.getLogger(__name__)

RELEASE_TIMEOUT = 3.0
"""Seconds that an ending operator takes at most to give its Lease back."""


class Mandate:
    """Whether this operator may write. It starts without; who needs no Lease grants it forever."""

    def __init__(self) -> None:
        """Start without."""
        self._granted = asyncio.Event()
        self._running: set[asyncio.Timeout] = set()

    @property
    def held(self) -> bool:
        """Whether this operator may write now."""
        return self._granted.is_set()

    def grant(self) -> None:
        """Let passes begin."""
        self._granted.set()

    def withdraw(self) -> None:
        """Let no pass begin, and break off those that run."""
        self._granted.clear()
        now = asyncio.get_running_loop().time()
        for limit in self._running:
            limit.reschedule(now)

    async def wait(self) -> None:
        """Wait until this operator may write."""
        await self._granted.wait()

    @asynccontextmanager
    async def in_force(self) -> AsyncIterator[None]:
        """Run a block that ends when the mandate does.

        Raises:
            TimeoutError: the mandate ended first.
        """
        if not self.held:
            raise TimeoutError("another operator has taken over")
        async with asyncio.timeout(None) as limit:
            self._running.add(limit)
            try:
                yield
            finally:
                self._running.discard(limit)


@dataclass(frozen=True)
class Candidate:
    """Who wants which Lease."""

    namespace: str
    lease: str
    identity: str


class Election:
    """Takes the Lease, renews it, and grants the mandate for as long as it is surely held."""

    def __init__(
        self, cluster: Cluster, candidate: Candidate, mandate: Mandate, periods: Periods, clock: Callable[[], float]
    ) -> None:
        """Know nothing of the Lease yet; the clock gives seconds and never runs backwards."""
        self._cluster = cluster
        self._candidate = candidate
        self._mandate = mandate
        self._periods = periods
        self._clock = clock
        self._seen: tuple[str, str] = ("", "")
        self._unchanged_since = 0.0
        self._term_ends = 0.0

    async def run(self) -> None:
        """Take and renew until cancelled."""
        while True:
            renewed = await self._step()
            await asyncio.sleep(self._pause(renewed=renewed))

    async def release(self) -> None:
        """Give the Lease back, so that a successor need not wait. Without the API server it runs out by itself."""
        if not self._mandate.held:
            return
        self._mandate.withdraw()
        try:
            async with asyncio.timeout(RELEASE_TIMEOUT):
                lease = await self._read()
                if lease is not None and _holder(lease) == self._candidate.identity:
                    await self._write(lease, "")
        except (ApiError, TimeoutError) as error:
            logger.warning("the Lease could not be given back and runs out by itself: %s", error or "no answer")

    async def _step(self) -> bool:
        """Return whether the Lease was taken or renewed."""
        asked = self._clock()
        try:
            async with asyncio.timeout(min(self._periods.renewal, self._time_left())):
                taken = await self._take()
        except NotFoundError:
            logger.warning("namespace %s is not there, and so nor is the Lease", self._candidate.namespace)
            self._conclude(held=False)
            return False
        except (TransientError, TimeoutError) as error:
            # Somebody else was faster, or the API server is away: the term goes on until its end.
            logger.warning("the Lease was not renewed: %s", error or "the API server does not answer")
            self._conclude(held=self._mandate.held and self._clock() < self._term_ends)
            return False
        # Counted from before the request: when it was answered says nothing about when it was done.
        self._term_ends = asked + self._periods.term
        self._conclude(held=taken)
        return taken

    def _conclude(self, *, held: bool) -> None:
        if held and not self._mandate.held:
            logger.info("this operator works from now on, as %s", self._candidate.identity)
            self._mandate.grant()
        if not held and self._mandate.held:
            logger.warning("this operator has lost its Lease and waits")
            self._mandate.withdraw()

    def _time_left(self) -> float:
        return max(0.0, self._term_ends - self._clock()) if self._mandate.held else self._periods.renewal

    def _pause(self, *, renewed: bool) -> float:
        return self._periods.renewal if renewed else min(self._periods.candidacy, self._time_left())

    async def _take(self) -> bool:
        """Return whether the Lease is ours now.

        Raises:
            TransientError: somebody else wrote it first, or the API server is away.
            NotFoundError: its namespace is not there.
        """
        lease = await self._read()
        if lease is None:
            await self._cluster.create(self._body(None, self._candidate.identity))
        elif self._may_take(lease):
            await self._write(lease, self._candidate.identity)
        else:
            return False
        return True

    def _may_take(self, lease: Object) -> bool:
        holder, version = _holder(lease), lease["metadata"]["resourceVersion"]
        if (holder, version) != self._seen:
            self._note(holder, version)
        if holder in ("", self._candidate.identity):
            return True
        lasts = float(lease["spec"].get("leaseDurationSeconds", self._periods.lease))
        return self._clock() - self._unchanged_since >= lasts

    def _note(self, holder: str, version: str) -> None:
        if holder != self._seen[0] and holder not in ("", self._candidate.identity):
            logger.info("operator %s works; this one waits until it is gone", holder)
        self._seen, self._unchanged_since = (holder, version), self._clock()

    async def _read(self) -> Object | None:
        return await self._cluster.get(LEASE, self._candidate.namespace, self._candidate.lease)

    async def _write(self, lease: Object, holder: str) -> None:
        await self._cluster.apply(self._body(lease, holder))

    def _body(self, before: Object | None, holder: str) -> Object:
        """Return the Lease to write; with the version that was read, so that it fails when somebody was faster."""
        metadata = {"name": self._candidate.lease, "namespace": self._candidate.namespace}
        if before is not None:
            metadata["resourceVersion"] = before["metadata"]["resourceVersion"]
        spec = _spec((before or {}).get("spec", {}), holder, self._periods.lease)
        return {"apiVersion": LEASE.api_version, "kind": LEASE.kind, "metadata": metadata, "spec": spec}


def _holder(lease: Object) -> str:
    return str(lease.get("spec", {}).get("holderIdentity") or "")


def _spec(before: dict[str, Any], holder: str, seconds: float) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    same = holder in ("", before.get("holderIdentity"))
    return {
        "holderIdentity": holder,
        "leaseDurationSeconds": max(1, round(seconds)),
        "acquireTime": before.get("acquireTime", now) if same else now,
        "renewTime": now,
        "leaseTransitions": before.get("leaseTransitions", 0) + (0 if same or not before else 1),
    }
