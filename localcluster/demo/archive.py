"""The archive over HTTPS: DICOMweb (DICOM PS3.18) and Orthanc's own REST API (Orthanc Book, "REST API of Orthanc")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from requests.adapters import _HostParams, _PoolKwargs

    from localcluster.demo.study import Instance

_BOUNDARY = "pacsstack-boundary-4b1d"

SOP_INSTANCE_UID = "00080018"


class _ByAddress(HTTPAdapter):
    """Connects to an address while asking for, and checking the certificate of, the name in the URL."""

    def __init__(self, name: str, address: str) -> None:
        self._name, self._address = name, address
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[_HostParams, _PoolKwargs]:
        """Tell urllib3 to connect to the address."""
        where, how = super().build_connection_pool_key_attributes(request, verify, cert)
        where["host"] = self._address
        if where["scheme"] == "https":
            cast("dict[str, Any]", how).update(server_hostname=self._name, assert_hostname=self._name)
        return where, how

    def add_headers(self, request: requests.PreparedRequest, **_: object) -> None:
        """Ask for the name, not for the address."""
        request.headers["Host"] = urlsplit(str(request.url)).netloc


@dataclass(frozen=True)
class Archive:
    """One archive at its base URL, as one user.

    `authority` is the PEM file to trust. `address` is where to connect when the name in the URL is known inside the
    cluster only. `timeout` is how many seconds an answer may take.
    """

    url: str
    authority: Path
    user: str | None = None
    password: str | None = None
    address: str | None = None
    timeout: float = 60

    def session(self) -> requests.Session:
        """Return a session with this archive's user, authority and address."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.authority)
        if self.user is not None:
            session.auth = (self.user, self.password or "")
        if self.address:
            name = str(urlsplit(self.url).hostname)
            session.mount(f"https://{name}", _ByAddress(name, self.address))
            session.mount(f"http://{name}", _ByAddress(name, self.address))
        return session

    def at(self, path: str) -> str:
        """Return the URL of a path below the base URL."""
        return f"{self.url.rstrip('/')}/{path.lstrip('/')}"

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | str | None = None,
        follow: bool = True,
    ) -> requests.Response:
        """Send one request and return the answer, whatever its status."""
        with self.session() as session:
            url = self.at(path)
            return session.request(
                method, url, headers=headers, data=data, allow_redirects=follow, timeout=self.timeout
            )

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> requests.Response:
        """Send a GET request that must succeed.

        Raises:
            requests.HTTPError: the status says that it did not.
        """
        answer = self.request("GET", path, headers=headers)
        answer.raise_for_status()
        return answer

    def instance_uids(self, study_uid: str) -> set[str]:
        """Return the SOP instances of a study by QIDO-RS (DICOM PS3.18, section 10.6)."""
        answer = self.get(f"dicom-web/studies/{study_uid}/instances", headers={"Accept": "application/dicom+json"})

        return {item[SOP_INSTANCE_UID]["Value"][0] for item in answer.json()} if answer.content else set()

    def retrieve(self, path: str) -> list[bytes]:
        """Return files by WADO-RS as they are stored, below `dicom-web/` (DICOM PS3.18, section 10.4)."""
        accept = 'multipart/related; type="application/dicom"; transfer-syntax=*'
        return parts_of(self.get(f"dicom-web/{path}", headers={"Accept": accept}))

    def stow(self, instances: Iterable[Instance]) -> requests.Response:
        """Store instances by STOW-RS (DICOM PS3.18, section 10.5)."""
        kind = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'
        headers = {"Content-Type": kind, "Accept": "application/dicom+json"}
        return self.request("POST", "dicom-web/studies", data=_multipart(instances), headers=headers)

    def file(self, sop_instance_uid: str) -> bytes:
        """Return the stored file of an instance by Orthanc's REST API.

        Raises:
            LookupError: the archive has not exactly one such instance.
        """
        return self.get(f"instances/{self.orthanc_id(sop_instance_uid)}/file").content

    def orthanc_id(self, uid: str) -> str:
        """Return Orthanc's own identifier of a patient, study, series or instance.

        Raises:
            LookupError: the archive has not exactly one with this UID.
        """
        answer = self.request("POST", "tools/lookup", data=uid)
        answer.raise_for_status()
        found = answer.json()
        if len(found) != 1:
            raise LookupError(f"{uid} is {len(found)} times in the archive at {self.url}")
        return str(found[0]["ID"])


def _multipart(instances: Iterable[Instance]) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return b"".join(head + instance.content + b"\r\n" for instance in instances) + f"--{_BOUNDARY}--\r\n".encode()


def parts_of(answer: requests.Response) -> list[bytes]:
    """Return the bodies of a multipart answer (RFC 2046, section 5.1).

    Raises:
        ValueError: it is not multipart.
    """
    kind = answer.headers["Content-Type"]
    if not kind.startswith("multipart/related") or "boundary=" not in kind:
        raise ValueError(f"{answer.url}: expected multipart/related, got {kind}")
    boundary = kind.split("boundary=")[1].split(";")[0].strip('"')
    pieces = (b"\r\n" + answer.content).split(f"\r\n--{boundary}".encode())
    return [piece.split(b"\r\n\r\n", 1)[1] for piece in pieces[1:-1]]
