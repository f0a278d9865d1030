"""C-FIND, answered by QIDO-RS."""

import logging
from collections.abc import Iterator

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from .dicomweb import DicomWeb
from .errors import DicomWebError
from .qido import queries, unique
from .store import status

_LOG = logging.getLogger("import_adapter.find")
_PENDING = 0xFF00
_CANCELLED = 0xFE00


def handle_find(event: Event, server: DicomWeb, *, fuzzy: bool) -> Iterator[tuple[Dataset, Dataset | None]]:
    """Yield the matches, or one failure with what the server said."""
    try:
        paths = queries(event.identifier, fuzzy=fuzzy)
        matches = unique([answer for path in paths for answer in server.query(path)])
    except DicomWebError as error:
        _LOG.error("CFind Qido-rs error: %s", error)
        yield status(error.status, error.comment), None
        return
    for match in matches:
        if event.is_cancelled:
            yield status(_CANCELLED), None
            return
        yield status(_PENDING), match
