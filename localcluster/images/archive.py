"""Layers wrapped as an OCI archive, the form that containerd imports."""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Collection
from pathlib import Path

from localcluster.images.layer import EPOCH, Image, file_digest

_CREATED = "2026-01-01T00:00:00Z"
_MEDIA = "application/vnd.oci.image"


def write_archive(image: Image, layers: list[Path], target: Path, left_out: Collection[str] = ()) -> None:
    """Write one image (OCI image specification 1.1, "Image Layout").

    Args:
        image: what it is called and how it starts.
        layers: the built layers, the lowest first.
        target: the tar to write.
        left_out: digests of layers (`sha256:…`) that whoever imports the archive has already.
    """
    digests = [layer_digest(layer) for layer in layers]
    blobs = _Blobs()
    configuration = blobs.add_json(_configuration(image, digests))
    described = [
        _descriptor("layer.v1.tar", digest, layer.stat().st_size) for digest, layer in zip(digests, layers, strict=True)
    ]
    manifest = blobs.add_json(
        {
            "schemaVersion": 2,
            "mediaType": f"{_MEDIA}.manifest.v1+json",
            "config": _descriptor("config.v1+json", configuration, blobs.size(configuration)),
            "layers": described,
        }
    )
    # Where containerd looks for the name of an image.
    names = {"io.containerd.image.name": image.reference}
    entry = _descriptor("manifest.v1+json", manifest, blobs.size(manifest)) | {"annotations": names}
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        _add(archive, "index.json", _json({"schemaVersion": 2, "manifests": [entry]}))
        blobs.write(archive)
        for digest, layer in dict(zip(digests, layers, strict=True)).items():
            if digest not in left_out:
                _add_file(archive, _place(digest), layer)


def layer_digest(layer: Path) -> str:
    """The digest of a layer (`sha256:…`), read from beside it when it has been reckoned before."""
    note = layer.with_suffix(".sha256")
    if not note.exists():
        note.write_text(file_digest(layer))
    return f"sha256:{note.read_text()}"


class _Blobs:
    """JSON documents named by their digests."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}

    def add_json(self, document: object) -> str:
        content = _json(document)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self._content[digest] = content
        return digest

    def size(self, digest: str) -> int:
        return len(self._content[digest])

    def write(self, archive: tarfile.TarFile) -> None:
        for digest, content in self._content.items():
            _add(archive, _place(digest), content)


def _configuration(image: Image, digests: list[str]) -> object:
    return {
        "architecture": subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip(),
        "os": "linux",
        "created": _CREATED,
        "config": image.configuration.as_oci(),
        "rootfs": {"type": "layers", "diff_ids": digests},
        "history": [{"created": _CREATED, "created_by": layer.name} for layer in image.layers],
    }


def _descriptor(kind: str, digest: str, size: int) -> dict[str, object]:
    return {"mediaType": f"{_MEDIA}.{kind}", "digest": digest, "size": size}


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True).encode()


def _place(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(content), EPOCH
    archive.addfile(info, io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, source: Path) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = source.stat().st_size, EPOCH
    with source.open("rb") as content:
        archive.addfile(info, content)
