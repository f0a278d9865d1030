"""An operator of its own for a figure, outside the cluster, against the API server without a node."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcluster.cluster import Cluster
from localcluster.demo.kubectl import Kubectl, Object
from pacsstack.spec.crd import build_crd
from tests.support.audit import entries_since

AGENT = "pacsstack-operator"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}


@contextmanager
def control_plane() -> Iterator[Kubectl]:
    """Bring up the API server, with the resource's definition, and hand out a kubectl for it."""
    cluster = Cluster(control_plane_only=True)
    cluster.up()
    kubectl = Kubectl(cluster.kubeconfig)
    kubectl.apply([build_crd()])
    kubectl.wait("crd/pacsstacks.pacsstack.io", "condition=Established", 30)
    yield kubectl


@contextmanager
def running(kubeconfig: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the operator until the block ends."""
    program = Path(sys.executable).with_name("pacsstack")
    command = [program, "operator", "run", "--kubeconfig", kubeconfig, "--health-port", "18080"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process in MiB (proc(5), VmRSS)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


class Audit:
    """What the operator asked of the API server since this was made."""

    def __init__(self) -> None:
        """Remember where the log ends now."""
        self._log = Cluster(control_plane_only=True).audit_log
        self._offset = self._log.stat().st_size

    def entries(self) -> list[Object]:
        """Return all answered requests for objects since then, of everybody."""
        entries = entries_since(self._offset, self._log)
        return [entry for entry in entries if entry["stage"] == "ResponseComplete" and "objectRef" in entry]

    def writes(self) -> list[Object]:
        """Return the operator's writes since then."""
        return [e for e in self.entries() if e["verb"] in WRITES and e.get("userAgent", "").startswith(AGENT)]


def quiet(audit: Audit, seconds: int = 4, timeout: float = 1800) -> None:
    """Wait until the operator has written nothing for so many seconds.

    Raises:
        TimeoutError: it wrote on and on; it does not converge.
    """
    end = time.monotonic() + timeout
    counts = [-1]
    while len(counts) <= seconds or len(set(counts[-seconds:])) > 1:
        if time.monotonic() > end:
            raise TimeoutError(f"after {timeout:.0f} s the operator still writes: it does not converge")
        # Silence is what is waited for, and silence has no event.
        time.sleep(1)
        counts.append(len(audit.writes()))
