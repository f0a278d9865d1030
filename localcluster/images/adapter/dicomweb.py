"""The DICOMweb client: STOW-RS, QIDO-RS and WADO-RS (DICOM PS3.18)."""

import http.client
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from .credentials import Credentials
from .errors import (
    NOT_AUTHORIZED,
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    UNABLE_TO_COUNT_MATCHES,
    CredentialError,
    DicomWebError,
)

_TIMEOUT = 300
"""Seconds without a byte after which a request is given up."""
_STATUSES = {401: NOT_AUTHORIZED, 503: OUT_OF_RESOURCES}


@dataclass(frozen=True)
class DicomWeb:
    """A DICOMweb server."""

    root: str
    store_url: str
    credentials: Credentials

    def store(self, instance: bytes) -> None:
        """Store one instance, a DICOM file.

        Raises:
            DicomWebError: the server did not take it.
        """
        boundary = uuid.uuid4().hex
        body = b"".join((f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode(), instance, b"\r\n--"))
        headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Accept": "application/dicom+json",
        }
        self._ask(self.store_url, headers, body + f"{boundary}--\r\n".encode(), failure=PROCESSING_FAILURE)

    def query(self, path: str) -> list[dict[str, Any]]:
        """The answers to a query, such as `studies?PatientID=1`, in the DICOM JSON model.

        Raises:
            DicomWebError: the server did not answer.
        """
        headers = {"Accept": "application/dicom+json"}
        body, _ = self._ask(f"{self.root}/{path}", headers, failure=UNABLE_TO_COUNT_MATCHES)
        # A server without a match may answer 204 with nothing.
        answers: list[dict[str, Any]] = json.loads(body) if body else []
        return answers

    def retrieve(self, study: str, series: str, instance: str) -> bytes:
        """One instance as a DICOM file, in the transfer syntax in which it is stored.

        Raises:
            DicomWebError: the server did not give it.
        """
        url = f"{self.root}/studies/{study}/series/{series}/instances/{instance}"
        headers = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
        body, head = self._ask(url, headers, failure=PROCESSING_FAILURE)
        return _first_part(body, head)

    def _ask(
        self, url: str, headers: dict[str, str], body: bytes | None = None, *, failure: int
    ) -> tuple[bytes, Message]:
        try:
            authorization = {"Authorization": f"Bearer {self.credentials.bearer(url)}"}
            # S310: the address is the one on the command line, which only an administrator writes.
            request = urllib.request.Request(url, body, headers | authorization)  # noqa: S310
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            raise DicomWebError(_message(error), _STATUSES.get(error.code, failure)) from error
        except (CredentialError, http.client.HTTPException, OSError) as error:
            raise DicomWebError(f"{type(error).__name__}: {error}") from error


def _message(error: urllib.error.HTTPError) -> str:
    """The server's complaint in the form that Google's troubleshooting guide shows: code, status, message."""
    with error:
        text = error.read().decode(errors="replace")
    try:
        details = json.loads(text)["error"]
        return f"Http_{error.code}, {details['status']}, {details['message']}"
    except (ValueError, KeyError, TypeError):
        return f"Http_{error.code}, {error.reason}"


def _first_part(body: bytes, head: Message) -> bytes:
    if not head.get_content_type().startswith("multipart/"):
        return body
    content_type = head["Content-Type"].encode()
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body)
    part = next(iter(message.iter_parts()), None)
    content = part.get_payload(decode=True) if part else None
    if not isinstance(content, bytes):
        raise DicomWebError("the server's answer holds no instance")
    return content
