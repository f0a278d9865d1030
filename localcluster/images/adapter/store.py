"""C-STORE: every instance goes on by STOW-RS before it is acknowledged."""

import logging

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from .dicomweb import DicomWeb
from .errors import CANNOT_UNDERSTAND, DicomWebError

_LOG = logging.getLogger("import_adapter.store")
_SUCCESS = 0x0000


def handle_store(event: Event, server: DicomWeb) -> Dataset:
    """Answer a C-STORE request with what became of the STOW-RS request."""
    identity = {name: getattr(event.request, name) for name in ("AffectedSOPClassUID", "AffectedSOPInstanceUID")}
    for name, uid in identity.items():
        if not uid:
            return status(CANNOT_UNDERSTAND, f"Mandatory tag empty: {name}")
    try:
        server.store(event.encoded_dataset())
    except DicomWebError as error:
        _LOG.error("C-STORE request failed: %s", error)
        return status(error.status, error.comment)
    _LOG.debug("stored %s", identity["AffectedSOPInstanceUID"])
    return status(_SUCCESS)


def status(code: int, comment: str = "") -> Dataset:
    """A response status, with an Error Comment if there is one."""
    answer = Dataset()
    answer.Status = code
    if comment:
        answer.ErrorComment = comment
    return answer
