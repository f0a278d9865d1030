"""End and remove what pods leave on the machine: processes, shims, mounts, sockets, control groups."""

import errno
import json
from collections.abc import Sequence
from pathlib import Path

from localcluster.mounts import unmount_below
from localcluster.processes import command_line, end_process, parent, start_time
from localcluster.progress import say
from localcluster.settings import IMAGES_ROOT, Settings

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_POD_GROUP = "kubepods"
_SHIM = "containerd-shim-runc-v2"
_CONTAINER_LOGS = Path("/var/log/containers")


def end_pods(settings: Settings) -> None:
    """End every process of every pod, and the shims that watch them. Nothing is waited for: their data goes as well."""
    shims = [pid for pid in _processes() if is_shim_of(command_line(pid), settings.containerd_socket)]
    if not shims:
        return
    say(f"ending the processes of {len(shims)} pods")
    sockets = _shim_sockets(settings)
    for pid in [*_descendants(set(shims)), *shims]:
        started = start_time(pid)
        if started >= 0:
            end_process(pid, started, 0)
    for path in sockets:
        path.unlink(missing_ok=True)


def is_shim_of(arguments: Sequence[str], socket: Path) -> bool:
    """Whether a process is a shim that reports to the containerd behind this socket."""
    return bool(arguments) and Path(arguments[0]).name == _SHIM and str(socket) in arguments


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _descendants(ancestors: set[int]) -> list[int]:
    parents = {pid: parent(pid) for pid in _processes()}
    found: list[int] = []
    known = set(ancestors)
    while fresh := [pid for pid, above in parents.items() if above in known and pid not in known]:
        found += fresh
        known |= set(fresh)
    return found


def _shim_sockets(settings: Settings) -> list[Path]:
    # The place of a shim's socket is not configurable, but each bundle says where its own is.
    bundles = (settings.state / "containerd" / "io.containerd.runtime.v2.task").glob("*/*/bootstrap.json")
    addresses = (json.loads(bundle.read_text())["address"] for bundle in bundles)
    return [Path(address.removeprefix("unix://")) for address in addresses]


def remove_traces(settings: Settings) -> None:
    """Remove the mounts, log links and control groups of pods that have ended."""
    unmount_below(settings.state)
    unmount_below(IMAGES_ROOT)
    if _CONTAINER_LOGS.is_dir():
        for link in _CONTAINER_LOGS.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(settings.state):
                link.unlink()
    for top in (_CONTROL_GROUPS / _POD_GROUP, *_CONTROL_GROUPS.glob(f"*/{_POD_GROUP}")):
        if top.is_dir() and not top.parent.is_symlink():
            _remove_groups(top)


def _remove_groups(top: Path) -> None:
    groups = [path for path in top.rglob("*") if path.is_dir()]
    for group in [*sorted(groups, key=lambda path: len(path.parts), reverse=True), top]:
        try:
            group.rmdir()
        except OSError as error:
            # Busy: somebody else's pods live in it. Gone: several controllers share one hierarchy.
            if error.errno not in (errno.EBUSY, errno.ENOENT):
                raise
