#!/usr/bin/env python3
"""Says whether Orthanc works: a C-ECHO is answered, and so is an authenticated question that needs the database.

Runs inside Orthanc's container with nothing but Python's standard library. Exits with 0, or with 1 and the cause.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import sys
import urllib.request
from pathlib import Path
from typing import Any

SETTINGS = Path("/tmp/orthanc.json")  # noqa: S108  (where the image writes what it has merged)
SECONDS = 4.0
HEAD = 6
CALLING_AE_TITLE = "PACSSTACK-PROBE"
APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
IMPLEMENTATION = "1.2.826.0.1.3680043.10.1489.1"
ASSOCIATE_ACCEPT, DATA, RELEASE_RESPONSE = 2, 4, 6


def item(kind: int, content: bytes) -> bytes:
    """Return an item of an A-ASSOCIATE-RQ (DICOM PS3.8, section 9.3.2)."""
    return struct.pack(">BxH", kind, len(content)) + content


def pdu(kind: int, content: bytes) -> bytes:
    """Return a protocol data unit (DICOM PS3.8, section 9.3.1)."""
    return struct.pack(">BxI", kind, len(content)) + content


def association_request(called_ae_title: str) -> bytes:
    """Return an A-ASSOCIATE-RQ that proposes Verification."""
    context = item(
        0x20,
        bytes((1, 0, 0, 0)) + item(0x30, VERIFICATION.encode()) + item(0x40, IMPLICIT_VR_LITTLE_ENDIAN.encode()),
    )
    user = item(0x50, item(0x51, struct.pack(">I", 16384)) + item(0x52, IMPLEMENTATION.encode()))
    titles = called_ae_title.ljust(16).encode() + CALLING_AE_TITLE.ljust(16).encode()
    items = item(0x10, APPLICATION_CONTEXT.encode()) + context + user
    return pdu(1, struct.pack(">HH", 1, 0) + titles + bytes(32) + items)


def echo_request() -> bytes:
    """Return a C-ECHO-RQ (DICOM PS3.7, section 9.3.5) in a P-DATA-TF."""

    def element(number: int, value: bytes) -> bytes:
        return struct.pack("<HHI", 0, number, len(value)) + value

    elements = element(0x0002, VERIFICATION.encode().ljust(18, b"\0"))
    for number, value in ((0x0100, 0x0030), (0x0110, 1), (0x0800, 0x0101)):
        elements += element(number, struct.pack("<H", value))
    command = element(0x0000, struct.pack("<I", len(elements))) + elements
    return pdu(DATA, struct.pack(">IBB", len(command) + 2, 1, 0x03) + command)


def receive(connection: socket.socket, wanted: int) -> bytes:
    """Return the content of the next data unit, which must be of the wanted kind."""
    stream = connection.makefile("rb")
    head = stream.read(HEAD)
    if len(head) < HEAD:
        raise ConnectionError("the association was closed")
    kind, length = struct.unpack(">BxI", head)
    if kind != wanted:
        raise ConnectionError(f"data unit {wanted} expected, {kind} received")
    return stream.read(length)


def echo(port: int, called_ae_title: str) -> None:
    """Open an association, ask for a C-ECHO, and close it again.

    Raises:
        OSError: there is no association or no answer.
    """
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(association_request(called_ae_title))
        receive(connection, ASSOCIATE_ACCEPT)
        connection.sendall(echo_request())
        if struct.pack("<HHIH", 0, 0x0900, 2, 0) not in receive(connection, DATA):
            raise ConnectionError("C-ECHO was answered with a failure")
        connection.sendall(pdu(5, bytes(4)))
        receive(connection, RELEASE_RESPONSE)


def ask(port: int, user: str, password: str) -> None:
    """Ask for the first change, which Orthanc looks up in the database.

    Raises:
        OSError: there is no answer, or it says no.
    """
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/changes?limit=1", headers={"Authorization": f"Basic {token}"}
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
        response.read()


def main() -> int:
    """Check both and say what failed."""
    settings: dict[str, Any] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    user, password = next(iter(settings["RegisteredUsers"].items()))
    try:
        echo(settings["DicomPort"], settings["DicomAet"])
        ask(settings["HttpPort"], user, password)
    except OSError as error:
        print(f"not ready: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
