"""The image of the process that holds a pod's namespaces: one static program in one layer."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

from localcluster.build import program

IMAGE = "localhost/pacsstack/pause:1"


def write_pause_archive(target: Path) -> Path:
    """Write the image as a Docker archive (as `docker save` does); the same bytes for the same program."""
    layer = _tar({"pause": (program("pause").read_bytes(), 0o755)})
    configuration = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [IMAGE], "Layers": ["layer.tar"]}]
    files = {"config.json": configuration, "manifest.json": manifest}
    content = {name: (json.dumps(document).encode(), 0o644) for name, document in files.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_tar(content | {"layer.tar": (layer, 0o644)}))
    return target


def _tar(files: dict[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
