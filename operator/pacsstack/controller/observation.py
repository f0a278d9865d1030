"""Read everything that a pass over one stack needs, all at once."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacsstack.controller.credentials import RECORD
from pacsstack.controller.references import used_secrets
from pacsstack.controller.resources import CHILD_KINDS, POD, SECRET, Identity, Object, identity
from pacsstack.render.names import STACK_LABEL, child

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacsstack.controller.client import Cluster
    from pacsstack.controller.logins import SecretData
    from pacsstack.spec import PacsStack


@dataclass
class Observation:
    """The stack's children and pods, and the Secrets by name that it uses."""

    children: dict[Identity, Object]
    pods: list[Object]
    secrets: dict[str, Object]

    @property
    def vault(self) -> dict[str, SecretData]:
        """The decoded Secrets by name; one that is being deleted still counts, its content is as good as ever."""
        return {name: decoded(item) for name, item in self.secrets.items()}

    @property
    def claims(self) -> frozenset[str]:
        """The names of living volume claims."""
        return frozenset(name for kind, name in self.children if kind == "PersistentVolumeClaim")

    def recorded(self, stack: PacsStack) -> frozenset[str]:
        """Return which credential Secrets were made, by the record on the internal one."""
        internal = self.secrets.get(child(stack, "internal"), {})
        record = internal.get("metadata", {}).get("annotations", {}).get(RECORD, "")
        return frozenset(part for part in record.split(",") if part)


def decoded(secret: Object) -> SecretData:
    """Return the content of a Secret."""
    return {key: base64.b64decode(value or "") for key, value in (secret.get("data") or {}).items()}


async def observe(cluster: Cluster, stack: PacsStack) -> Observation:
    """List the stack's children by label, and read what has no label of ours or has lost it.

    Raises:
        ApiError: something could not be read; nothing may be concluded then.
    """
    selector = f"{STACK_LABEL}={stack.metadata.name}"
    namespace = stack.metadata.namespace
    kinds = (*CHILD_KINDS, POD)
    lists = await asyncio.gather(*(cluster.children(kind, namespace, selector) for kind in kinds))
    found = [item for one in lists for item in one]
    children = {identity(item): item for item in found if item["kind"] != "Pod"}
    secrets = {name: item for (kind, name), item in children.items() if kind == "Secret"}
    secrets |= await _further_secrets(cluster, stack, secrets.keys())
    return Observation(children, [item for item in found if item["kind"] == "Pod"], secrets)


async def _further_secrets(cluster: Cluster, stack: PacsStack, known: Iterable[str]) -> dict[str, Object]:
    """Read the Secrets that the spec names, and credential Secrets without our label."""
    names = sorted(used_secrets(stack) - set(known))
    items = await asyncio.gather(*(cluster.get(SECRET, stack.metadata.namespace, name) for name in names))
    return {name: item for name, item in zip(names, items, strict=True) if item is not None}
