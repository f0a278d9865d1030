"""ConfigMaps and Secrets that hold files."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pacsstack.manifests.metadata import Manifest, metadata

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


def build_config_map(stack: PacsStack, component: str, suffix: str, files: Mapping[str, str]) -> Manifest:
    """Return a ConfigMap with these files."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(stack, component, suffix=suffix),
        "data": dict(files),
    }


def build_secret(
    stack: PacsStack,
    component: str,
    suffix: str,
    files: Mapping[str, str],
    *,
    outlives: bool = False,
) -> Manifest:
    """Return a Secret with these files. `outlives` says that it holds credentials that nobody can make again."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(stack, component, suffix=suffix, outlives=outlives),
        "type": "kubernetes.io/tls" if "tls.key" in files else "Opaque",
        "data": {name: base64.b64encode(text.encode()).decode() for name, text in files.items()},
    }
