"""Which children nothing wants any more. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.controller.resources import NEVER_PRUNED, Object, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def prunable(desired: Iterable[Object], live: Iterable[Object], owner_uid: str) -> list[Object]:
    """Return the living children to delete.

    Only what this very stack owns: a copy that somebody made with our labels on it is theirs. Volumes and Secrets are
    never deleted, whatever the spec says.
    """
    wanted = {identity(item) for item in desired}
    return [
        item
        for item in live
        if identity(item) not in wanted
        and item["kind"] not in NEVER_PRUNED
        and "deletionTimestamp" not in item["metadata"]
        and owner_uid in _owners(item)
    ]


def _owners(item: Object) -> Sequence[str]:
    return [owner["uid"] for owner in item["metadata"].get("ownerReferences", [])]
