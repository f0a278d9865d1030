import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from localcluster import pause


def test_the_archive_names_the_image_and_its_layer_matches_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "pause"
    binary.write_bytes(b"a program")
    monkeypatch.setattr(pause, "program", lambda _: binary)
    with tarfile.open(pause.write_pause_archive(tmp_path / "pause.tar")) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        configuration = json.load(archive.extractfile(manifest["Config"]))
        layer = archive.extractfile(manifest["Layers"][0]).read()
    assert manifest["RepoTags"] == [pause.IMAGE]
    assert configuration["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
