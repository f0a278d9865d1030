"""A modality that the archive knows may query and have images sent; nobody else may."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread

from localcluster.demo.dcmtk import DicomError, find, move
from localcluster.demo.study import Study, make_study
from tests.support.images import assert_same_image
from tests.support.receiver import receiving
from tests.support.specs import DESTINATION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.running import Running


@pytest.fixture(scope="module")
def stored(root: Running) -> Study:
    study = make_study("query and move")
    root.archive.stow(study.instances).raise_for_status()
    return study


def test_findscu_finds_a_study(root: Running, stored: Study) -> None:
    wanted = {"StudyInstanceUID": "", "PatientID": stored.patient_id, "PatientName": "", "AccessionNumber": ""}
    found = find(root.clear, "STUDY", wanted, DESTINATION)
    assert found == [
        {
            "StudyInstanceUID": stored.uid,
            "PatientID": stored.patient_id,
            "PatientName": stored.patient_name,
            "AccessionNumber": stored.accession_number,
        }
    ]


def test_findscu_over_tls_counts_the_series(root: Running, stored: Study) -> None:
    found = find(root.tls, "SERIES", {"StudyInstanceUID": stored.uid, "SeriesInstanceUID": ""}, DESTINATION)
    assert {answer["SeriesInstanceUID"] for answer in found} == set(stored.series())


def test_a_stranger_may_not_query(root: Running, stored: Study) -> None:
    with pytest.raises(DicomError):
        find(root.clear, "STUDY", {"StudyInstanceUID": stored.uid}, "STRANGER")


def test_a_stranger_may_not_move(root: Running, stored: Study) -> None:
    with pytest.raises(DicomError):
        move(root.clear, DESTINATION, stored.uid, "STRANGER")


def test_movescu_sends_a_study_to_the_modality(
    root: Running, stored: Study, modality_address: tuple[str, int], tmp_path: Path
) -> None:
    with receiving(tmp_path, DESTINATION, modality_address[1]) as directory:
        move(root.clear, DESTINATION, stored.uid, DESTINATION)
        files = [path.read_bytes() for path in directory.iterdir()]
    received = {str(dcmread(BytesIO(file)).SOPInstanceUID): file for file in files}
    assert set(received) == {instance.sop_instance_uid for instance in stored.instances}
    for instance in stored.instances:
        assert_same_image(received[instance.sop_instance_uid], instance.content)
