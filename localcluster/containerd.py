"""containerd: how it is started, what its images are, and how it is rid of the containers of an earlier cluster."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from localcluster.build import program
from localcluster.errors import ClusterError
from localcluster.network import write_cni
from localcluster.pause import IMAGE, write_pause_archive
from localcluster.processes import Processes, Program
from localcluster.progress import say
from localcluster.settings import CNI_BINARIES, FULL, IMAGES_ROOT, LONGEST_SOCKET_PATH, Settings
from localcluster.templates import write_from_template
from localcluster.waiting import wait_for

_NAMESPACE = "k8s.io"
"""Where the kubelet's side of containerd keeps its images and containers."""


def containerd(settings: Settings) -> Program:
    """The container runtime.

    Raises:
        ClusterError: the checkout's path is too long for a socket in it, or runc is missing.
    """
    longest = settings.containerd_socket.with_name(settings.containerd_socket.name + ".ttrpc")
    if len(os.fsencode(longest)) > LONGEST_SOCKET_PATH:
        raise ClusterError(f"the path {longest} is too long for a socket: move the checkout to a shorter path")
    runc = shutil.which("runc", path=_search_path())
    if runc is None:
        raise ClusterError("runc is not here: `make cluster` installs it, with apt-get")
    configuration = write_from_template(
        "containerd.toml.j2",
        settings.configuration / "containerd.toml",
        root=str(IMAGES_ROOT),
        state=str(settings.state / "containerd"),
        socket=str(settings.containerd_socket),
        pause=IMAGE,
        cni_binaries=str(CNI_BINARIES),
        cni_configuration=str(write_cni(settings)),
        runc=runc,
        runc_root=str(settings.state / "runc"),
    )
    argv = (str(program("containerd")), "--config", str(configuration))
    # containerd finds its shim on PATH.
    return Program("containerd", argv, {"PATH": f"{program('containerd').parent}:{_search_path()}"})


def _search_path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin"


def wait_for_containerd(settings: Settings, processes: Processes) -> None:
    """Return once containerd accepts connections."""
    wait_for(
        lambda: _listens(settings.containerd_socket),
        f"containerd listens on {settings.containerd_socket}",
        30,
        lambda: processes.require("containerd"),
    )


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def ctr(*arguments: str, settings: Settings = FULL) -> str:
    """Run containerd's own client where the kubelet's images and containers are; returns what it prints.

    Raises:
        ClusterError: it failed; the message holds its complaint.
    """
    command = [str(program("ctr")), "--address", str(settings.containerd_socket), "--namespace", _NAMESPACE, *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode:
        complaint = outcome.stderr.strip() or outcome.stdout.strip()
        raise ClusterError(f"`ctr {' '.join(arguments)}` failed: {complaint}; is the cluster up (`make cluster`)?")
    return outcome.stdout


def image_names(settings: Settings = FULL) -> set[str]:
    """The names of all images that pods find here."""
    return set(ctr("images", "ls", "--quiet", settings=settings).split())


def import_image(archive: Path, settings: Settings = FULL) -> None:
    """Import a Docker or OCI archive."""
    ctr("images", "import", str(archive), settings=settings)


def ensure_pause_image(settings: Settings) -> None:
    """Import the pause image unless it is here."""
    if IMAGE not in image_names(settings):
        import_image(write_pause_archive(settings.state / "pause.tar"), settings)


def remove_containers(settings: Settings) -> bool:
    """Forget every container and sandbox; their layers go with them. True when there were any."""
    for task in ctr("tasks", "ls", "--quiet", settings=settings).split():
        ctr("tasks", "rm", "--force", task, settings=settings)
    containers = ctr("containers", "ls", "--quiet", settings=settings).split()
    sandboxes = [line.split()[0] for line in ctr("sandboxes", "ls", settings=settings).splitlines()[1:]]
    if containers:
        say(f"removing {len(containers)} containers of the cluster")
        ctr("containers", "rm", *containers, settings=settings)
    for sandbox in sandboxes:
        ctr("sandboxes", "rm", "--force", sandbox, settings=settings)
    return bool(containers or sandboxes)
