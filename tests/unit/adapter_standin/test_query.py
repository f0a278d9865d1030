"""C-FIND, C-MOVE and storage commitment on real associations."""

from __future__ import annotations

import json
import queue
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, build_context, build_role, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    CTImageStorage,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
)

from localcluster.demo.study import make_study
from tests.unit.adapter_standin.conftest import TITLE, free_port
from tests.unit.adapter_standin.test_store import associate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynetdicom.presentation import PresentationContext

    from tests.unit.adapter_standin.conftest import Adapter, Store


def identifier(level: str, **keys: object) -> Dataset:
    found = Dataset()
    found.QueryRetrieveLevel = level
    for name, value in keys.items():
        setattr(found, name, value)
    return found


def find(adapter: Adapter, keys: Dataset) -> list[tuple[Dataset, Dataset | None]]:
    association = associate(adapter, TITLE, build_context(StudyRootQueryRetrieveInformationModelFind))
    answers = list(association.send_c_find(keys, StudyRootQueryRetrieveInformationModelFind))
    association.release()
    return answers


STUDY = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Müller^Anna"}]},
    "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
}


def test_a_find_becomes_a_qido_query(start: Callable[..., Adapter], store: Store) -> None:
    store.body = json.dumps([STUDY, STUDY]).encode()
    answers = find(start(store.address), identifier("STUDY", PatientName="Mül*", StudyInstanceUID=""))
    assert [answer[0].Status for answer in answers] == [0xFF00, 0x0000]
    assert str(answers[0][1].PatientName) == "Müller^Anna"  # type: ignore[union-attr]
    assert store.requests[0][1].startswith("/studies?")
    assert set(store.requests[0][1].partition("?")[2].split("&")) == {"00100010=M%C3%BCl%2A", "includefield=0020000D"}


def test_several_modalities_are_asked_for_one_by_one(start: Callable[..., Adapter], store: Store) -> None:
    store.body = b"[]"
    answers = find(start(store.address, "--fuzzy_matching"), identifier("STUDY", ModalitiesInStudy=["CT", "MR"]))
    assert [answer[0].Status for answer in answers] == [0x0000]
    asked = [request[1] for request in store.requests]
    assert asked == [f"/studies?fuzzymatching=true&00080061={modality}" for modality in ("CT", "MR")]


def test_a_query_that_fails_says_why(start: Callable[..., Adapter], store: Store) -> None:
    store.status = 403
    [(status, _)] = find(start(store.address), identifier("SERIES"))
    assert status.Status == 0xA701
    assert status.ErrorComment == "Http_403, Forbidden"


def test_a_level_that_is_unknown_fails(start: Callable[..., Adapter], store: Store) -> None:
    [(status, _)] = find(start(store.address), identifier("PATIENT"))
    assert status.Status == 0x0110
    assert not store.requests


def move(adapter: Adapter, destination: str, study: str) -> list[int]:
    association = associate(adapter, TITLE, build_context(StudyRootQueryRetrieveInformationModelMove))
    keys = identifier("STUDY", StudyInstanceUID=study)
    answers = association.send_c_move(keys, destination, StudyRootQueryRetrieveInformationModelMove)
    statuses = [answer[0].Status for answer in answers]
    association.release()
    return statuses


def receive(handlers: list[Any], *contexts: PresentationContext) -> tuple[Any, int]:
    port = free_port()
    entity = AE(ae_title="VIEWER")
    entity.supported_contexts = list(contexts)
    return entity.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers), port


def peers(port: int) -> str:
    return json.dumps([{"name": "VIEWER", "host": "127.0.0.1", "port": port}])


def test_a_move_sends_what_the_store_has(start: Callable[..., Adapter], store: Store) -> None:
    instance = make_study("move", slices=1).instances[0]
    uids = {
        "00080016": CTImageStorage,
        "00080018": instance.sop_instance_uid,
        "0020000D": instance.study_uid,
        "0020000E": instance.series_uid,
    }
    answer = {tag: {"vr": "UI", "Value": [uid]} for tag, uid in uids.items()}
    store.answers["/studies/"] = ("application/dicom", instance.content)
    store.answers["/instances"] = ("application/dicom+json", json.dumps([answer]).encode())
    received: queue.Queue[bytes] = queue.Queue()

    def keep(event: evt.Event) -> int:
        received.put(event.encoded_dataset(include_meta=False))
        return 0x0000

    context = build_context(CTImageStorage, ExplicitVRLittleEndian)
    server, port = receive([(evt.EVT_C_STORE, keep)], context)
    adapter = start(store.address, "--aet_dictionary_inline", peers(port), "--dimse_cmove_aet=MOVER")
    assert move(adapter, "VIEWER", instance.study_uid)[-1] == 0x0000
    server.shutdown()
    assert received.get(timeout=10) == instance.dataset


def test_a_move_to_nobody_known_is_refused(start: Callable[..., Adapter], store: Store) -> None:
    assert move(start(store.address), "VIEWER", "1.2.3") == [0xA801]


def test_storage_is_committed_by_what_the_store_finds(start: Callable[..., Adapter], store: Store) -> None:
    store.body = b"[]"
    present = "1.2.3.1"
    store.answers[f"/instances?00080016={CTImageStorage}&00080018={present}"] = (
        "application/dicom+json",
        json.dumps([STUDY]).encode(),
    )
    reports: queue.Queue[tuple[int, Dataset]] = queue.Queue()

    def keep(event: evt.Event) -> tuple[int, None]:
        reports.put((event.event_type, event.event_information))
        return 0x0000, None

    context = build_context(StorageCommitmentPushModel, ExplicitVRLittleEndian)
    context.scu_role, context.scp_role = False, True
    server, port = receive([(evt.EVT_N_EVENT_REPORT, keep)], context)
    adapter = start(store.address, ENV_AETS_JSON=peers(port))
    assert act(adapter, [present, "1.2.3.2"]) == 0x0000
    kind, report = reports.get(timeout=20)
    server.shutdown()
    assert kind == 2
    assert [item.ReferencedSOPInstanceUID for item in report.ReferencedSOPSequence] == [present]
    assert [item.FailureReason for item in report.FailedSOPSequence] == [0x0112]


def act(adapter: Adapter, uids: list[str]) -> int:
    request = Dataset()
    request.TransactionUID = "1.2.3.4"
    request.ReferencedSOPSequence = [item(uid) for uid in uids]
    entity = AE(ae_title="VIEWER")
    entity.add_requested_context(StorageCommitmentPushModel, ExplicitVRLittleEndian)
    role = build_role(StorageCommitmentPushModel, scu_role=True)
    association: Any = entity.associate("127.0.0.1", adapter.port, ae_title=TITLE, ext_neg=[role])
    status, _ = association.send_n_action(request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance)
    association.release()
    code: int = status.Status
    return code


def item(uid: str) -> Dataset:
    found = Dataset()
    found.ReferencedSOPClassUID, found.ReferencedSOPInstanceUID = CTImageStorage, uid
    return found
