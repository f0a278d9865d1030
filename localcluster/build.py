"""Build the cluster's programs from pinned Go modules, once for each version."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Collection
from pathlib import Path

from localcluster.errors import ClusterError
from localcluster.progress import say
from localcluster.settings import BIN
from localcluster.versions import PARTS, Part

_MODULES = Path(__file__).resolve().parent / "go"
_PART_OF = {program: part for part in PARTS for program in part.programs}


def program(name: str) -> Path:
    """The path of a built program, whether or not it has been built yet."""
    return directory(_PART_OF[name]) / name


def directory(part: Part) -> Path:
    """Where a part's programs go: the name holds the version and a hash of everything that the build reads."""
    digest = hashlib.sha256(part.ldflags.encode())
    for source in sorted((_MODULES / part.name).iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return BIN / f"{part.name}-{part.version}-{digest.hexdigest()[:10]}"


def ensure_programs(names: Collection[str] | None = None) -> None:
    """Build what is missing; all programs unless some are named.

    Raises:
        ClusterError: there is no Go, or a build failed.
    """
    for part in PARTS:
        for name, package in part.programs.items():
            if (names is None or name in names) and not (directory(part) / name).exists():
                _build(part, name, package)
    _link_kubectl()


def _build(part: Part, name: str, package: str) -> None:
    if shutil.which("go") is None:
        raise ClusterError("go is not on PATH: install Go 1.26 or newer, which builds the cluster's programs")
    say(f"building {name} {part.version} (Kubernetes takes minutes the first time)")
    began = time.monotonic()
    target = directory(part) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    command = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags", part.ldflags, "-o", str(unfinished), package]
    outcome = subprocess.run(
        command,
        cwd=_MODULES / part.name,
        env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise ClusterError(f"building {name} failed; see localcluster/go/{part.name}:\n{outcome.stderr[-3000:]}")
    unfinished.replace(target)
    say(f"built {name} in {time.monotonic() - began:.0f} s")


def _link_kubectl() -> None:
    link = BIN / "kubectl"
    target = program("kubectl").relative_to(BIN)
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)
