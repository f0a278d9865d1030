"""Which stack is looked at next: a work queue that merges, keeps each stack serial, and waits longer after failures."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_BACKOFF = 0.5
"""Seconds before a failed pass is repeated for the first time; doubled each time."""

LONGEST_BACKOFF = 60.0
"""Seconds that a repetition is put off at most."""

SETTLE = 0.2
"""Seconds between two passes over one stack: the echo of a pass's own writes is one further pass, not twenty."""


class Key(NamedTuple):
    """The stack's place in the cluster."""

    namespace: str
    name: str


class WorkQueue:
    """Keys with the moment at which each is due. A key is never handed out twice at once.

    The clock gives seconds and never runs backwards, as `asyncio`'s loop time does.
    """

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float] = random.random) -> None:
        """Start empty."""
        self._clock = clock
        self._jitter = jitter
        self._due: dict[Key, float] = {}
        self._active: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._not_before: dict[Key, float] = {}
        self._changed = asyncio.Event()

    def add(self, key: Key, delay: float = 0.0) -> None:
        """Want a pass over this stack after so many seconds, or earlier if one is already wanted earlier."""
        due = max(self._clock() + delay, self._not_before.get(key, 0.0))
        self._due[key] = min(due, self._due.get(key, due))
        self._changed.set()

    async def get(self) -> Key:
        """Wait for a stack whose time has come, and take it."""
        while True:
            self._changed.clear()
            key, wait = self._next()
            if key is not None:
                self._due.pop(key)
                self._active.add(key)
                return key
            await self._sleep(wait)

    def done(self, key: Key) -> None:
        """Give a stack back after a pass."""
        self._active.discard(key)
        self._not_before[key] = self._clock() + SETTLE
        if key in self._due:
            self._due[key] = max(self._due[key], self._not_before[key])
        self._changed.set()

    def succeeded(self, key: Key) -> None:
        """Forget earlier failures."""
        self._failures.pop(key, None)

    def failed(self, key: Key, at_least: float = 0.0) -> float:
        """Want another pass after a growing pause, and return its seconds."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        pause = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(count, 16))
        delay = max(at_least, pause * (0.75 + self._jitter() / 2))
        self.add(key, delay)
        return delay

    def forget(self, key: Key) -> None:
        """Drop all that is known of a stack that is gone, except that somebody may want a pass over it."""
        self._failures.pop(key, None)
        self._not_before.pop(key, None)

    def known(self, key: Key) -> bool:
        """Say whether a pass over this stack is wanted or under way."""
        return key in self._due or key in self._active

    def _next(self) -> tuple[Key | None, float | None]:
        waiting = [(due, key) for key, due in self._due.items() if key not in self._active]
        if not waiting:
            return None, None
        due, key = min(waiting)
        wait = due - self._clock()
        return (key, None) if wait <= 0 else (None, wait)

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
