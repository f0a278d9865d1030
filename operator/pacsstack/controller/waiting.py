"""Pauses between attempts."""

from __future__ import annotations

import asyncio
import random

FIRST = 1.0
LONGEST = 30.0


class Backoff:
    """A pause that doubles each time, from one second to thirty, with some jitter so that not all come at once."""

    def __init__(self) -> None:
        """Start with the shortest pause."""
        self._next = FIRST

    def reset(self) -> None:
        """Start anew after a success."""
        self._next = FIRST

    async def sleep(self) -> None:
        """Pause, and make the next pause longer."""
        # Jitter is no secret.
        await asyncio.sleep(self._next * (0.75 + random.random() / 2))  # noqa: S311
        self._next = min(LONGEST, self._next * 2)
