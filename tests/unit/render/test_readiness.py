"""Orthanc's readiness probe, against a real DICOM peer and a real HTTP server."""

from __future__ import annotations

import base64
import importlib.util
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

import pacsstack.render

SCRIPT = Path(pacsstack.render.__file__).parent / "templates" / "orthanc_readiness.py"


class Answer(BaseHTTPRequestHandler):
    """Answers like Orthanc: 200 for the right password, 401 otherwise, 503 without a database."""

    database_is_there: ClassVar[bool] = True
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        expected = "Basic " + base64.b64encode(b"pacsstack:secret").decode()
        allowed = self.headers["Authorization"] == expected
        self.asked.append(self.path)
        self.send_response(401 if not allowed else 200 if self.database_is_there else 503)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def http_port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Peer:
    """A DICOM peer that answers C-ECHO with a status of choice and keeps who called."""

    def __init__(self) -> None:
        self.status = 0x0000
        self.calls: list[tuple[str, str]] = []
        ae = AE()
        ae.add_supported_context(Verification)
        self.server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_ECHO, self.answer)])

    def answer(self, event: Any) -> int:
        self.calls.append((event.assoc.requestor.ae_title, event.assoc.requestor.primitive.called_ae_title))
        return self.status


@pytest.fixture
def peer() -> Iterator[Peer]:
    one = Peer()
    yield one
    one.server.shutdown()


@pytest.fixture
def probe(tmp_path: Path, http_port: int, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("orthanc_readiness", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    settings = {
        "DicomAet": "ARCHIVE ONE",
        "DicomPort": peer.server.server_address[1],
        "HttpPort": http_port,
        "RegisteredUsers": {"pacsstack": "secret"},
    }
    (tmp_path / "orthanc.json").write_text(json.dumps(settings))
    monkeypatch.setattr(module, "SETTINGS", tmp_path / "orthanc.json")
    monkeypatch.setattr(Answer, "database_is_there", True)
    return module


def change(probe: ModuleType, **settings: object) -> None:
    probe.SETTINGS.write_text(json.dumps({**json.loads(probe.SETTINGS.read_text()), **settings}))


def test_a_working_orthanc_is_ready(probe: ModuleType, peer: Peer) -> None:
    assert probe.main() == 0
    assert peer.calls == [("PACSSTACK-PROBE", "ARCHIVE ONE")]
    assert Answer.asked[-1] == "/changes?limit=1"


def test_without_an_answer_by_dicom_it_is_not_ready(probe: ModuleType) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_afterwards:
        port = closed_afterwards.getsockname()[1]
    change(probe, DicomPort=port)
    assert probe.main() == 1


def test_a_failed_echo_is_not_ready(probe: ModuleType, peer: Peer) -> None:
    peer.status = 0x0122
    assert probe.main() == 1


def test_without_its_database_it_is_not_ready(probe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "database_is_there", False)
    assert probe.main() == 1


def test_a_wrong_password_is_not_ready(probe: ModuleType) -> None:
    change(probe, RegisteredUsers={"pacsstack": "wrong"})
    assert probe.main() == 1
