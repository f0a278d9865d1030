"""The images' contracts, as far as they are in their configuration, and their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localcluster.errors import ClusterError
from localcluster.images import mirror
from localcluster.images.catalog import images
from localcluster.images.names import PARTS, names
from localcluster.images.python import LockedPackages

if TYPE_CHECKING:
    from pathlib import Path


def test_every_part_has_an_image() -> None:
    found = names()
    assert set(found) == set(PARTS)
    assert found["dicomstore"] == found["orthanc"]
    assert set(PARTS.values()) == set(images())


@pytest.mark.parametrize(
    ("name", "signal"), [("postgres", "SIGINT"), ("nginx", "SIGQUIT"), ("orthanc", "SIGTERM"), ("operator", "SIGTERM")]
)
def test_each_image_is_stopped_like_the_real_one(name: str, signal: str) -> None:
    assert images()[name].configuration.stop_signal == signal


@pytest.mark.parametrize(("name", "user"), [("nginx", "101"), ("operator", "65532:65532"), ("orthanc", "")])
def test_each_image_runs_as_the_real_one(name: str, user: str) -> None:
    assert images()[name].configuration.user == user


def test_requirements_are_taken_with_their_hashes(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("# note\nzope-x==1 \\\n    --hash=sha256:aa\n    # via y\nPy_Dicom==3 \\\n    --hash=sha256:bb\n")
    assert LockedPackages("x", locked, ("py-dicom",)).text() == "Py_Dicom==3      --hash=sha256:bb\n"
    with pytest.raises(ClusterError, match="make lock"):
        LockedPackages("x", locked, ("other",)).text()


def test_the_machines_own_archives_serve_another_release(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = [
        ["http://archive.invalid/debian/", "bookworm", "main"],
        ["http://archive.invalid/debian/", "bookworm-updates", "main"],
        ["http://archive.invalid/debian/", "bookworm", "contrib"],
        ["http://other.invalid/apt/", "tools-bookworm", "main"],
    ]
    monkeypatch.setattr(mirror, "_targets", lambda: configured)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"VERSION_CODENAME": "bookworm"})
    assert mirror.sources("trixie") == [
        "deb http://archive.invalid/debian/ trixie main",
        "deb http://archive.invalid/debian/ trixie-updates main",
    ]
    configured.clear()
    with pytest.raises(ClusterError, match="apt has no source"):
        mirror.sources("trixie")
