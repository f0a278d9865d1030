"""Layers wrapped as a docker archive, the form that containerd imports."""

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from localcluster.images.layer import EPOCH, Image, file_digest

_CREATED = "2026-01-01T00:00:00Z"


def write_archive(image: Image, layers: list[Path], target: Path) -> None:
    """Write one image (Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format").

    Args:
        image: what it is called and how it starts.
        layers: the built layers, the lowest first.
        target: the tar to write.
    """
    digests = [layer_digest(layer) for layer in layers]
    configuration = json.dumps(_configuration(image, digests), sort_keys=True).encode()
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    members = [f"{digest}.tar" for digest in digests]
    manifest = json.dumps([{"Config": name, "RepoTags": [image.reference], "Layers": members}]).encode()
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, "manifest.json", manifest)
        _add(archive, name, configuration)
        for member, layer in zip(members, layers, strict=True):
            _add_file(archive, member, layer)


def layer_digest(layer: Path) -> str:
    """The SHA-256 of a layer, read from beside it when it has been reckoned before."""
    note = layer.with_suffix(".sha256")
    if not note.exists():
        note.write_text(file_digest(layer))
    return note.read_text()


def _configuration(image: Image, digests: list[str]) -> dict[str, Any]:
    return {
        "architecture": subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip(),
        "os": "linux",
        "created": _CREATED,
        "config": image.configuration.as_oci(),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": _CREATED, "created_by": layer.name} for layer in image.layers],
    }


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(content), EPOCH
    archive.addfile(info, io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, source: Path) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = source.stat().st_size, EPOCH
    with source.open("rb") as content:
        archive.addfile(info, content)
