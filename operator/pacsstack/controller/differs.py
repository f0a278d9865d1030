"""Whether a child has to be applied: is what we want still contained in what is there? Pure.

Source of the list keys: the `x-kubernetes-list-map-keys` of the Kubernetes API. Lists without such keys are compared as
a whole, because server-side apply replaces them as a whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from pacsstack.spec.base import API_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacsstack.controller.resources import Object

APPLIED_HASH = f"{API_GROUP}/applied-hash"
"""The annotation with the fingerprint of what was applied last: it tells that we no longer want something."""

_BY_NAME = ("name",)
_LIST_KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": _BY_NAME,
    "initContainers": _BY_NAME,
    "volumes": _BY_NAME,
    "env": _BY_NAME,
    "imagePullSecrets": _BY_NAME,
    "volumeMounts": ("mountPath",),
    "ownerReferences": ("uid",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_PORT_KEYS: Mapping[str, tuple[str, ...]] = {
    "Service": ("port", "protocol"),
    "Deployment": ("containerPort", "protocol"),
    "StatefulSet": ("containerPort", "protocol"),
}
_SETS = ("finalizers",)


def fingerprint(item: Object, key: str) -> str:
    """Return 32 hex digits that change with the object; keyed, so that they tell nothing about a password in it."""
    text = json.dumps(item, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def stamped(item: Object, key: str) -> Object:
    """Return the object with its fingerprint in an annotation."""
    metadata = item["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED_HASH: fingerprint(item, key)}
    return {**item, "metadata": {**metadata, "annotations": annotations}}


def difference(desired: Object, live: Object | None) -> str | None:
    """Return why the object has to be applied, as the path of what differs, or None if nothing does."""
    if live is None:
        return "missing"
    return _missing_in(desired, live, "", str(desired["kind"]))


def _missing_in(wanted: object, there: object, path: str, kind: str) -> str | None:
    if isinstance(wanted, dict):
        return _map_missing_in(wanted, there, path, kind)
    if isinstance(wanted, list):
        return _list_missing_in(wanted, there, path, kind)
    return None if wanted == there else path


def _map_missing_in(wanted: dict[str, Any], there: object, path: str, kind: str) -> str | None:
    if not isinstance(there, dict):
        # The API server leaves out empty maps and lists.
        return path if wanted or there is not None else None
    for name, value in wanted.items():
        missing = _missing_in(value, there.get(name), f"{path}.{name}", kind)
        if missing is not None:
            return missing
    return None


def _list_missing_in(wanted: list[Any], there: object, path: str, kind: str) -> str | None:
    present = there if isinstance(there, list) else []
    field = path.rsplit(".", 1)[-1]
    if field in _SETS:
        return None if set(wanted) <= set(present) else path
    keys = _PORT_KEYS.get(kind) if field == "ports" else _LIST_KEYS.get(field)
    if keys is not None:
        return _keyed_missing_in(wanted, present, path, kind, keys)
    if len(wanted) != len(present):
        return path
    return _first(_missing_in(one, other, path, kind) for one, other in zip(wanted, present, strict=True))


def _keyed_missing_in(wanted: list[Any], present: list[Any], path: str, kind: str, keys: tuple[str, ...]) -> str | None:
    by_key = {_key(one, keys): one for one in present}
    return _first(
        _missing_in(one, by_key.get(_key(one, keys)), f"{path}[{_key(one, keys)[0]}]", kind) for one in wanted
    )


def _key(one: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(one.get(key, "TCP" if key == "protocol" else None) for key in keys)


def _first(paths: Iterable[str | None]) -> str | None:
    return next((path for path in paths if path is not None), None)
