"""A real API server without a node, and the CustomResourceDefinition in it."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pacsstack.spec.crd import CRD_NAME, build_crd
from tests.controlplane.api import ApiServer

ROOT = Path(__file__).parents[2]
KUBECONFIG = ROOT / ".local" / "control-plane" / "kubeconfig"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not controlplane"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.controlplane)


@pytest.fixture(scope="session")
def control_plane() -> Path:
    """The kubeconfig of an API server without a node; it is brought up when it is not, and left up."""
    subprocess.run([sys.executable, "-m", "localcluster", "up", "--control-plane-only"], cwd=ROOT, check=True)
    return KUBECONFIG


@pytest.fixture(scope="session")
def api(control_plane: Path) -> Iterator[ApiServer]:
    """A client of that API server."""
    with ApiServer(control_plane) as server:
        yield server


@pytest.fixture(scope="session")
def established(api: ApiServer) -> ApiServer:
    """The same client, once the API server knows what a PacsStack is."""
    api.apply("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", build_crd())
    api.wait_established(CRD_NAME)
    return api


@pytest.fixture
def namespace(api: ApiServer) -> Iterator[str]:
    """A namespace of the test's own, deleted afterwards."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    api.apply("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete(f"/api/v1/namespaces/{name}")
