"""The cluster as a whole: bring it up, take it down, say how it is, restart a part of it."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from localcluster import containerd, controlplane, dns, node
from localcluster.build import ensure_programs, program
from localcluster.certs import ensure_certificates
from localcluster.controllers import load_balancer, policies, provisioner
from localcluster.errors import ClusterError
from localcluster.leftovers import end_pods, remove_traces
from localcluster.network import ensure_interface, interface_owner, remove_network
from localcluster.packages import ensure_packages
from localcluster.policies.agent import wait_for_policies
from localcluster.predecessor import remove_dead_predecessor
from localcluster.processes import Processes, Program, boot_id
from localcluster.progress import say
from localcluster.settings import (
    CONTROL_PLANE,
    FULL,
    LOCAL,
    MANIFESTS,
    NODE_ADDRESS,
    NODE_NAME,
    STORAGE_CLASS,
    Settings,
)
from localcluster.versions import CONTROL_PLANE_PROGRAMS
from localcluster.waiting import wait_for

_PARTS: dict[str, Callable[[Settings], Program]] = {
    "etcd": controlplane.etcd,
    "kube-apiserver": controlplane.api_server,
    "kube-controller-manager": controlplane.controller_manager,
    "kube-scheduler": controlplane.scheduler,
    "containerd": containerd.containerd,
    "kubelet": node.kubelet,
    "kube-proxy": node.kube_proxy,
    "coredns": dns.coredns,
    "provisioner": provisioner,
    "loadbalancer": load_balancer,
    "policies": policies,
}
"""Every part of the full cluster, in the order in which they start."""
_CONTROL_PLANE_PARTS = ("etcd", "kube-apiserver", "kube-controller-manager")


class Cluster:
    """A Kubernetes on this machine: the full one, or an API server without a node."""

    def __init__(self, *, control_plane_only: bool = False) -> None:
        self.settings = CONTROL_PLANE if control_plane_only else FULL
        self._processes = Processes(self.settings.records, self.settings.logs)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.settings.kubeconfig

    @property
    def audit_log(self) -> Path:
        """The API server's audit log."""
        return self.settings.audit_log

    @property
    def node_address(self) -> str:
        """An address of this machine that pods reach."""
        return NODE_ADDRESS

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts, in the order in which they start."""
        return tuple(_PARTS) if self.settings.has_node else _CONTROL_PLANE_PARTS

    def is_up(self) -> bool:
        """Whether the cluster was brought up to the end, every part still runs and the API server is ready."""
        return (
            self._complete.exists()
            and all(map(self._processes.is_alive, self.parts))
            and controlplane.is_ready(self.settings)
        )

    def status(self) -> dict[str, bool]:
        """Which parts run."""
        return {name: self._processes.is_alive(name) for name in self.parts}

    def build(self) -> None:
        """Install the packages and build the programs, and start nothing."""
        if not self.settings.has_node:
            ensure_programs(CONTROL_PLANE_PROGRAMS)
            return
        ensure_packages()
        ensure_programs()

    def up(self) -> None:
        """Bring up what does not run yet; return when the cluster works.

        Raises:
            ClusterError: a part is missing, ends, or does not become ready in time.
        """
        _require_root()
        with self._locked():
            if self.is_up():
                say(f"already up; kubeconfig {self.kubeconfig}")
                return
            self.build()
            if self._is_stale():
                self._down()
            self._start_all()
        say(f"up; kubeconfig {self.kubeconfig}")

    def down(self) -> None:
        """End every part; remove its state, mounts, addresses and rules. What was built and imported stays."""
        _require_root()
        with self._locked():
            if self.settings.state.exists() or interface_owner() == str(self.settings.state):
                self._down()
                say("down")
            else:
                say("already down")

    def restart(self, name: str, *, forced: bool = False) -> None:
        """End one part, at once when forced, and start it again; return when it runs and the API server is ready."""
        self.stop(name, forced=forced)
        self.start(name)

    def stop(self, name: str, *, forced: bool = False) -> None:
        """End one part and leave it ended."""
        # An API server told to end waits up to a minute for its watches to end first. All its state is in etcd.
        self._processes.stop(self._known(name), 0 if forced else 5)

    def start(self, name: str) -> None:
        """Start one part unless it runs; return when it runs and the API server is ready."""
        self._ensure(self._known(name))
        if name in ("etcd", "kube-apiserver"):
            controlplane.wait_for_api_server(self.settings, self._processes)
        self._processes.require(name)

    def pid(self, name: str) -> int:
        """The number of a part's process."""
        return self._processes.pid(self._known(name))

    def log(self, name: str) -> Path:
        """The file that a part's output goes to."""
        return self._processes.log(self._known(name))

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as the administrator; returns what it prints.

        Raises:
            ClusterError: it failed; the message holds its complaint.
        """
        command = [str(program("kubectl")), f"--kubeconfig={self.kubeconfig}", *arguments]
        outcome = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if outcome.returncode:
            raise ClusterError(f"`kubectl {' '.join(arguments)}` failed: {outcome.stderr.strip()}")
        return outcome.stdout

    def import_image(self, archive: Path) -> None:
        """Import a Docker or OCI archive, so that pods find its image."""
        containerd.import_image(archive, self.settings)

    def _known(self, name: str) -> str:
        if name not in self.parts:
            raise ClusterError(f"{name} is no part of this cluster; its parts are {', '.join(self.parts)}")
        return name

    def _ensure(self, name: str) -> None:
        if self._processes.ensure(_PARTS[name](self.settings)):
            say(f"starting {name}")

    def _start_all(self) -> None:
        self.settings.state.mkdir(parents=True, exist_ok=True)
        self._complete.unlink(missing_ok=True)
        self._boot.write_text(boot_id())
        ensure_certificates(self.settings)
        if self.settings.has_node:
            remove_dead_predecessor(self.settings)
            ensure_interface(self.settings)
            self._ensure("containerd")
        self._ensure("etcd")
        controlplane.wait_for_etcd(self.settings, self._processes)
        self._ensure("kube-apiserver")
        if self.settings.has_node:
            self._prepare_containerd()
        controlplane.wait_for_api_server(self.settings, self._processes)
        for name in self.parts:
            self._ensure(name)
        if self.settings.has_node:
            self._wait_for_node()
        self._wait_for_controllers()

    def _prepare_containerd(self) -> None:
        containerd.wait_for_containerd(self.settings, self._processes)
        # Before the first kubelet of a new cluster, whatever containerd remembers is of an earlier one.
        if not (self.settings.state / "kubelet").exists() and containerd.remove_containers(self.settings):
            self._processes.stop("containerd")
            self._ensure("containerd")
            containerd.wait_for_containerd(self.settings, self._processes)
        containerd.ensure_pause_image(self.settings)

    def _wait_for_node(self) -> None:
        for manifest in ("access.yaml", "dns.yaml", "storage.yaml"):
            self.kubectl("apply", "--server-side", "--field-manager=localcluster", "-f", str(MANIFESTS / manifest))
        say("waiting for the node, kube-proxy, CoreDNS and the policies")
        node.wait_for_kube_proxy(self._processes)
        dns.wait_for_dns(self._processes)
        wait_for_policies(self._processes)
        self.kubectl("wait", "--for=create", f"node/{NODE_NAME}", "--timeout=60s")
        self.kubectl("wait", "--for=condition=Ready", f"node/{NODE_NAME}", "--timeout=60s")
        self.kubectl("get", "storageclass", STORAGE_CLASS)

    def _wait_for_controllers(self) -> None:
        # Pods need it, and only a working controller manager makes it.
        query = ("get", "serviceaccount", "default", "--ignore-not-found", "-o", "name")
        wait_for(lambda: bool(self.kubectl(*query)), "the controller manager makes ServiceAccounts", 30)
        for name in self.parts:
            self._processes.require(name)
        self._complete.touch()

    @property
    def _complete(self) -> Path:
        return self.settings.state / "complete"

    @property
    def _boot(self) -> Path:
        return self.settings.state / "boot-id"

    @property
    def _going_down(self) -> Path:
        return self.settings.state / "going-down"

    def _is_stale(self) -> bool:
        """Whether the state cannot be trusted: half removed, or of an earlier boot (etcd never syncs)."""
        if not self.settings.state.exists():
            return False
        return self._going_down.exists() or not self._boot.exists() or self._boot.read_text() != boot_id()

    def _down(self) -> None:
        self.settings.state.mkdir(parents=True, exist_ok=True)
        self._going_down.touch()
        say("ending the cluster's processes and removing its state")
        for name in [name for name in self._processes.names() if name != "containerd"][::-1]:
            self._processes.stop(name, 3)
        if self.settings.has_node:
            self._remove_node()
        shutil.rmtree(self.settings.state)
        if self.kubeconfig.exists():
            self.kubeconfig.unlink()

    def _remove_node(self) -> None:
        end_pods(self.settings)
        if self._processes.is_alive("containerd"):
            containerd.remove_containers(self.settings)
        self._processes.stop("containerd")
        remove_traces(self.settings)
        remove_network(self.settings)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one program at a time change the cluster."""
        LOCAL.mkdir(exist_ok=True)
        with (LOCAL / f"{self.settings.state.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another program that is changing the cluster")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _require_root() -> None:
    if os.geteuid():
        raise ClusterError("the local cluster runs containers and changes the network: run this as root")
