"""DIMSE query keys as QIDO-RS queries, and QIDO-RS answers as data sets (DICOM PS3.18, 10.6)."""

import urllib.parse
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from .errors import PROCESSING_FAILURE, DicomWebError

_LEVELS = {"STUDY": "studies", "SERIES": "series", "IMAGE": "instances"}
_CHARACTER_SET = 0x00080005
_LEVEL = 0x00080052
_MODALITIES_IN_STUDY = 0x00080061
_BINARY = {"OB", "OD", "OF", "OL", "OW", "UN"}


def queries(keys: Dataset, *, fuzzy: bool = False) -> list[str]:
    """The queries that answer a C-FIND: one, or one for each of several modalities in the study.

    Raises:
        DicomWebError: the level is missing or unknown, or another key has several values.
    """
    modalities = keys.get("ModalitiesInStudy")
    if not isinstance(modalities, MultiValue):
        return [query(keys, fuzzy=fuzzy)]
    return [query(_with(keys, modality), fuzzy=fuzzy) for modality in modalities]


def _with(keys: Dataset, modality: str) -> Dataset:
    copy = Dataset()
    copy.update(keys)
    copy.ModalitiesInStudy = modality
    return copy


def query(keys: Dataset, *, fuzzy: bool = False, level: str = "") -> str:
    """One query, such as `studies?includefield=00100010&00100020=1`.

    Args:
        keys: the identifier of the request.
        fuzzy: ask for fuzzy matching of names.
        level: the level, when it is not the identifier's.

    Raises:
        DicomWebError: the level is missing or unknown, or a key has several values.
    """
    resource = _LEVELS.get(level or keys.get("QueryRetrieveLevel", ""))
    if resource is None:
        raise DicomWebError("No or invalid QueryRetrieveLevel specified", PROCESSING_FAILURE)
    parameters = [("fuzzymatching", "true")] if fuzzy else []
    for element in keys:
        if element.tag in {_CHARACTER_SET, _LEVEL}:
            continue
        tag = f"{element.tag:08X}"
        parameters.append(("includefield", tag) if element.is_empty else (tag, _single(element.value, tag)))
    return f"{resource}?{urllib.parse.urlencode(parameters)}" if parameters else resource


def _single(value: object, tag: str) -> str:
    if isinstance(value, MultiValue):
        raise DicomWebError(f"Multiple values per tag not supported, tag: {tag}", PROCESSING_FAILURE)
    return str(value)


def unique(answers: list[dict[str, Any]]) -> list[Dataset]:
    """The answers as data sets, each study, series or instance once.

    Raises:
        DicomWebError: an answer holds binary data.
    """
    found = {(uid(answer, "0020000D"), uid(answer, "0020000E"), uid(answer, "00080018")): answer for answer in answers}
    return [_data_set(answer) for answer in found.values()]


def uid(answer: dict[str, Any], tag: str) -> str:
    """A unique identifier of an answer; empty when it has none."""
    values = answer.get(tag, {}).get("Value") or [""]
    return str(values[0])


def _data_set(answer: dict[str, Any]) -> Dataset:
    binary = [tag for tag, element in answer.items() if element["vr"] in _BINARY]
    if binary:
        raise DicomWebError(f"Binary VR not supported: {', '.join(binary)}", PROCESSING_FAILURE)
    return Dataset.from_json(answer)
