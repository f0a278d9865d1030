"""The operator as a process of its own against an API server, and what it wrote there, by the audit log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

AGENT = "pacsstack-operator/"
WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
PATIENCE = 60.0
"""Seconds to wait for something before the test fails; far more than it takes."""

Found = TypeVar("Found")


def eventually(look: Callable[[], Found | None], what: str) -> Found:
    """Return the first thing that is found, looking again and again, since a state and not a time is asked for.

    Raises:
        TimeoutError: it was not found.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise TimeoutError(f"after {PATIENCE:.0f} s there is still not: {what}")


class OperatorProcess:
    """Runs `pacsstack operator run` for one namespace."""

    def __init__(self, kubeconfig: Path, namespace: str, log: Path) -> None:
        self._kubeconfig = kubeconfig
        self._namespace = namespace
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        """Start it; its log goes on in the same file."""
        command = [sys.executable, "-m", "pacsstack.cli.main", "operator", "run", "--health-port", "0"]
        options = ["--namespace", self._namespace, "--kubeconfig", str(self._kubeconfig)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, *options], stderr=log, env=environment)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        if self._process is None:
            raise RuntimeError("the operator does not run")
        self._process.send_signal(how)
        code = self._process.wait(timeout=PATIENCE)
        self._process = None
        return code

    def log(self) -> str:
        """Return everything that it has logged."""
        return self._log.read_text()


class AuditLog:
    """What the API server was asked for, from the moment this is made."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self._path = kubeconfig.parent / "audit.log"
        self._namespace = namespace
        self._start = self._path.stat().st_size

    def requests(self) -> list[dict[str, Any]]:
        """Return the operator's requests in the namespace since then, watches left out."""
        with self._path.open("rb") as log:
            log.seek(self._start)
            lines = log.read().splitlines()
        events = [json.loads(line) for line in lines if line.endswith(b"}")]
        return [event for event in events if self._is_ours(event)]

    def writes(self) -> list[str]:
        """Return the operator's writes as `verb resource name`."""
        return [
            f"{event['verb']} {event['objectRef']['resource']} {event['objectRef'].get('name', '')}"
            for event in self.requests()
            if event["verb"] in WRITES
        ]

    def passes(self, name: str) -> int:
        """Return how many passes over a stack have begun."""
        return sum(
            event["verb"] == "get"
            and event["objectRef"]["resource"] == "pacsstacks"
            and event["objectRef"].get("name") == name
            for event in self.requests()
        )

    def _is_ours(self, event: dict[str, Any]) -> bool:
        ours = event.get("userAgent", "").startswith(AGENT) and event["verb"] != "watch"
        return ours and event.get("objectRef", {}).get("namespace") == self._namespace
