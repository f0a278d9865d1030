"""The proxy's liveness probe makes nginx follow Orthanc's Service; stand-ins play nginx and the name server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pacsstack.render.templating import template_text


class Pod:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = template_text("proxy-liveness.sh").replace("/tmp/", f"{folder}/").replace("/proc/1/fd/2", "/dev/null")  # noqa: S108
        (folder / "liveness.sh").write_text(script)
        (folder / "nginx.pid").write_text(str(os.getpid()))
        self._stand_in("nginx", f"echo $* >> {folder}/reloads")

    def _stand_in(self, name: str, body: str) -> None:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def probe(self, address: str | None) -> int:
        self._stand_in("getent", f"echo '{address} archive-orthanc'" if address else "exit 2")
        environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        return subprocess.run(
            ["sh", self.folder / "liveness.sh", "archive-orthanc"], env=environment, check=False
        ).returncode

    def reloads(self) -> int:
        path = self.folder / "reloads"
        return path.read_text().count("-s reload") if path.exists() else 0


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)


def test_nginx_looks_again_once_after_its_start_and_then_when_the_address_changes(pod: Pod) -> None:
    seen = []
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2"):
        assert pod.probe(address) == 0
        seen.append(pod.reloads())
    assert seen == [1, 1, 2, 2]


def test_a_silent_name_server_restarts_nothing(pod: Pod) -> None:
    assert pod.probe(None) == 0
    assert pod.reloads() == 0


def test_an_ended_nginx_fails_the_probe(pod: Pod) -> None:
    (pod.folder / "nginx.pid").write_text("999999999")
    assert pod.probe("10.0.0.1") != 0
