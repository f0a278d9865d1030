"""A modality that images are sent to: DCMTK's storescp on this machine."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from typing import TYPE_CHECKING

from localcluster.demo.dcmtk import program
from localcluster.demo.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def receiving(directory: Path, ae_title: str, port: int) -> Iterator[Path]:
    """Run storescp, which writes what it gets, bit by bit, into the directory."""
    options = ["+B", "+xa", "-od", str(directory), "-aet", ae_title, str(port)]
    with subprocess.Popen(
        [program("storescp"), *options], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        try:
            until(lambda: process.poll() is None and _listens(port), f"storescp on port {port}", 10)
            yield directory
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
