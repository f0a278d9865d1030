"""The resource as a whole."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pacsstack.spec.adapter import Adapter
from pacsstack.spec.base import Rule, SpecModel
from pacsstack.spec.orthanc import Orthanc
from pacsstack.spec.postgres import Postgres
from pacsstack.spec.proxy import Proxy
from pacsstack.spec.scalars import AETitle, Cidr, HostName, Port

MAX_NAME_LENGTH = 40
"""The longest name of a PacsStack: with a child's longest suffix it still fits the 63 characters of a DNS label."""


class Modality(SpecModel):
    """A DICOM peer that may query the archive and that C-MOVE can send to."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["ct1"])]
    """What it is called in Orthanc. It is required: it tells modalities apart."""

    ae_title: AETitle
    """Its AE title. It is required: C-MOVE names its destination by it."""

    host: HostName
    """Its host name or address. It is required: it cannot be guessed."""

    port: Port = 104
    """Its DICOM port."""


def _names_are_unique(modalities: list[Modality]) -> list[Modality]:
    """Refuse what the API server refuses in a list that is a map keyed by name."""
    names = [modality.name for modality in modalities]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"give each modality a `name` of its own: {', '.join(twice)} is there more than once")
    return modalities


class NetworkPolicySettings(SpecModel):
    """Which traffic the cluster's network lets through (kubernetes.io, "Network Policies")."""

    enabled: bool = True
    """Whether NetworkPolicies are made: in through the proxy's and the adapter's ports only, out to what is needed."""

    allowed_destinations: Annotated[list[Cidr], Field(max_length=64)] = []
    """Further networks that Orthanc may connect to, such as those of its peers in `orthanc.configuration`."""


class DeletionPolicy(StrEnum):
    """What becomes of volumes and credentials when the resource goes."""

    RETAIN = "Retain"
    DELETE = "Delete"


class PacsStackSpec(SpecModel):
    """One image archive. `spec: {}` is a working one."""

    orthanc: Orthanc = Orthanc()
    """The archive itself."""

    postgres: Postgres = Postgres()
    """The database of its index."""

    adapter: Adapter = Adapter()
    """Google's DICOM adapter."""

    proxy: Proxy = Proxy()
    """The door: HTTPS, users, DICOM."""

    modalities: Annotated[
        list[Modality],
        Field(
            max_length=512, json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
        ),
        AfterValidator(_names_are_unique),
    ] = []
    """DICOM peers that may query the archive and that it can send to."""

    network_policy: NetworkPolicySettings = NetworkPolicySettings()
    """Which traffic the cluster's network lets through."""

    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    """`Retain` keeps volumes and credentials when the resource goes, and a new resource of that name adopts them;
    `Delete` removes every image with it."""

    paused: bool = False
    """Whether the operator leaves this stack alone, for instance while you repair something by hand."""

    rules = (
        Rule(
            # Each title between bars, all in one text: comparing each with each would cost more than the API server
            # grants a rule when there are hundreds. A title has no bar.
            cel="!has(self.modalities) || [self.modalities.map(one, '|' + one.aeTitle + '|')].all(titles, "
            "[titles.join()].all(text, titles.all(title, text.indexOf(title) == text.lastIndexOf(title))))",
            message="give each modality an `aeTitle` of its own: C-MOVE finds its destination by it",
            check=lambda it: len({modality.ae_title for modality in it.modalities}) == len(it.modalities),
        ),
    )


class Metadata(BaseModel):
    """The part of an object's metadata that the pure layers need."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    namespace: str = "default"
    uid: str = ""
    generation: int = 0


class PacsStack(SpecModel):
    """A PacsStack resource: its identity and its spec. The status is the operator's alone."""

    model_config = ConfigDict(extra="ignore")

    metadata: Metadata
    """Name, namespace and identity of the resource."""

    spec: PacsStackSpec = PacsStackSpec()
    """What the user asks for."""

    rules = (
        Rule(
            cel=f"size(self.metadata.name) <= {MAX_NAME_LENGTH} && "
            "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
            message=f"choose a name of at most {MAX_NAME_LENGTH} lower case letters, digits and hyphens, a letter "
            "first: the names of its Services are made from it",
            check=lambda it: (
                len(it.metadata.name) <= MAX_NAME_LENGTH
                and re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", it.metadata.name) is not None
            ),
        ),
    )
