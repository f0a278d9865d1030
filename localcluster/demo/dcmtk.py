"""DCMTK's command line programs: the modality of the demo and the tests.

Source of the options: the manual pages of storescu, dcmsend, findscu, movescu and echoscu (DCMTK 3.6.7).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from localcluster.demo.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEBIAN = "/usr/bin:/usr/local/bin"
"""Where DCMTK's programs are; not PATH, because pynetdicom installs others of the same names."""

_CONNECT_TIMEOUT = "10"
"""Seconds that a connection may take; DCMTK itself would wait for ever."""

_PROPOSE = {ExplicitVRLittleEndian: "-xe", ImplicitVRLittleEndian: "-xi", RLELossless: "-xr"}
"""What makes storescu propose a transfer syntax first, so that nothing is converted on the way."""


class DicomError(RuntimeError):
    """A DCMTK program failed; the message is what it said."""


@dataclass(frozen=True)
class Tls:
    """How to speak TLS: the authority to trust and, for mutual TLS, an own key and certificate (PEM files)."""

    authority: Path
    key: Path | None = None
    certificate: Path | None = None

    def options(self) -> list[str]:
        """Return the options that DCMTK's programs share."""
        own = ["+tls", str(self.key), str(self.certificate)] if self.key else ["+tla"]
        return [*own, "+cf", str(self.authority)]


@dataclass(frozen=True)
class Peer:
    """A DICOM application entity and how to reach it."""

    host: str
    port: int
    ae_title: str
    tls: Tls | None = None

    @classmethod
    def at(cls, endpoint: str, ae_title: str, tls: Tls | None = None) -> Peer:
        """Return the peer at HOST:PORT."""
        host, _, port = endpoint.rpartition(":")
        return cls(host, int(port), ae_title, tls)

    def arguments(self, calling: str) -> list[str]:
        """Return time-out, AE titles, TLS options and address as DCMTK's programs take them."""
        tls = self.tls.options() if self.tls else []
        return ["-to", _CONNECT_TIMEOUT, "-aet", calling, "-aec", self.ae_title, *tls, self.host, str(self.port)]


def program(name: str) -> str:
    """Return the path of a DCMTK program.

    Raises:
        DicomError: DCMTK is not installed.
    """
    found = shutil.which(name, path=_DEBIAN)
    if found is None:
        raise DicomError(f"{name} is not installed: run `apt-get install dcmtk`")
    return found


def call(name: str, arguments: Sequence[str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a DCMTK program and return how it ended, well or badly, with its log in `stdout`.

    TCP_NODELAY keeps Nagle's algorithm from adding 40 ms to each small message.
    """
    return subprocess.run(
        [program(name), *arguments],
        env={**os.environ, "TCP_NODELAY": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )


def _must(name: str, arguments: Sequence[str], success: str = "") -> str:
    """Return what a program printed, if it succeeded; for some, only a line of what they print tells."""
    done = call(name, arguments)
    if done.returncode != 0 or success not in done.stdout:
        raise DicomError(f"{name} to {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def echo(peer: Peer, calling: str = "MODALITY") -> None:
    """Verify an application entity by C-ECHO.

    Raises:
        DicomError: it does not answer.
    """
    _must("echoscu", ["-v", *peer.arguments(calling)])


def store(peer: Peer, study: Study, calling: str = "MODALITY") -> None:
    """Send a study by C-STORE, each series in its own transfer syntax.

    Raises:
        DicomError: an instance was not acknowledged.
    """
    with tempfile.TemporaryDirectory(prefix="pacsstack-") as directory:
        for uid, instances in study.series().items():
            part = Study(study.uid, study.patient_id, study.patient_name, study.accession_number, tuple(instances))
            files = part.write(Path(directory) / uid)
            store_files(peer, files, _PROPOSE[instances[0].transfer_syntax], calling)


def store_files(peer: Peer, files: Iterable[Path], propose: str, calling: str = "MODALITY") -> None:
    """Send files of one transfer syntax by C-STORE in one association.

    Raises:
        DicomError: one was not acknowledged.
    """
    options = ["-v", "-R", propose, *peer.arguments(calling)]
    _must("storescu", [*options, *(str(file) for file in files)])


def send(peer: Peer, study: Study) -> str:
    """Send a study with `dcmsend --verbose`, the program of Google's guide, and return what it printed.

    Raises:
        DicomError: an instance was not acknowledged.
    """
    with tempfile.TemporaryDirectory(prefix="pacsstack-") as directory:
        files = study.write(Path(directory))
        arguments = ["--verbose", peer.host, str(peer.port), *(str(file) for file in files), "-aec", peer.ae_title]
        return _must("dcmsend", arguments, f"with status SUCCESS  : {len(files)}\n")


def find(peer: Peer, level: str, keys: dict[str, str], calling: str) -> list[dict[str, str]]:
    """Query by C-FIND in the study root model and return the asked keys of each answer.

    Raises:
        DicomError: the query was refused.
    """
    with tempfile.TemporaryDirectory(prefix="pacsstack-") as directory:
        options = ["-S", "-v", "-X", "-od", directory, *_keys({"QueryRetrieveLevel": level, **keys})]
        _must("findscu", [*options, *peer.arguments(calling)], "Received Final Find Response (Success)")
        answers = [dcmread(path, force=True) for path in sorted(Path(directory).glob("*.dcm"))]
    return [{key: str(answer.get(key, "")) for key in keys} for answer in answers]


def move(peer: Peer, destination: str, study_uid: str, calling: str) -> None:
    """Ask by C-MOVE that a study be sent to another application entity.

    Raises:
        DicomError: the request was refused or a sub-operation failed.
    """
    keys = _keys({"QueryRetrieveLevel": "STUDY", "StudyInstanceUID": study_uid})
    arguments = ["-S", "-v", "-aem", destination, *keys, *peer.arguments(calling)]
    _must("movescu", arguments, "Received Final Move Response (Success)")


def _keys(keys: dict[str, str]) -> list[str]:
    return [word for name, value in keys.items() for word in ("-k", f"{name}={value}" if value else name)]
