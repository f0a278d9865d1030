"""A running adapter with a small DICOMweb server behind it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from localcluster.images.adapter import flags, service
from localcluster.images.adapter.errors import CredentialError, FlagError
from localcluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IMAGES = Path(__file__).parents[3] / "localcluster" / "images"
TITLE = "IMPORTADAPTER"


@dataclass
class Store:
    """The DICOMweb server: remembers what it was asked, and answers as it is told."""

    address: str = ""
    status: int = 200
    body: bytes = b""
    content_type: str = "application/dicom+json"
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        for start, (content_type, body) in self.answers.items():
            if path.startswith(start):
                return 200, content_type, body
        return self.status, self.content_type, self.body


@contextmanager
def serving(store: Store) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            store.requests.append((self.command, self.path, dict(self.headers), content))
            status, content_type, body = store.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _reply  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def store() -> Iterator[Store]:
    found = Store()
    with serving(found):
        yield found


@pytest.fixture(scope="session")
def account() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "type": "service_account",
        "private_key_id": "1",
        "private_key": pem,
        "client_email": "adapter@example.iam.gserviceaccount.com",
        "client_id": "2",
    }


@pytest.fixture
def key_file(account: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(account))
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def command(*arguments: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """The adapter's process as in its image: a package of its own, nothing of the project beside it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return [sys.executable, "-m", "adapter", *arguments], {**kept, "PYTHONPATH": str(IMAGES), **environment}


def refusal(*arguments: str, **environment: str) -> str:
    """What the adapter says when it cannot start."""
    with pytest.raises((FlagError, CredentialError)) as refused:
        service.start(flags.parse(arguments, environment), environment)
    return str(refused.value)


@dataclass
class Adapter:
    port: int
    process: subprocess.Popen[str]


@pytest.fixture
def start(key_file: Path) -> Iterator[Callable[..., Adapter]]:
    """Start an adapter that sends to an address; further flags as given."""
    running: list[subprocess.Popen[str]] = []

    def run(address: str, *flags: str, **environment: str) -> Adapter:
        port = free_port()
        mandatory = (f"--dimse_aet={TITLE}", "--dimse_port", str(port), f"--dicomweb_address={address}")
        argv, variables = command(*mandatory, *flags, GOOGLE_APPLICATION_CREDENTIALS=str(key_file), **environment)
        process = subprocess.Popen(argv, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        running.append(process)
        wait_for(lambda: _listens(port), f"the adapter listens on {port}", 20, lambda: _alive(process))
        return Adapter(port, process)

    yield run
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _alive(process: subprocess.Popen[str]) -> None:
    assert process.poll() is None, process.communicate()[0]


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
