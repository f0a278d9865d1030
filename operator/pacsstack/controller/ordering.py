"""In which order children are applied, and which has to wait. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.controller.components import rolled_out
from pacsstack.controller.differs import difference
from pacsstack.controller.resources import WORKLOADS, Identity, Object, identity
from pacsstack.render.names import child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacsstack.spec import PacsStack


def waves(objects: Sequence[Object]) -> list[list[Object]]:
    """Return the objects in two groups: what pods mount and need, then what starts pods."""
    return [
        [item for item in objects if item["kind"] not in WORKLOADS],
        [item for item in objects if item["kind"] in WORKLOADS],
    ]


def held_back(stack: PacsStack, changed: Sequence[Object], live: Mapping[Identity, Object]) -> frozenset[Identity]:
    """Return what must not be applied yet: a changed Orthanc while PostgreSQL is still being changed.

    Both at once would have a new Orthanc meet an old or restarting database. On creation there is nothing to protect,
    so everything starts at once.
    """
    orthanc: Identity = ("Deployment", child(stack, "orthanc"))
    postgres: Identity = ("StatefulSet", child(stack, "postgres"))
    identities = {identity(item) for item in changed}
    if orthanc not in identities or orthanc not in live or postgres not in live:
        return frozenset()
    if postgres in identities or not rolled_out(live[postgres]):
        return frozenset({orthanc})
    return frozenset()


def changed_children(desired: Sequence[Object], live: Mapping[Identity, Object]) -> list[Object]:
    """Return the objects that have to be applied."""
    return [item for item in desired if difference(item, live.get(identity(item))) is not None]
