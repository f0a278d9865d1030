"""A PacsStack in a cluster, as a client sees it: its conditions, endpoints, password and authority."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcluster.demo.archive import Archive
from localcluster.demo.kubectl import Kubectl, KubectlError, Object
from localcluster.demo.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLEAR = "dicom"
TLS = "dicomTLS"


@dataclass(frozen=True)
class Stack:
    """One PacsStack by its name, in the namespace that `kubectl` looks at."""

    kubectl: Kubectl
    name: str

    @property
    def resource(self) -> Object:
        """The PacsStack as it is now."""
        return self.kubectl.require("pacs", self.name)

    def condition(self, kind: str = "Ready") -> Object:
        """Return a condition that is about the present generation, or an empty one while there is none."""
        resource = self.resource
        generation = resource["metadata"]["generation"]
        for condition in resource.get("status", {}).get("conditions", []):
            if condition["type"] == kind and condition.get("observedGeneration") == generation:
                return dict(condition)
        return {}

    def wait_ready(self, timeout: float = 180, tell: Callable[[str], None] = lambda _: None) -> None:
        """Wait until the stack is Ready in its present generation, telling each new reason on the way.

        Raises:
            TimeoutError: it was not Ready within `timeout` seconds.
        """
        told: list[str] = []

        def ready() -> bool:
            condition = self.condition()
            line = f"{condition.get('reason', 'Waiting')}: {condition.get('message', 'no condition yet')}"
            if line not in told[-1:]:
                told.append(line)
                tell(line)
            return condition.get("status") == "True"

        until(ready, f"PacsStack {self.name} to be Ready", timeout)

    def endpoint(self, which: str) -> str:
        """Return an endpoint of the status: `url`, `dicom`, `dicomTLS` or `adapter`.

        Raises:
            LookupError: the status has no such endpoint.
        """
        found = self.resource.get("status", {}).get("endpoints", {}).get(which)
        if not found:
            raise LookupError(f"PacsStack {self.name} has no endpoint {which} in its status")
        return str(found)

    def secret(self, suffix: str, key: str) -> str:
        """Return a value of one of the stack's own Secrets."""
        return secret_value(self.kubectl, f"{self.name}-{suffix}", key)

    def authority(self, directory: Path) -> Path:
        """Write the stack's certificate authority into the directory and return the path."""
        path = directory / f"{self.name}-ca.crt"
        path.write_text(self.kubectl.require("configmap", f"{self.name}-ca")["data"]["ca.crt"])
        return path

    def archive(self, directory: Path) -> Archive:
        """Return the archive as the generated user `admin` reaches it; the authority's file goes to the directory."""
        return Archive(self.endpoint("url"), self.authority(directory), "admin", self.secret("users", "admin"))


def secret_value(kubectl: Kubectl, name: str, key: str) -> str:
    """Return one value of a Secret as text.

    Raises:
        KubectlError: the Secret or the key is not there.
    """
    data = kubectl.require("secret", name).get("data", {})
    if key not in data:
        raise KubectlError(f"secret/{name} has no key {key}")
    return base64.b64decode(data[key]).decode()
