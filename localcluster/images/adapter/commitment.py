"""Storage commitment (DICOM PS3.4 annex J): is every instance of a list in the DICOMweb store?"""

import logging
import threading
from collections.abc import Mapping
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.sop_class import StorageCommitmentPushModel, StorageCommitmentPushModelInstance  # type: ignore[attr-defined]

from .aets import Peer
from .dicomweb import DicomWeb
from .errors import OUT_OF_RESOURCES, PROCESSING_FAILURE, DicomWebError
from .qido import query
from .store import status

_LOG = logging.getLogger("import_adapter.commitment")
_ALL_PRESENT, _SOME_MISSING = 1, 2
_NO_SUCH_INSTANCE, _RESOURCE_LIMITATION = 0x0112, 0x0213


def handle_action(event: Event, server: DicomWeb, peers: Mapping[str, Peer]) -> tuple[Dataset, Dataset | None]:
    """Take the list, and report on an association of our own to the requester, which must be in the AET dictionary."""
    calling = event.assoc.requestor.ae_title
    peer = peers.get(calling)
    if peer is None:
        return status(PROCESSING_FAILURE, f"Unknown AET: {calling}"), None
    title = event.assoc.acceptor.ae_title
    threading.Thread(target=_report, args=(event.action_information, server, peer, title), daemon=True).start()
    return status(0x0000), None


def _report(request: Dataset, server: DicomWeb, peer: Peer, title: str) -> None:
    report = Dataset()
    report.TransactionUID = request.TransactionUID
    report.RetrieveAETitle = title
    checked = [(item, _failure(item, server)) for item in request.ReferencedSOPSequence]
    present = [item for item, reason in checked if reason is None]
    missing = [_failed(item, reason) for item, reason in checked if reason is not None]
    if present:
        report.ReferencedSOPSequence = present
    if missing:
        report.FailedSOPSequence = missing
    _send(report, peer, title, _SOME_MISSING if missing else _ALL_PRESENT)


def _failure(item: Dataset, server: DicomWeb) -> int | None:
    keys = Dataset()
    keys.SOPInstanceUID, keys.SOPClassUID = item.ReferencedSOPInstanceUID, item.ReferencedSOPClassUID
    try:
        return None if server.query(query(keys, level="IMAGE")) else _NO_SUCH_INSTANCE
    except DicomWebError as error:
        _LOG.error("Commitment QidoRs error: %s", error)
        return _RESOURCE_LIMITATION if error.status == OUT_OF_RESOURCES else PROCESSING_FAILURE


def _failed(item: Dataset, reason: int) -> Dataset:
    failed = Dataset()
    failed.update(item)
    failed.FailureReason = reason
    return failed


def _send(report: Dataset, peer: Peer, title: str, kind: int) -> None:
    entity = AE(ae_title=title)
    entity.add_requested_context(StorageCommitmentPushModel, ExplicitVRLittleEndian)
    role = SCP_SCU_RoleSelectionNegotiation()
    role.sop_class_uid, role.scu_role, role.scp_role = StorageCommitmentPushModel, False, True
    association: Any = entity.associate(peer.host, peer.port, ae_title=peer.name, ext_neg=[role])
    if not association.is_established:
        _LOG.error("Storage commitment: %s does not accept an association at %s:%d", peer.name, peer.host, peer.port)
        return
    association.send_n_event_report(report, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance)
    association.release()
