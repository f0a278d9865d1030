"""Which images run: the local ones on the local cluster, named ones on a cluster of one's own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from pacsstack.render.inputs import DEFAULT_IMAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_NAMES = {
    "operator": "operator",
    "orthanc": "orthanc",
    "postgres": "postgres",
    "proxy": "nginx",
    "adapter": "adapter-import",
    "dicomstore": "dicomstore",
}
"""What the parts of the demo are called among the local images."""

RELATED = ("orthanc", "postgres", "proxy", "adapter")
"""The images that the operator starts."""


def local_images() -> dict[str, str]:
    """Build and import the local images where they are missing, and return the image of each part.

    Raises:
        subprocess.CalledProcessError: one could not be built; what went wrong has been printed.
    """
    subprocess.run([sys.executable, "-m", "localcluster.images", "build"], check=True)
    command = [sys.executable, "-m", "localcluster.images", "names", "-o", "json"]
    names = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {part: names[local] for part, local in LOCAL_NAMES.items()}


def named_images(given: Mapping[str, str]) -> dict[str, str]:
    """Return the image of each part on a cluster of one's own: what is given, else the public ones.

    Raises:
        ValueError: the operator's image is not given, or a part is unknown.
    """
    unknown = set(given) - set(LOCAL_NAMES)
    if unknown:
        raise ValueError(f"no part is called {', '.join(sorted(unknown))}: choose from {', '.join(LOCAL_NAMES)}")
    if "operator" not in given:
        raise ValueError(
            "this cluster does not have the local images: build operator/Dockerfile, push it to a registry that the "
            "cluster can reach, and name it with `--image operator=REGISTRY/NAME:TAG` or PACSSTACK_IMAGE_OPERATOR"
        )
    return {**DEFAULT_IMAGES, "dicomstore": given.get("orthanc", DEFAULT_IMAGES["orthanc"]), **given}
