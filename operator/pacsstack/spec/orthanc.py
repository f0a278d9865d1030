"""The archive itself: Orthanc."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from pacsstack.spec.base import SpecModel
from pacsstack.spec.common import Resources, Storage
from pacsstack.spec.scalars import AETitle, ImageReference


class Viewer(StrEnum):
    """A web viewer that the orthancteam/orthanc image brings along."""

    STONE = "StoneWebViewer"
    OHIF = "OHIF"
    VOLVIEW = "VolView"


class Plugin(StrEnum):
    """A plug-in of the orthancteam/orthanc image that is off unless asked for."""

    CONNECTIVITY_CHECKS = "ConnectivityChecks"
    HOUSEKEEPER = "Housekeeper"
    NEURO = "Neuro"
    STL = "STL"
    TRANSFERS = "Transfers"
    WSI = "WholeSlideImaging"


class Orthanc(SpecModel):
    """The DICOM archive: what it is called, where it keeps images, and what it offers."""

    image: ImageReference | None = None
    """The image; the operator's own default when not given. It must keep the contract of orthancteam/orthanc."""

    name: (
        Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f$\\\"]+$", examples=["Radiology"])]
        | None
    ) = None
    """The name that Orthanc shows to people; the name of the PacsStack when not given."""

    ae_title: AETitle = "ORTHANC"
    """The AE title that modalities call."""

    storage: Storage = Storage()
    """The volume for image files."""

    resources: Resources = Resources()
    """Processor and memory of the Orthanc container."""

    viewers: Annotated[list[Viewer], Field(max_length=8)] = []
    """Web viewers to switch on besides Orthanc Explorer."""

    plugins: Annotated[list[Plugin], Field(max_length=16)] = []
    """Further plug-ins to switch on."""

    configuration: Annotated[dict[str, Any], Field(examples=[{"StableAge": 120}])] = {}
    """Any option of orthanc.json (Orthanc Book, "Configuration of Orthanc"). It wins over PacsStack's defaults; options
    that images, security or PacsStack itself depend on are refused with the name of the field to use instead."""
