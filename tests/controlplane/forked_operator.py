"""The operator as a process that starts at once: forked off a process that has everything imported already.

Killing and starting it a hundred times is then a matter of seconds. What runs is what `pacsstack operator run` runs.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from pacsstack.controller.lease import Candidate
from pacsstack.controller.logs import configure_logging
from pacsstack.controller.periods import Periods
from pacsstack.controller.runner import Options, run_operator

PATIENCE = 30.0
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.controlplane.forked_operator"])


def _run(options: Options, log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 2)
    configure_logging("text")
    os.environ["KUBECONFIG"] = str(options.kubeconfig)
    asyncio.run(run_operator(options))


class ForkedOperator:
    """Runs the operator for one namespace; `periods` can hurry it."""

    def __init__(  # noqa: PLR0913  (the operator's own options)
        self,
        kubeconfig: Path,
        namespace: str,
        log: Path,
        *,
        periods: Periods | None = None,
        health_port: int = 0,
        candidate: Candidate | None = None,
    ) -> None:
        self._options = Options((namespace,), str(kubeconfig), health_port, candidate, periods or Periods())
        self._log = log
        self._process: BaseProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        """Start it; its log goes on in the same file."""
        self._process = _CONTEXT.Process(target=_run, args=(self._options, self._log), daemon=True)
        self._process.start()

    def kill(self) -> None:
        """Kill it without warning; safe to call from any thread."""
        if self._process is None:
            raise RuntimeError("the operator does not run")
        self._process.kill()

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code, negative for a signal.

        Raises:
            TimeoutError: it goes on.
        """
        if self._process is None:
            raise RuntimeError("the operator does not run")
        self._process.join(PATIENCE)
        code = self._process.exitcode
        if code is None:
            raise TimeoutError(f"the operator has not ended after {PATIENCE:.0f} s; see {self._log}")
        self._process = None
        return code

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        if self._process is None:
            raise RuntimeError("the operator does not run")
        self._process.terminate()
        return self.wait()

    def alive(self) -> bool:
        """Say whether it runs."""
        return self._process is not None and self._process.is_alive()

    def log(self) -> str:
        """Return everything that it has logged."""
        return self._log.read_text() if self._log.exists() else ""
