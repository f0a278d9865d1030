"""Wait for a state, with a bound and a message; for what has no watch of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str, timeout: float, period: float = 0.25) -> Found:
    """Look again and again until something truthy is found, and return it.

    Args:
        look: returns what is waited for, or something falsy.
        what: what is waited for, for the error message.
        timeout: seconds.
        period: seconds between two looks.

    Raises:
        TimeoutError: it did not come about in time.
    """
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:.0f} s for {what}, and it did not come about; last seen: {found!r}")
        time.sleep(period)
