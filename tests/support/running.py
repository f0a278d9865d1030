"""A PacsStack that is Ready, with everything that a client of it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from localcluster.demo.archive import Archive
from localcluster.demo.dcmtk import Peer, Tls
from localcluster.demo.stack import CLEAR, TLS, Stack
from localcluster.demo.study import Study
from localcluster.demo.waiting import until
from tests.support.evidence import tell_state

if TYPE_CHECKING:
    from pathlib import Path

    from localcluster.demo.kubectl import Kubectl


@dataclass(frozen=True)
class Running:
    """One archive to talk to, over HTTPS as `archive` and over DICOM as `clear` and `tls`."""

    stack: Stack
    archive: Archive
    clear: Peer
    tls: Peer

    @property
    def kubectl(self) -> Kubectl:
        return self.stack.kubectl

    def pod_uids(self, component: str) -> set[str]:
        """Identities of the pods of a component that are not being ended."""
        labels = f"pacsstack.io/stack={self.stack.name},app.kubernetes.io/component={component}"
        pods = self.kubectl.list("pods", "-l", labels)
        return {pod["metadata"]["uid"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}

    def wait_answers(self, study: Study | None = None, timeout: float = 120) -> None:
        """Wait until the archive answers over HTTPS, and has every image of a study.

        After a restart of the database, each connection of Orthanc's pool fails once before it heals.
        """
        until(lambda: self._answers(study), f"the archive at {self.archive.url} to answer", timeout)

    def _answers(self, study: Study | None) -> bool:
        try:
            self.archive.get("system")
            found = self.archive.instance_uids(study.uid) if study else set()
        except requests.RequestException:
            return False
        return study is None or found == {instance.sop_instance_uid for instance in study.instances}

    def settle(self, timeout: float = 120) -> None:
        """Wait until no rollout is under way and no pod of an old one is left."""
        for kind in ("deployment", "statefulset"):
            for item in self.kubectl.list(f"{kind}s", "-l", f"pacsstack.io/stack={self.stack.name}"):
                name = f"{kind}/{item['metadata']['name']}"
                self.kubectl.run("rollout", "status", name, f"--timeout={timeout:.0f}s", timeout=timeout + 10)

    def again(self) -> Running:
        """Return the same archive with the same user at the addresses that it has now."""
        own = self.tls.tls if self.tls.tls and self.tls.tls.key else None
        user, password = str(self.archive.user), str(self.archive.password)
        return reach(self.stack, self.archive.authority.parent, user, password, own)


def wait_ready(stack: Stack, timeout: float = 180) -> None:
    """Wait until the stack is Ready; show everything about it when it is not."""
    try:
        stack.wait_ready(timeout)
    except TimeoutError:
        tell_state(stack.kubectl)
        raise


def reach(
    stack: Stack, directory: Path, user: str = "admin", password: str | None = None, own: Tls | None = None
) -> Running:
    """Return a Ready stack with its clients; what is known inside the cluster only is reached by its address."""
    authority = stack.authority(directory)
    url = stack.endpoint("url")
    archive = Archive(
        url,
        authority,
        user,
        password or stack.secret("users", user),
        _address(stack.kubectl, str(urlsplit(url).hostname)),
    )
    tls = own or Tls(authority)
    clear, secured = (_reachable(stack, which) for which in (CLEAR, TLS))
    return Running(stack, archive, Peer.at(clear, "ORTHANC"), Peer.at(secured, "ORTHANC", tls))


def _reachable(stack: Stack, which: str) -> str:
    host, _, port = stack.endpoint(which).rpartition(":")
    return f"{_address(stack.kubectl, host) or host}:{port}"


def _address(kubectl: Kubectl, host: str) -> str | None:
    """Return the cluster address of a Service's name, or None for a host that is reachable as it is."""
    if ".svc" not in host:
        return None
    name, namespace, *_ = host.split(".")
    return str(kubectl.within(namespace).require("service", name)["spec"]["clusterIP"])
