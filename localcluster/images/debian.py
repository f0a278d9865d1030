"""A layer of Debian packages: a root file system by mmdebstrap."""

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from localcluster.errors import ClusterError
from localcluster.images.layer import EPOCH, Layer, file_digest
from localcluster.images.mirror import sources

_LEFT_OUT = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*", "/usr/share/doc/*")


@dataclass(frozen=True)
class Account:
    """A user with a group of the same name, whose numbers the manifests rely on."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str = "/bin/false"

    def hook(self) -> str:
        """The mmdebstrap hook that makes the account before any package can make one of that name itself."""
        user = f"{self.name}:x:{self.uid}:{self.gid}::{self.home}:{self.shell}"
        group = f"{self.name}:x:{self.gid}:"
        return f'echo {shlex.quote(user)} >> "$1/etc/passwd" && echo {shlex.quote(group)} >> "$1/etc/group"'


@dataclass(frozen=True)
class Debian(Layer):
    """A Debian release with some packages, without apt, manual pages and translations."""

    name: str
    suite: str
    packages: tuple[str, ...]
    accounts: tuple[Account, ...] = ()
    setup: str = ""
    """A shell command that runs before the packages are installed; `$1` is the root."""
    customize: Path | None = None
    """A program that runs when all is installed; its argument is the root."""

    def inputs(self) -> object:
        """The release, the packages and what is done to them; not the versions, which the mirror decides."""
        hooks = [account.hook() for account in self.accounts]
        return [self.suite, self.packages, hooks, self.setup, file_digest(self.customize) if self.customize else ""]

    def write(self, target: Path) -> None:
        """Write the layer: 20 to 60 seconds, most of them apt and dpkg."""
        log = target.with_suffix(".log")
        environment = {
            **os.environ,
            "SOURCE_DATE_EPOCH": str(EPOCH),
            "LC_ALL": "C",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        with log.open("wb") as output:
            outcome = subprocess.run(
                self._command(target), env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
            )
        if outcome.returncode:
            tail = log.read_text(errors="replace")[-2000:]
            raise ClusterError(f"mmdebstrap cannot make {self.name} (all of it: {log}); cure what it says:\n{tail}")
        log.unlink()

    def _command(self, target: Path) -> list[str]:
        return [
            *(
                "mmdebstrap",
                "--mode=root",
                "--variant=essential",
                "--format=tar",
                f"--include={','.join(self.packages)}",
            ),
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
            "--dpkgopt=path-include=/usr/share/doc/*/copyright",
            "--dpkgopt=force-confold",
            *(f"--essential-hook={command}" for command in self._before()),
            *([f"--customize-hook={self.customize}"] if self.customize else []),
            self.suite,
            str(target),
            *sources(self.suite),
        ]

    def _before(self) -> list[str]:
        return [*(account.hook() for account in self.accounts), *([self.setup] if self.setup else [])]
