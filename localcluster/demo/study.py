"""Computed tomography studies made of arithmetic: valid, deterministic, and nobody's.

The modules are those of the CT Image IOD (DICOM PS3.3, table A.3-1); the files are those of PS3.10, section 7.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SERIES_SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless)
"""The transfer syntax of each series of a study: the two that every peer knows, and a compressed one."""

_META_LENGTH_END = 144
"""Preamble of 128 bytes, the prefix DICM, and the twelve bytes of (0002,0000) (DICOM PS3.10, section 7.1)."""

_CYLINDER, _ROD = 0.9, 0.17
"""Radii of the phantom's parts, as shares of half the image."""


@dataclass(frozen=True)
class Instance:
    """One SOP instance: who it is, and the bytes of its file."""

    sop_instance_uid: str
    series_uid: str
    study_uid: str
    transfer_syntax: UID
    content: bytes

    @property
    def dataset(self) -> bytes:
        """The file without its meta information: what a C-STORE carries."""
        return dataset_of(self.content)


@dataclass(frozen=True)
class Study:
    """One study of one patient."""

    uid: str
    patient_id: str
    patient_name: str
    accession_number: str
    instances: tuple[Instance, ...]

    def series(self) -> dict[str, list[Instance]]:
        """Return the instances of each series, in order."""
        found: dict[str, list[Instance]] = {}
        for instance in self.instances:
            found.setdefault(instance.series_uid, []).append(instance)
        return found

    def write(self, directory: Path) -> list[Path]:
        """Write one file an instance into the directory and return their paths."""
        directory.mkdir(parents=True, exist_ok=True)
        return [_write(directory / f"{instance.sop_instance_uid}.dcm", instance) for instance in self.instances]


def dataset_of(content: bytes) -> bytes:
    """Return the data set of a PS3.10 file, without preamble and file meta information.

    Raises:
        ValueError: it is no PS3.10 file.
    """
    if content[128:132] != b"DICM":
        raise ValueError(f"not a DICOM file: {len(content)} bytes that begin with {content[:16]!r}")
    return content[_META_LENGTH_END + int.from_bytes(content[140:144], "little") :]


def make_study(seed: str, slices: int = 3, size: int = 256) -> Study:
    """Return a study of three series with `slices` images each, `size` pixels square; the same for the same seed."""
    numbers = range(1, slices + 1)
    places = [(series, number) for series, _ in enumerate(SERIES_SYNTAXES, start=1) for number in numbers]
    instances = tuple(_instance(seed, series, number, size) for series, number in places)
    return Study(_uid(seed, "study"), _patient_id(seed), _patient_name(seed), _accession(seed), instances)


def many_images(seed: str, size: int = 64) -> Iterator[Instance]:
    """Yield images of one series without end, for a modality that keeps sending."""
    return (_instance(seed, 1, number, size) for number in itertools.count(1))


def _write(path: Path, instance: Instance) -> Path:
    path.write_bytes(instance.content)
    return path


def _number(*words: object) -> int:
    return uuid.uuid5(uuid.NAMESPACE_OID, "/".join(str(word) for word in words)).int


def _uid(*words: object) -> str:
    """Return a UID of the UUID-derived kind (DICOM PS3.5, section B.2)."""
    return f"2.25.{_number(*words)}"


def _patient_name(seed: str) -> str:
    return f"Phantom^{seed.title()[:40]}"


def _accession(seed: str) -> str:
    return f"A{_number(seed, 'accession') % 10**10:010d}"


def _patient_id(seed: str) -> str:
    return f"P{_number(seed, 'patient') % 10**8:08d}"


def _instance(seed: str, series: int, number: int, size: int) -> Instance:
    syntax = SERIES_SYNTAXES[series - 1]
    image = Dataset()
    _describe_study(image, seed)
    _describe_series(image, seed, series)
    _describe_slice(image, seed, series, number)
    _put_pixels(image, _phantom(size, number, _number(seed, series, number)))
    content = _file(image, syntax)
    return Instance(image.SOPInstanceUID, image.SeriesInstanceUID, image.StudyInstanceUID, syntax, content)


def _describe_study(image: Dataset, seed: str) -> None:
    image.PatientName = _patient_name(seed)
    image.PatientID = _patient_id(seed)
    image.PatientBirthDate = "19700101"
    image.PatientSex = "O"
    image.StudyInstanceUID = _uid(seed, "study")
    image.StudyDate = "20260101"
    image.StudyTime = "080000"
    image.StudyID = "1"
    image.AccessionNumber = _accession(seed)
    image.ReferringPhysicianName = ""
    image.StudyDescription = "Phantom"


def _describe_series(image: Dataset, seed: str, series: int) -> None:
    image.Modality = "CT"
    image.SeriesInstanceUID = _uid(seed, "series", series)
    image.SeriesNumber = series
    image.SeriesDescription = f"Series {series}"
    image.BodyPartExamined = "PHANTOM"
    image.PatientPosition = "HFS"
    image.FrameOfReferenceUID = _uid(seed, "frame of reference")
    image.PositionReferenceIndicator = ""
    image.Manufacturer = "PacsStack"


def _describe_slice(image: Dataset, seed: str, series: int, number: int) -> None:
    image.SOPClassUID = CTImageStorage
    image.SOPInstanceUID = _uid(seed, "instance", series, number)
    image.InstanceNumber = number
    image.AcquisitionNumber = 1
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.KVP = "120"
    image.PixelSpacing = ["0.7", "0.7"]
    image.SliceThickness = "2"
    image.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    image.ImagePositionPatient = ["0", "0", str(2 * number)]


def _put_pixels(image: Dataset, pixels: NDArray[numpy.int16]) -> None:
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = pixels.shape
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit = 15
    image.PixelRepresentation = 1
    image.RescaleIntercept = "0"
    image.RescaleSlope = "1"
    image.WindowCenter = "40"
    image.WindowWidth = "400"
    image.PixelData = pixels.astype("<i2").tobytes()
    image["PixelData"].VR = "OW"


def _phantom(size: int, number: int, seed: int) -> NDArray[numpy.int16]:
    """Return a water cylinder with a denser rod that wanders from slice to slice, in noise (Hounsfield units)."""
    rows, columns = numpy.ogrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    pixels = numpy.where(rows**2 + columns**2 < _CYLINDER**2, 0, -1000)
    shift = 0.4 * numpy.sin(number / 3)
    pixels[(rows - shift) ** 2 + (columns + shift) ** 2 < _ROD**2] = 700
    noise = numpy.random.default_rng(seed).normal(0, 12, pixels.shape)
    return (pixels + noise).astype(numpy.int16)


def _file(image: Dataset, syntax: UID) -> bytes:
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    if syntax == RLELossless:
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    buffer = BytesIO()
    dcmwrite(buffer, image, enforce_file_format=True)
    return buffer.getvalue()
