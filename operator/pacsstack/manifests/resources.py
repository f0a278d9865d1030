"""How much processor and memory each container asks for and may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacsstack.render.quantities import canonical_cpu, canonical_memory, cpu_amount, memory_amount

if TYPE_CHECKING:
    from pacsstack.manifests.metadata import Manifest
    from pacsstack.spec.common import Resources


@dataclass(frozen=True)
class Defaults:
    """What a container gets when the resource says nothing: request and limit of each.

    Requests are small, so that several archives fit on a small node; limits leave room for a busy one.
    """

    cpu: tuple[str, str]
    memory: tuple[str, str]


POSTGRES = Defaults(cpu=("50m", "2"), memory=("128Mi", "1Gi"))
"""In use about 90 MiB with 128 MiB of shared buffers, and more with the index."""

ORTHANC = Defaults(cpu=("100m", "4"), memory=("256Mi", "2Gi"))
"""In use about 200 MiB, with a large study in memory several times that."""

PROXY = Defaults(cpu=("20m", "2"), memory=("32Mi", "256Mi"))
"""nginx buffers next to nothing; encryption takes processor."""

ADAPTER = Defaults(cpu=("50m", "2"), memory=("256Mi", "1Gi"))
"""A Java machine: its heap is 70 % of the limit."""


def resources(given: Resources, defaults: Defaults) -> Manifest:
    """Return requests and limits. A limit that is not given rises to a higher request; a request sinks to a limit."""
    cpu_request = given.requests.cpu or min(defaults.cpu[0], given.limits.cpu or defaults.cpu[0], key=cpu_amount)
    cpu_limit = given.limits.cpu or max(defaults.cpu[1], cpu_request, key=cpu_amount)
    memory_request = given.requests.memory or min(
        defaults.memory[0], given.limits.memory or defaults.memory[0], key=memory_amount
    )
    memory_limit = given.limits.memory or max(defaults.memory[1], memory_request, key=memory_amount)
    return {
        "requests": {"cpu": canonical_cpu(cpu_request), "memory": canonical_memory(memory_request)},
        "limits": {"cpu": canonical_cpu(cpu_limit), "memory": canonical_memory(memory_limit)},
    }
