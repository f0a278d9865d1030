"""Mounts that pods leave behind."""

import subprocess
from pathlib import Path

from localcluster.errors import ClusterError

_MOUNTINFO = Path("/proc/self/mountinfo")
_MOUNT_POINT_FIELD = 4


def mounts_below(directory: Path, mountinfo: str | None = None) -> list[str]:
    """The mount points at or below a directory, the deepest and latest first (proc(5), mountinfo)."""
    text = _MOUNTINFO.read_text() if mountinfo is None else mountinfo
    points = (_unescape(line.split()[_MOUNT_POINT_FIELD]) for line in text.splitlines())
    return [point for point in reversed(list(points)) if Path(point).is_relative_to(directory)]


def _unescape(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


def unmount_below(directory: Path) -> None:
    """Unmount everything below a directory.

    Raises:
        ClusterError: something stays mounted.
    """
    for point in mounts_below(directory):
        subprocess.run(["umount", "--lazy", point], capture_output=True, check=False)
    if left := mounts_below(directory):
        raise ClusterError(f"cannot unmount {', '.join(left)}: end what uses them (`fuser -vm PATH`), then try again")
