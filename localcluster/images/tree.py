"""A layer of files that lie in this repository."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from localcluster.images.layer import EPOCH, Layer, file_digest

_IGNORED = {"__pycache__"}


@dataclass(frozen=True)
class Entry:
    """One file, directory or symbolic link of a layer."""

    path: str
    mode: int
    source: Path | None = None
    link: str = ""
    owner: tuple[int, int] = (0, 0)

    def as_data(self) -> list[Any]:
        """What decides the entry, for the layer's digest."""
        content = file_digest(self.source) if self.source else self.link
        return [self.path, self.mode, content, *self.owner]

    def header(self) -> tarfile.TarInfo:
        """The entry's tar header."""
        info = tarfile.TarInfo(self.path)
        info.mode, info.mtime = self.mode, EPOCH
        info.uid, info.gid = self.owner
        info.type = tarfile.SYMTYPE if self.link else tarfile.REGTYPE if self.source else tarfile.DIRTYPE
        info.linkname = self.link
        info.size = self.source.stat().st_size if self.source else 0
        return info


@dataclass(frozen=True)
class Tree(Layer):
    """Directories of the repository, each laid at a path of the image, owned by root."""

    name: str
    places: tuple[tuple[Path, str], ...]
    extra: tuple[Entry, ...] = field(default=())

    def inputs(self) -> object:
        """The paths, modes and contents."""
        return [entry.as_data() for entry in self.entries()]

    def write(self, target: Path) -> None:
        """Write the layer."""
        write_entries(self.entries(), target)
        self.require_unchanged()

    def entries(self) -> list[Entry]:
        """Every entry, sorted by path, directories before what is in them."""
        found = {entry.path: entry for source, place in self.places for entry in walk(source, place)}
        found.update((entry.path, entry) for entry in self.extra)
        return [found[path] for path in sorted(found)]


def walk(source: Path, place: str) -> Iterator[Entry]:
    """The entries of a directory laid at `place` of an image, without what Python leaves behind."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if _IGNORED.intersection(relative.parts) or path.is_dir():
            continue
        # Only the executable bit is kept by git; the rest of the mode is the checkout's umask.
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        yield Entry(str(PurePosixPath(place.lstrip("/"), relative)), mode, path)


def write_entries(entries: list[Entry], target: Path) -> None:
    """Write entries as a tar."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            if entry.source is None:
                archive.addfile(entry.header())
                continue
            with entry.source.open("rb") as content:
                archive.addfile(entry.header(), content)
