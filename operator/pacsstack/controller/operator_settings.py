"""How Kopf is set up: it watches, and does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.controller.resources import CHILD_KINDS, POD
from pacsstack.render.names import STACK_LABEL

if TYPE_CHECKING:
    import kopf

    from pacsstack.controller.periods import Periods

ERROR_PAUSES = (1, 2, 4, 8, *[10] * 60)
"""Seconds between attempts: Kopf ends the operator after the last, and an API server may be away for some minutes."""


def configure(settings: kopf.OperatorSettings, periods: Periods) -> None:
    """Set what differs from Kopf's defaults."""
    _watch_only(settings)
    _notice_dead_watches(settings, periods)
    # Only children of stacks come over the wire, not every Secret and pod of the cluster.
    for kind in (*CHILD_KINDS, POD):
        settings.watching.label_selectors[kind.group, kind.version, kind.plural] = STACK_LABEL


def _watch_only(settings: kopf.OperatorSettings) -> None:
    # One replica runs (strategy Recreate); Kopf's peering would write an object every minute.
    settings.peering.standalone = True
    # The kinds are known and there at start; following all namespaces and definitions needs rights and memory.
    settings.scanning.disabled = True
    # Events are posted by the reporter, on transitions only.
    settings.posting.enabled = False
    # A handler only puts a key into a queue, so a worker for an object need not wait for the next event.
    settings.queueing.idle_timeout = 0.1
    settings.queueing.exit_timeout = 0.5


def _notice_dead_watches(settings: kopf.OperatorSettings, periods: Periods) -> None:
    # Streams have died silently in the past; each ends by itself after five minutes and is opened again.
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 310
    settings.watching.connect_timeout = periods.request
    settings.watching.inactivity_timeout = periods.silence
    # Memory is never given back, so the operator keeps what its first list takes: 200 stacks have 5000 children.
    settings.watching.chunk_size = 20
    settings.networking.request_timeout = periods.request
    settings.networking.error_backoffs = ERROR_PAUSES
