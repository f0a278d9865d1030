"""What the operator says back: condition types and reasons, each from a closed list.

Source of the form: kubernetes/community, "API Conventions", typical status properties.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pacsstack.spec.base import SpecModel


class ConditionType(StrEnum):
    """What a condition is about. `Ready` sums up the others."""

    READY = "Ready"
    SPEC_VALID = "SpecValid"
    CREDENTIALS_READY = "CredentialsReady"
    POSTGRES_READY = "PostgresReady"
    ORTHANC_READY = "OrthancReady"
    PROXY_READY = "ProxyReady"
    ADAPTER_READY = "AdapterReady"


class Reason(StrEnum):
    """Why a condition is as it is."""

    AS_DESIRED = "AsDesired"
    PAUSED = "Paused"
    PROGRESSING = "Progressing"
    WAITING_FOR_POSTGRES = "WaitingForPostgres"
    INVALID_SPEC = "InvalidSpec"
    PROTECTED_OPTION = "ProtectedOption"
    SECRET_NOT_FOUND = "SecretNotFound"
    SECRET_KEY_MISSING = "SecretKeyMissing"
    SECRET_INVALID = "SecretInvalid"
    CREDENTIALS_LOST = "CredentialsLost"
    CERTIFICATE_INVALID = "CertificateInvalid"
    CERTIFICATE_EXPIRED = "CertificateExpired"
    APPLY_REFUSED = "ApplyRefused"
    IMAGE_NOT_PULLED = "ImageNotPulled"
    VOLUME_UNBOUND = "VolumeUnbound"
    POD_UNSCHEDULABLE = "PodUnschedulable"
    CONTAINER_CRASHING = "ContainerCrashing"
    NOT_READY = "NotReady"
    LOAD_BALANCER_PENDING = "LoadBalancerPending"


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(SpecModel):
    """One aspect of the stack's state (Kubernetes API reference, metav1.Condition)."""

    type: Annotated[str, Field(min_length=1, max_length=316, pattern=r"^[A-Z][A-Za-z]*$")]
    """What the condition is about."""

    status: ConditionStatus
    """Whether it holds."""

    observed_generation: Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})] = 0
    """The generation of the resource that was looked at."""

    last_transition_time: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    """When the status last changed."""

    reason: Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[A-Z][A-Za-z0-9]*$")]
    """Why, in one CamelCase word of a closed list."""

    message: Annotated[str, Field(max_length=32768)]
    """Why, in a sentence that names the cure."""


class Endpoints(SpecModel):
    """Where the stack is reached."""

    url: str | None = None
    """HTTPS: the web viewer, DICOMweb and the REST API."""

    dicom: str | None = None
    """DICOM in clear, as HOST:PORT."""

    dicom_tls: Annotated[str | None, Field(alias="dicomTLS")] = None
    """DICOM over TLS, as HOST:PORT."""

    adapter: str | None = None
    """The import adapter, as HOST:PORT."""


class PacsStackStatus(SpecModel):
    """What the operator found when it last looked. Only the operator writes it."""

    observed_generation: Annotated[int | None, Field(ge=0, json_schema_extra={"format": "int64"})] = None
    """The generation of the resource that the rest of the status is about."""

    conditions: Annotated[
        list[Condition],
        Field(
            max_length=32,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
        ),
    ] = []
    """The state of the stack, one aspect each. `Ready` sums up the others."""

    endpoints: Endpoints | None = None
    """Where the stack is reached."""

    versions: Annotated[dict[str, str], Field(max_length=32)] = {}
    """What runs: the version of the operator and the image of each component."""
