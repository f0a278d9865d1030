"""Archives and layers: the same inputs give the same bytes, other inputs another tag."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from localcluster.errors import ClusterError
from localcluster.images.archive import layer_digest, write_archive
from localcluster.images.layer import Configuration, Image
from localcluster.images.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


def image(source: Path, user: str = "101") -> Image:
    return Image("demo", (Tree("files", ((source, "/opt"),)),), Configuration(("/opt/run",), user=user))


def sources(directory: Path, text: str = "one") -> Path:
    source = directory / "source"
    (source / "__pycache__").mkdir(parents=True, exist_ok=True)
    (source / "__pycache__/x.pyc").write_bytes(b"x")
    (source / "run").write_text(text)
    (source / "run").chmod(0o700)
    return source


def test_the_tag_follows_content_mode_and_configuration(tmp_path: Path) -> None:
    source = sources(tmp_path)
    first = image(source).reference
    assert first.startswith("localhost/pacsstack/demo:")
    assert image(source).reference == first
    assert image(source, user="0").reference != first
    (source / "run").chmod(0o600)
    assert image(source).reference != first
    sources(tmp_path, "two")
    assert image(source).reference != first


def test_a_layer_is_the_same_bytes_again(tmp_path: Path) -> None:
    [layer] = image(sources(tmp_path)).layers
    for name in ("a.tar", "b.tar"):
        layer.write(tmp_path / name)
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    with tarfile.open(tmp_path / "a.tar") as archive:
        [member] = archive.getmembers()
    assert (member.name, member.mode, member.uid, member.gid) == ("opt/run", 0o755, 0, 0)


def test_an_archive_names_everything_by_its_digest(tmp_path: Path) -> None:
    found = image(sources(tmp_path))
    found.layers[0].write(tmp_path / "layer.tar")
    write_archive(found, [tmp_path / "layer.tar"], tmp_path / "image.tar")
    with tarfile.open(tmp_path / "image.tar") as archive:
        content = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    blobs = {f"sha256:{name.rpartition('/')[2]}": text for name, text in content.items() if name.startswith("blobs/")}
    assert all(digest == f"sha256:{hashlib.sha256(text).hexdigest()}" for digest, text in blobs.items())
    [entry] = json.loads(content["index.json"])["manifests"]
    assert entry["annotations"] == {"io.containerd.image.name": found.reference}
    manifest = json.loads(blobs[entry["digest"]])
    configuration = json.loads(blobs[manifest["config"]["digest"]])
    assert configuration["config"]["User"] == "101"
    assert configuration["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    assert all(len(blobs[layer["digest"]]) == layer["size"] for layer in manifest["layers"])


def test_layers_that_the_importer_has_are_left_out(tmp_path: Path) -> None:
    found = image(sources(tmp_path))
    layer = tmp_path / "layer.tar"
    found.layers[0].write(layer)
    write_archive(found, [layer], tmp_path / "image.tar", {layer_digest(layer)})
    with tarfile.open(tmp_path / "image.tar") as archive:
        assert f"blobs/{layer_digest(layer).replace(':', '/')}" not in archive.getnames()


def test_sources_that_change_on_the_way_are_noticed(tmp_path: Path) -> None:
    [layer] = image(sources(tmp_path)).layers
    assert layer.key.startswith("files-")
    sources(tmp_path, "two")
    with pytest.raises(ClusterError, match="run the same command again"):
        layer.write(tmp_path / "layer.tar")
