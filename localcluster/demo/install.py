"""Put the operator into the cluster, as the README tells a person to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from localcluster.demo.images import RELATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcluster.demo.cluster import Ground

OPERATOR_NAMESPACE = "pacsstack-system"
CRD = "crd/pacsstacks.pacsstack.io"


def pacsstack(*arguments: str, stdin: str | None = None) -> str:
    """Run the command line `pacsstack` of this environment and return what it printed.

    Raises:
        subprocess.CalledProcessError: it failed; what it said has been printed.
    """
    program = Path(sys.executable).with_name("pacsstack")
    return subprocess.run([program, *arguments], check=True, input=stdin, stdout=subprocess.PIPE, text=True).stdout


def operator_manifests(images: Mapping[str, str]) -> str:
    """Return the manifests of the operator with these images, as YAML."""
    related = [word for part in RELATED for word in ("--related-image", f"{part}={images[part]}")]
    return pacsstack("operator", "manifests", "--image", images["operator"], *related)


def install_operator(ground: Ground, timeout: float = 180) -> None:
    """Apply the operator's manifests and wait until it runs.

    Raises:
        KubectlError: the cluster refused a manifest, or the operator did not start within `timeout` seconds.
    """
    kubectl = ground.kubectl.within(OPERATOR_NAMESPACE)
    manifests = operator_manifests(ground.images)
    ground.kubectl.run("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=manifests)
    ground.kubectl.wait(CRD, "condition=Established", timeout)
    for deployment in kubectl.list("deployments"):
        name = f"deployment/{deployment['metadata']['name']}"
        kubectl.run("rollout", "status", name, f"--timeout={timeout:.0f}s", timeout=timeout + 10)
