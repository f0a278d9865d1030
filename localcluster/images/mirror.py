"""Where this machine gets its Debian packages, so that an image of another Debian release comes from there too."""

import platform
import subprocess

from localcluster.errors import ClusterError

_FIELDS = ("$(REPO_URI)", "$(RELEASE)", "$(COMPONENT)")


def sources(suite: str) -> list[str]:
    """The machine's own Debian archives, as lines of sources.list(5) for another suite.

    Args:
        suite: the code name of a Debian release, such as `trixie`.

    Raises:
        ClusterError: apt is configured with no archive of this machine's own release.
    """
    own = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    found = [line for line in _targets() if own and line[1].split("-")[0] == own and line[2] == "main"]
    if not found:
        raise ClusterError(
            f"apt has no source for Debian {own or '(unknown release)'} main: add the release's archive to "
            "/etc/apt/sources.list.d, run apt-get update and try again"
        )
    return sorted({f"deb {uri} {release.replace(own, suite, 1)} {component}" for uri, release, component in found})


def _targets() -> list[list[str]]:
    command = ["apt-get", "indextargets", "--no-release-info", "--format", " ".join(_FIELDS), "Created-By: Packages"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise ClusterError(f"{' '.join(command)} failed; cure what it says and try again:\n{answer.stderr[-1000:]}")
    return [words for words in map(str.split, answer.stdout.splitlines()) if len(words) == len(_FIELDS)]
