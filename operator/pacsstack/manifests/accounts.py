"""ServiceAccounts: one a component, none with a token in the pod."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pacsstack.manifests.metadata import Manifest, metadata

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


def build_service_account(stack: PacsStack, component: str, annotations: Mapping[str, str] | None = None) -> Manifest:
    """Return the ServiceAccount of a component. No component talks to the API server."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(stack, component, annotations=annotations),
        "automountServiceAccountToken": False,
    }
