"""kubectl as a function: the demo and the tests do what a person would do, and see what a person would see."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Object = dict[str, Any]

LOCAL_KUBECTL = Path(__file__).parents[2] / ".local" / "bin" / "kubectl"
"""The kubectl that is built with the local cluster."""


class KubectlError(RuntimeError):
    """A kubectl command failed; the message is what kubectl said."""


@dataclass(frozen=True)
class Kubectl:
    """One cluster, seen from one namespace."""

    kubeconfig: Path
    namespace: str = ""

    def within(self, namespace: str) -> Kubectl:
        """Return the same cluster seen from another namespace."""
        return replace(self, namespace=namespace)

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = 120) -> str:
        """Run kubectl and return what it printed.

        Args:
            arguments: the command line after `kubectl`.
            stdin: what the command reads; credentials go this way, never as an argument.
            timeout: seconds after which the command is ended.

        Raises:
            KubectlError: the command failed or took too long.
        """
        try:
            done = self.process(*arguments, stdin=stdin, timeout=timeout)
        except subprocess.TimeoutExpired as expired:
            raise KubectlError(f"kubectl {' '.join(arguments)}: nothing after {timeout:.0f} s") from expired
        if done.returncode != 0:
            raise KubectlError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def process(
        self, *arguments: str, stdin: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl and return how it ended, well or badly."""
        command = [_program(), *(["-n", self.namespace] if self.namespace else []), *arguments]
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        return subprocess.run(
            command, env=environment, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
        )

    def apply(self, objects: Sequence[Object], *options: str) -> str:
        """Apply objects on the server's side, so that no annotation repeats what they hold."""
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        return self.run("apply", "--server-side", "--force-conflicts", *options, "-f", "-", stdin=items)

    def get(self, kind: str, name: str) -> Object | None:
        """Return one object, or None when it does not exist."""
        printed = self.run("get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(printed) if printed.strip() else None

    def require(self, kind: str, name: str) -> Object:
        """Return one object that must exist.

        Raises:
            KubectlError: it does not.
        """
        found = self.get(kind, name)
        if found is None:
            raise KubectlError(f"{kind}/{name} is not in namespace {self.namespace or 'default'}")
        return found

    def list(self, kinds: str, *options: str) -> list[Object]:
        """Return all objects of these kinds (comma-separated)."""
        items: list[Object] = json.loads(self.run("get", kinds, "-o", "json", *options))["items"]
        return items

    def wait(self, what: str, condition: str, timeout: float) -> None:
        """Wait until an object meets a condition such as `condition=Ready`, `delete` or `create`.

        Raises:
            KubectlError: it did not within `timeout` seconds.
        """
        self.run("wait", what, f"--for={condition}", f"--timeout={timeout:.0f}s", timeout=timeout + 10)


def _program() -> str:
    """Return the kubectl of the local cluster, which fits it, or the machine's own."""
    if LOCAL_KUBECTL.exists():
        return str(LOCAL_KUBECTL)
    found = shutil.which("kubectl")
    if found is None:
        raise KubectlError("kubectl is not installed: run `make cluster`, or put kubectl on PATH")
    return found
