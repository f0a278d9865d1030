"""The DICOM service: one called AE title, any caller, any SOP class."""

import logging
import socket
from collections.abc import Mapping

from pynetdicom import AE, _config, evt
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StorageCommitmentPushModel,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from .addresses import address, store_address
from .aets import dictionary
from .commitment import handle_action
from .credentials import application_default
from .dicomweb import DicomWeb
from .errors import FlagError
from .find import handle_find
from .flags import Flags
from .move import handle_move
from .store import handle_store

_LOG = logging.getLogger("import_adapter")
_PDU = 16378
"""Bytes of the largest PDU taken: dcm4che's default, which the real adapter keeps."""


def start(flags: Flags, environment: Mapping[str, str]) -> None:
    """Start listening.

    Raises:
        FlagError: a needed flag is missing or wrong.
        CredentialError: there are no usable application default credentials.
        OSError: the port cannot be had.
    """
    root = address(flags)
    credentials = application_default(environment, flags.oauth_scopes)
    if not flags.move_aet.strip():
        raise FlagError("--dimse_aet flag must be set.")
    if not flags.dimse_port:
        raise FlagError("--dimse_port flag must be set.")
    server = DicomWeb(root, store_address(flags), credentials)
    entity = _entity(flags.dimse_aet)
    handlers = _handlers(flags, server, environment)
    # The real adapter's name for C-MOVE sub-operations may differ from the one it is called by.
    entity.start_server(("", flags.dimse_port), block=False, evt_handlers=handlers)
    entity.ae_title = flags.move_aet
    _LOG.debug("listening on port %d as %s", flags.dimse_port, flags.dimse_aet)


def _entity(title: str) -> AE:
    _config.UNRESTRICTED_STORAGE_SERVICE = True
    entity = AE(ae_title=title)
    entity.require_called_aet = True
    entity.maximum_pdu_size = _PDU
    # dcm4che limits neither; senders keep associations open between images.
    entity.maximum_associations = 1000
    entity.network_timeout = None
    for sop_class in (
        Verification,
        StudyRootQueryRetrieveInformationModelFind,
        StudyRootQueryRetrieveInformationModelMove,
        StorageCommitmentPushModel,
    ):
        entity.add_supported_context(sop_class)
    return entity


def _handlers(flags: Flags, server: DicomWeb, environment: Mapping[str, str]) -> list[EventHandlerType]:
    peers = dictionary(flags, environment)
    return [
        (evt.EVT_CONN_OPEN, _without_delay),
        (evt.EVT_C_ECHO, lambda _: 0x0000),
        (evt.EVT_C_STORE, handle_store, [server]),
        (evt.EVT_C_FIND, lambda event: handle_find(event, server, fuzzy=flags.fuzzy_matching)),
        (evt.EVT_C_MOVE, handle_move, [server, peers]),
        (evt.EVT_N_ACTION, handle_action, [server, peers]),
    ]


def _without_delay(event: Event) -> None:
    """Send every response at once, as dcm4che does; Nagle's algorithm would hold each back for 40 ms."""
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
