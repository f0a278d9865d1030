"""The cluster that the demo and the tests run on: the one that KUBECONFIG names, or the local one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localcluster.demo.images import LOCAL_NAMES, local_images, named_images
from localcluster.demo.kubectl import Kubectl

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
LOCAL_KUBECONFIG = ROOT / ".local" / "kubeconfig"


@dataclass(frozen=True)
class Ground:
    """A cluster that is up, and the images that run on it."""

    kubectl: Kubectl
    images: Mapping[str, str]
    local: bool


def image_flags() -> dict[str, str]:
    """Return the images that the environment names, as PACSSTACK_IMAGE_OPERATOR and so on."""
    found = {part: os.environ.get(f"PACSSTACK_IMAGE_{part.upper()}") for part in LOCAL_NAMES}
    return {part: image for part, image in found.items() if image}


def find_ground(given_images: Mapping[str, str] | None = None) -> Ground:
    """Return the cluster that KUBECONFIG names, or bring up the local one with its images.

    Raises:
        ValueError: KUBECONFIG is given, but names no file, or no image of the operator is given.
        subprocess.CalledProcessError: the local cluster or an image failed; what went wrong has been printed.
    """
    named = {**image_flags(), **(given_images or {})}
    given = os.environ.get("KUBECONFIG")
    if given and Path(given).resolve() != LOCAL_KUBECONFIG.resolve():
        return Ground(Kubectl(_existing(given)), named_images(named), local=False)
    subprocess.run([sys.executable, "-m", "localcluster", "up"], check=True)
    return Ground(Kubectl(LOCAL_KUBECONFIG), {**local_images(), **named}, local=True)


def _existing(kubeconfig: str) -> Path:
    """Return KUBECONFIG as it is, if a file of it is there; without one, kubectl would turn to localhost."""
    if not any(Path(part).is_file() for part in kubeconfig.split(os.pathsep) if part):
        raise ValueError(f"KUBECONFIG={kubeconfig} names no file: correct it, or unset it to use the local cluster")
    return Path(kubeconfig)
