"""Volumes of pods, and the claims that outlive them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.render.names import child
from pacsstack.render.quantities import canonical_memory

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack
    from pacsstack.spec.common import Storage

READABLE = 0o440
"""For files that only the container's own group may read."""

EXECUTABLE = 0o550
"""For scripts of ours."""


def build_claim(stack: PacsStack, component: str, storage: Storage) -> Manifest:
    """Return the volume claim of a component: an object of its own, so it can grow and outlive everything else."""
    spec: Manifest = {
        "accessModes": [mode.value for mode in storage.access_modes],
        "resources": {"requests": {"storage": canonical_memory(storage.size)}},
    }
    if storage.storage_class_name:
        spec["storageClassName"] = storage.storage_class_name
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(stack, component, outlives=True),
        "spec": spec,
    }


def claim_volume(stack: PacsStack, component: str) -> Manifest:
    """Return the volume behind a component's claim."""
    return {"name": "data", "persistentVolumeClaim": {"claimName": child(stack, component)}}


def empty_volume(name: str, limit: str, *, in_memory: bool = False) -> Manifest:
    """Return a volume that starts empty with each pod, of at most that size."""
    return {"name": name, "emptyDir": {"sizeLimit": limit, **({"medium": "Memory"} if in_memory else {})}}


def config_volume(name: str, config_map: str, *, mode: int = READABLE) -> Manifest:
    """Return the files of a ConfigMap."""
    return {"name": name, "configMap": {"name": config_map, "defaultMode": mode}}


def secret_volume(name: str, secret: str, *, items: Mapping[str, str] | None = None) -> Manifest:
    """Return the files of a Secret, or only some of its keys, each under a name of its own."""
    source: Manifest = {"secretName": secret, "defaultMode": READABLE}
    if items:
        source["items"] = [{"key": key, "path": path} for key, path in items.items()]
    return {"name": name, "secret": source}


def mount(name: str, path: str, *, file: str | None = None) -> Manifest:
    """Return a mount to read from: a whole volume, or one of its files."""
    return {"name": name, "mountPath": path, "readOnly": True, **({"subPath": file} if file else {})}


def writable(name: str, path: str) -> Manifest:
    """Return a mount to write to."""
    return {"name": name, "mountPath": path}
