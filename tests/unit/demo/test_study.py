from __future__ import annotations

import itertools
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.uid import CTImageStorage

from localcluster.demo.study import SERIES_SYNTAXES, dataset_of, make_study, many_images

STUDY = make_study("unit", slices=2, size=64)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_study() -> None:
    assert make_study("unit", slices=2, size=64) == STUDY
    other = make_study("other", slices=2, size=64)
    assert not {i.sop_instance_uid for i in STUDY.instances} & {i.sop_instance_uid for i in other.instances}


def test_a_study_has_a_series_for_each_transfer_syntax() -> None:
    assert [{i.transfer_syntax for i in series} for series in STUDY.series().values()] == [
        {it} for it in SERIES_SYNTAXES
    ]


@pytest.mark.parametrize("instance", STUDY.instances, ids=lambda it: f"{it.transfer_syntax.name}")
def test_each_file_is_a_ct_image_that_says_what_the_instance_says(instance) -> None:  # noqa: ANN001
    image = dcmread(BytesIO(instance.content))
    assert image.SOPClassUID == CTImageStorage
    assert image.SOPInstanceUID == image.file_meta.MediaStorageSOPInstanceUID == instance.sop_instance_uid
    assert image.SeriesInstanceUID == instance.series_uid
    assert image.StudyInstanceUID == STUDY.uid
    assert image.SOPInstanceUID.is_valid
    assert image.file_meta.TransferSyntaxUID == instance.transfer_syntax
    assert image.pixel_array.shape == (64, 64)
    assert image.pixel_array.min() < -900
    assert image.pixel_array.max() > 600


def test_the_data_set_begins_after_the_meta_information() -> None:
    for instance in STUDY.instances:
        assert instance.dataset[:4] == b"\x08\x00\x08\x00"
        assert instance.content.endswith(instance.dataset)


def test_what_is_no_dicom_file_is_named_so() -> None:
    with pytest.raises(ValueError, match="not a DICOM file"):
        dataset_of(b"<html>" + b" " * 200)


def test_images_without_end_are_all_different() -> None:
    uids = [image.sop_instance_uid for image in itertools.islice(many_images("busy"), 50)]
    assert len(set(uids)) == 50
