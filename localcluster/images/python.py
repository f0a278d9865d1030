"""Layers of Python packages: locked ones from the package index, and this project's own."""

import compileall
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from py_compile import PycInvalidationMode

from localcluster.errors import ClusterError
from localcluster.images.layer import Layer, file_digest
from localcluster.images.tree import Entry, write_entries

VERSION = "3.11"
"""Python of Debian bookworm, which is in the image; the wheels must fit it."""

_SITE = f"usr/local/lib/python{VERSION}/dist-packages"
_NAME = re.compile(r"^([A-Za-z0-9._-]+)\s*[=@]")


@dataclass(frozen=True)
class LockedPackages(Layer):
    """Packages from a file of requirements with hashes."""

    name: str
    requirements: Path
    only: tuple[str, ...] = ()
    """Just these of the file; all when empty."""

    def inputs(self) -> object:
        """The locked requirements."""
        return [VERSION, _SITE, self.text()]

    def text(self) -> str:
        """The requirements to install.

        Raises:
            ClusterError: the file lacks one of them.
        """
        blocks = dict(_blocks(self.requirements.read_text()))
        missing = set(self.only) - set(blocks)
        if missing:
            raise ClusterError(f"{self.requirements} does not lock {', '.join(sorted(missing))}: run `make lock`")
        return "".join(block for name, block in sorted(blocks.items()) if not self.only or name in self.only)

    def write(self, target: Path) -> None:
        """Write the layer: some 20 seconds, less with a warm pip cache."""
        with tempfile.TemporaryDirectory(dir=target.parent) as directory:
            requirements = Path(directory, "requirements.txt")
            requirements.write_text(self.text())
            wheels = ("--only-binary=:all:", f"--python-version={VERSION}", "--implementation=cp")
            _install(Path(directory, "root"), target, *wheels, "--require-hashes", "-r", str(requirements))


@dataclass(frozen=True)
class Project(Layer):
    """A Python project of this repository, without what it depends on."""

    name: str
    root: Path
    sources: tuple[str, ...]
    """Files and folders, relative to `root`, that the package is made of."""
    commands: tuple[Entry, ...] = ()

    def inputs(self) -> object:
        """The sources and commands."""
        files = {str(path.relative_to(self.root)): file_digest(path) for path in self._files()}
        return [VERSION, _SITE, files, [entry.as_data() for entry in self.commands]]

    def write(self, target: Path) -> None:
        """Write the layer: a few seconds."""
        with tempfile.TemporaryDirectory(dir=target.parent) as directory:
            # setuptools leaves files beside the sources, and others work there at the same time.
            copy = Path(directory, "source")
            for path in self._files():
                place = copy / path.relative_to(self.root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
            self.require_unchanged()
            _install(
                Path(directory, "root"), target, "--no-deps", "--no-build-isolation", str(copy), extra=self.commands
            )

    def _files(self) -> list[Path]:
        places = [self.root / source for source in self.sources]
        found = [
            path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()
        ]
        return sorted(path for path in found if "__pycache__" not in path.parts)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each requirement of a locked file with its hashes, without comments."""
    joined = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for block in joined.replace("\\\n", " ").splitlines():
        found = _NAME.match(block)
        if found:
            yield re.sub(r"[-_.]+", "-", found[1]).lower(), f"{block}\n"


def _install(root: Path, target: Path, *arguments: str, extra: tuple[Entry, ...] = ()) -> None:
    site = root / _SITE
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", f"--target={site}", *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False)
    if outcome.returncode:
        raise ClusterError(f"`{' '.join(command)}` failed; cure what it says:\n{outcome.stderr[-2000:]}")
    shutil.rmtree(site / "bin", ignore_errors=True)
    _compile(site)
    entries = [Entry(str(PurePosixPath(path.relative_to(root))), _mode(path), path) for path in _files(root)]
    write_entries(sorted([*entries, *extra], key=lambda entry: entry.path), target)


def _compile(site: Path) -> None:
    """Compile ahead, since the image's root is read-only; by content and not by time, so that digests stay equal."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" != VERSION:
        raise ClusterError(
            f"this is Python {sys.version.split()[0]}, the image has {VERSION}: make the venv with {VERSION}"
        )
    compileall.compile_dir(
        site,
        quiet=2,
        stripdir=str(site),
        prependdir=f"/{_SITE}",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & 0o100 else 0o644
