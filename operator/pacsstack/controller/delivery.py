"""Whether the watch of the stacks still delivers: what a list says is compared with what has come.

A watch that has silently stopped looks like a quiet cluster. A list tells the difference without writing anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacsstack.controller.queue import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Delivery:
    """Versions of stacks as the watch has delivered them, and since when it is behind a list."""

    def __init__(self, grace: float) -> None:
        """Start with nothing delivered; an event may be late by so many seconds."""
        self._grace = grace
        self._versions: dict[str, str] = {}
        self._keys: dict[str, Key] = {}
        self._behind_since: dict[str, float] = {}

    def delivered(self, metadata: Mapping[str, Any], *, deleted: bool) -> None:
        """Note an event of the watch. Whatever it says, the watch is alive for this stack."""
        uid = metadata["uid"]
        self._behind_since.pop(uid, None)
        if deleted:
            self._versions.pop(uid, None)
            self._keys.pop(uid, None)
        else:
            self._versions[uid] = metadata["resourceVersion"]
            self._keys[uid] = Key(metadata["namespace"], metadata["name"])

    def compare(self, listed: Iterable[Mapping[str, Any]], now: float) -> list[Key]:
        """Return the stacks of which the watch has not told what the list says; `now` in seconds."""
        there = {metadata["uid"]: metadata for metadata in listed}
        late = {uid for uid, metadata in there.items() if self._versions.get(uid) != metadata["resourceVersion"]}
        late |= self._versions.keys() - there.keys()
        self._behind_since = {uid: self._behind_since.get(uid, now) for uid in late}
        keys = {uid: Key(metadata["namespace"], metadata["name"]) for uid, metadata in there.items()}
        return [{**self._keys, **keys}[uid] for uid in sorted(late)]

    def stalled(self, now: float) -> float | None:
        """Return for how many seconds the watch has been behind, if that is longer than the grace."""
        behind = now - min(self._behind_since.values(), default=now)
        return behind if behind > self._grace else None
