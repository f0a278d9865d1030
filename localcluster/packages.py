"""The Debian packages that the cluster, its images and its tests run."""

import os
import shutil
import subprocess

from localcluster.errors import ClusterError
from localcluster.progress import say

PACKAGES = (
    "runc",
    "containernetworking-plugins",
    "nftables",
    "conntrack",
    "socat",
    "iproute2",
    "mmdebstrap",
    "dcmtk",
    "openssl",
)
_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def ensure_packages() -> None:
    """Install what is missing.

    Raises:
        ClusterError: this is no Debian, or a package cannot be installed.
    """
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        raise ClusterError("dpkg-query and apt-get are not here: the local cluster needs Debian 12 or a relative of it")
    missing = sorted(set(PACKAGES) - _installed())
    if not missing:
        return
    say(f"installing Debian packages: {' '.join(missing)}")
    _apt("update")
    _apt("install", "-y", "--no-install-recommends", *missing)


def _installed() -> set[str]:
    # dpkg-query ends with 1 when one of the names is unknown to it; the others are printed all the same.
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *PACKAGES]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    lines = (line.split() for line in answer.stdout.splitlines())
    return {words[0] for words in lines if words[1:] == ["installed"]}


def _apt(*arguments: str) -> None:
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    outcome = subprocess.run(command, env={**os.environ, **_QUIET}, capture_output=True, text=True, check=False)
    if outcome.returncode:
        raise ClusterError(f"`{' '.join(command)}` failed; cure what it says:\n{outcome.stderr[-2000:]}")
