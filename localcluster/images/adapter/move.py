"""C-MOVE: QIDO-RS tells the instances, WADO-RS gets each, C-STORE sends it to the destination."""

import io
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from pynetdicom import build_context
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext

from .aets import Peer
from .dicomweb import DicomWeb
from .errors import UNABLE_TO_COUNT_MATCHES, DicomWebError
from .qido import query, uid
from .store import status

_LOG = logging.getLogger("import_adapter.move")
_PENDING = 0xFF00
_FAILED = 0xC000
_CANCELLED = 0xFE00
_TRANSFER_SYNTAXES = (
    *(ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLosslessSV1),
    *(JPEGLSLossless, JPEG2000Lossless, RLELossless),
)
_MOST_CONTEXTS = 128
"""Presentation contexts of one association (DICOM PS3.8, 9.3.2.2: odd numbers up to 255)."""

Answer = tuple[str | None, int | None] | tuple[str, int, dict[str, Any]] | int | tuple[int | Dataset, Dataset | None]


def handle_move(event: Event, server: DicomWeb, peers: Mapping[str, Peer]) -> Iterator[Answer]:
    """Yield the destination, the number of instances and each instance, as pynetdicom wants them."""
    peer = peers.get(event.move_destination or "")
    if peer is None:
        yield None, None  # answered with A801, Move Destination Unknown
        return
    try:
        instances = _instances(event.identifier, server)
    except DicomWebError as error:
        _LOG.error("Failed QidoRs for CMove: %s", error)
        yield peer.host, peer.port
        yield 1
        yield status(error.status, error.comment), None
        return
    yield peer.host, peer.port, {"contexts": _contexts(instances), "ae_title": peer.name}
    yield len(instances)
    yield from _send(event, server, instances)


def _instances(keys: Dataset, server: DicomWeb) -> list[dict[str, Any]]:
    found = server.query(query(keys, level="IMAGE"))
    if not found:
        raise DicomWebError("No instances to move", UNABLE_TO_COUNT_MATCHES)
    return found


def _send(event: Event, server: DicomWeb, instances: list[dict[str, Any]]) -> Iterator[tuple[int, Dataset | None]]:
    for instance in instances:
        if event.is_cancelled:
            yield _CANCELLED, None
            return
        identity = [uid(instance, tag) for tag in ("0020000D", "0020000E", "00080018")]
        try:
            content = server.retrieve(*identity)
        except DicomWebError as error:
            _LOG.error("Failed WadoRs within CMove: %s", error)
            yield _FAILED, None
            continue
        yield _PENDING, dcmread(io.BytesIO(content))


def _contexts(instances: list[dict[str, Any]]) -> list[PresentationContext]:
    """One context for each SOP class and transfer syntax, since nothing is transcoded on the way."""
    classes = sorted({uid(instance, "00080016") for instance in instances} - {""})
    contexts = [build_context(sop_class, syntax) for sop_class in classes for syntax in _TRANSFER_SYNTAXES]
    return contexts[:_MOST_CONTEXTS]
