"""What an image is made of: layers, each known by a digest of what goes into it."""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from localcluster.errors import ClusterError

FORMAT = 1
"""Raise it when the way layers are written changes, so that every image is built again."""

EPOCH = 1767225600
"""The time stamp of every file we write (1 January 2026, in seconds): what is equal must have equal digests."""


class Layer(ABC):
    """One layer of an image."""

    name: str

    @abstractmethod
    def inputs(self) -> object:
        """Everything that decides what is in the layer, as JSON data."""

    @abstractmethod
    def write(self, target: Path) -> None:
        """Write the layer as an uncompressed tar.

        Raises:
            ClusterError: it cannot be built; the message says why.
        """

    @cached_property
    def key(self) -> str:
        """The name under which the built layer is kept: the same for the same inputs, as they were when first asked."""
        return self._key_now()

    def require_unchanged(self) -> None:
        """Make sure that the sources are still those of the key.

        Raises:
            ClusterError: somebody has changed them meanwhile.
        """
        if self._key_now() != self.key:
            raise ClusterError(f"the sources of {self.name} changed while they were read: run the same command again")

    def _key_now(self) -> str:
        return f"{self.name}-{digest([FORMAT, type(self).__name__, self.inputs()])[:16]}"


@dataclass(frozen=True)
class Configuration:
    """What a container of the image does unless told otherwise (OCI image specification, "Image Configuration")."""

    entrypoint: tuple[str, ...]
    command: tuple[str, ...] = ()
    user: str = ""
    environment: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    stop_signal: str = "SIGTERM"
    working_directory: str = "/"
    volumes: tuple[str, ...] = ()

    def as_oci(self) -> dict[str, Any]:
        """The `config` object of the image configuration."""
        return {
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "User": self.user,
            "Env": list(self.environment),
            "ExposedPorts": {f"{port}/tcp": {} for port in self.ports},
            "StopSignal": self.stop_signal,
            "WorkingDir": self.working_directory,
            "Volumes": {path: {} for path in self.volumes},
        }


@dataclass(frozen=True)
class Image:
    """One image: its layers, the lowest first, and how it starts."""

    name: str
    layers: tuple[Layer, ...]
    configuration: Configuration

    @cached_property
    def tag(self) -> str:
        """Differs as soon as anything in the image does, so that no pod runs an old one by accident."""
        return digest([[layer.key for layer in self.layers], self.configuration.as_oci()])[:12]

    @property
    def reference(self) -> str:
        """The full name under which pods ask for the image."""
        return f"localhost/pacsstack/{self.name}:{self.tag}"


def digest(data: object) -> str:
    """The SHA-256 of JSON data, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
