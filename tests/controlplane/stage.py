"""One stack in a namespace of its own, seen from outside, with a faulty front of the API server before its operator."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pacsstack.controller.resources import CHILD_KINDS, ResourceKind
from tests.controlplane.api import STACKS, ApiServer, Object, RefusedError
from tests.controlplane.operator_process import eventually
from tests.support.faulty_api import Exchange, FaultyApi

KIND_OF = {kind.kind: kind for kind in CHILD_KINDS}
CREDENTIALS = ("ca", "internal", "postgres", "users")
ROUNDS = 30
"""Times that an operator may write after it was asked to look again, before it counts as never coming to rest."""
_RANDOM = ("pacsstack.io/applied-hash", "pacsstack.io/config-hash", "hostid")
_OF_THE_SERVER = ("creationTimestamp", "generation", "resourceVersion", "uid")
_OF_CONTROLLERS = ("deployment.kubernetes.io/revision",)
_ASSIGNED = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort")

Identity = tuple[str, str]


@dataclass
class Stage:
    """A stack by name. What the operator asked for is read from the front's record."""

    api: ApiServer
    front: FaultyApi
    namespace: str
    name: str = "demo"

    def path(self, kind: ResourceKind) -> str:
        prefix = f"/apis/{kind.group}" if kind.group else "/api"
        return f"{prefix}/{kind.version}/namespaces/{self.namespace}/{kind.plural}"

    @property
    def place(self) -> str:
        return f"{STACKS.format(self.namespace)}/{self.name}"

    def apply(self, spec: Object | None = None, annotations: dict[str, str] | None = None) -> None:
        metadata = {"name": self.name, "annotations": annotations or {}}
        body = {"apiVersion": "pacsstack.io/v1alpha1", "kind": "PacsStack", "metadata": metadata, "spec": spec or {}}
        self.api.apply(STACKS.format(self.namespace), body)

    def poke(self) -> None:
        """Make the watch tell of the stack, without a change that matters."""
        body = {
            "apiVersion": "pacsstack.io/v1alpha1",
            "kind": "PacsStack",
            "metadata": {"name": self.name, "annotations": {"poked": str(time.monotonic_ns())}},
        }
        self.api.apply(STACKS.format(self.namespace), body, manager="poker")

    def stack(self) -> Object:
        return self.api.get(self.place)

    def condition(self, kind: str) -> Object:
        conditions = self.stack().get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == kind), {})

    def find(self, kind: str, name: str) -> Object | None:
        try:
            return self.api.get(f"{self.path(KIND_OF[kind])}/{name}")
        except RefusedError as error:
            if error.code == 404:
                return None
            raise

    def children(self) -> dict[Identity, Object]:
        found = {}
        for kind in CHILD_KINDS:
            for item in self.api.get(f"{self.path(kind)}?labelSelector=pacsstack.io/stack={self.name}")["items"]:
                named = {"apiVersion": kind.api_version, "kind": kind.kind, **item}
                found[kind.kind, item["metadata"]["name"]] = named
        return found

    def passes(self) -> int:
        """Return how many passes over the stack have begun."""
        return sum(one.method == "GET" and one.place == self.place for one in list(self.front.exchanges))

    def writes(self) -> list[Exchange]:
        """Return the writes of this stack that were tried."""
        return [one for one in list(self.front.exchanges) if one.is_write and self.concerns(one)]

    def concerns(self, one: Exchange) -> bool:
        """Say whether a write is about this stack or a child of it."""
        named = one.place.rsplit("/", 1)[-1] if one.method != "POST" else json.loads(one.body)["metadata"]["name"]
        named = self.name if one.place.endswith("/status") else named
        return f"/namespaces/{self.namespace}/" in one.path and re.match(rf"{self.name}(\b|-|\.)", named) is not None

    def looked_at(self, alive: Callable[[], bool] = lambda: True) -> None:
        """Return when a pass has begun and ended since this was called, or when the operator has died."""
        for _ in range(2):
            before = self.passes()
            self.poke()
            eventually(lambda before=before: self.passes() > before or not alive(), f"a pass over {self.name}")

    def comes_to_rest(self, alive: Callable[[], bool] = lambda: True) -> None:
        """Return when a look has led to no write and the status is about the newest spec, or the operator has died.

        Raises:
            TimeoutError: the operator goes on writing.
        """
        for _ in range(ROUNDS):
            before = len(self.writes())
            self.looked_at(alive)
            if not alive() or (len(self.writes()) == before and self._reported()):
                return
        raise TimeoutError(f"the operator does not come to rest over {self.name}; it wrote {self.written()[-20:]}")

    def written(self) -> list[str]:
        start = f"/namespaces/{self.namespace}/"
        return [f"{one.method} {one.place.partition(start)[2]}" for one in self.writes()]

    def _reported(self) -> bool:
        stack = self.stack()
        return bool(stack.get("status", {}).get("observedGeneration") == stack["metadata"]["generation"])

    def normalised(self) -> dict[str, Object]:
        """Return all children and the status, without what must differ from one run to the next."""
        stack = self.stack()
        found = {f"{kind} {name}": _child(item) for (kind, name), item in self.children().items()}
        found["status"] = _without(("lastTransitionTime", "observedGeneration"), stack["status"])
        text = json.dumps(found, sort_keys=True)
        for value, stands_for in ((stack["metadata"]["uid"], "UID"), (self.namespace, "NAMESPACE")):
            text = text.replace(value, stands_for)
        same: dict[str, Object] = json.loads(text)
        return same


def _child(item: Object) -> Object:
    kept = {key: value for key, value in item.items() if key not in ("status", "metadata")}
    if item["kind"] == "Secret":
        kept["data"] = sorted(item.get("data") or {})
    if item["kind"] == "ConfigMap" and item["metadata"]["name"].endswith("-ca"):
        kept["data"] = sorted(item["data"])
    metadata = {key: value for key, value in item["metadata"].items() if key not in _OF_THE_SERVER}
    metadata["managedFields"] = [
        {key: value for key, value in one.items() if key != "time"}
        for one in metadata["managedFields"]
        if one["manager"] == "pacsstack"
    ]
    return _without((*_ASSIGNED, *_OF_CONTROLLERS), _blanked({**kept, "metadata": metadata}))


def _blanked(value: Any) -> Any:
    """Replace what depends on passwords and identities."""
    if isinstance(value, dict):
        return {key: "…" if key in _RANDOM and isinstance(one, str) else _blanked(one) for key, one in value.items()}
    return [_blanked(one) for one in value] if isinstance(value, list) else value


def _without(names: tuple[str, ...], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(names, one) for key, one in value.items() if key not in names}
    return [_without(names, one) for one in value] if isinstance(value, list) else value
