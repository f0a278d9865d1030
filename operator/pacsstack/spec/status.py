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
    OPERATOR_DEFECT = "OperatorDefect"
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


CONDITION_MEANINGS: dict[ConditionType, str] = {
    ConditionType.READY: "Every other condition holds. `kubectl wait --for=condition=Ready` waits for it.",
    ConditionType.SPEC_VALID: "The resource can be acted on. While it is False, what runs is left as it is.",
    ConditionType.CREDENTIALS_READY: "Every Secret that the stack needs is there and usable.",
    ConditionType.POSTGRES_READY: "The database answers; an external one is not looked at.",
    ConditionType.ORTHANC_READY: "The archive answers a C-ECHO and an authenticated query.",
    ConditionType.PROXY_READY: "The door is open: HTTPS and the DICOM ports reach the archive.",
    ConditionType.ADAPTER_READY: "The import adapter listens. It is there only when `spec.adapter.import` is given.",
}
"""What each condition type says when it is True."""

REASON_CURES: dict[Reason, tuple[str, str]] = {
    Reason.AS_DESIRED: ("All is as the resource asks.", "Nothing to do."),
    Reason.PAUSED: ("The operator leaves the stack alone.", "Set `spec.paused: false`."),
    Reason.PROGRESSING: ("A change is on its way.", "Wait; it becomes another reason if it gets stuck."),
    Reason.WAITING_FOR_POSTGRES: (
        "Orthanc's change waits until PostgreSQL has made its own.",
        "Wait, or see what `PostgresReady` says.",
    ),
    Reason.INVALID_SPEC: (
        "The resource asks for something impossible.",
        "Change the field that the message names; `pacsstack validate` finds it beforehand.",
    ),
    Reason.PROTECTED_OPTION: (
        "`orthanc.configuration` sets an option that images or security depend on.",
        "Remove it, and use the field that the message names.",
    ),
    Reason.SECRET_NOT_FOUND: ("A Secret that the resource names is not there.", "Create it in the same namespace."),
    Reason.SECRET_KEY_MISSING: ("A Secret lacks a key.", "Add the key that the message names."),
    Reason.SECRET_INVALID: (
        "A Secret holds something that cannot be used.",
        "Put right the key that the message names.",
    ),
    Reason.CREDENTIALS_LOST: (
        "The Secret with a generated password is gone while the volume that needs it is there.",
        'Restore the Secret, or annotate the PacsStack `pacsstack.io/regenerate-credentials: "true"`.',
    ),
    Reason.CERTIFICATE_INVALID: (
        "A certificate cannot be read, or does not belong to its key or host name.",
        "Put a matching pair into the Secret that the message names.",
    ),
    Reason.CERTIFICATE_EXPIRED: ("A certificate's time is over.", "Renew it in the Secret that the message names."),
    Reason.APPLY_REFUSED: (
        "The API server refused an object.",
        "Read the API server's own words in the message: a quota, a policy, or a field that cannot change any more.",
    ),
    Reason.OPERATOR_DEFECT: (
        "The operator itself failed on this resource; what runs is left as it is, and other stacks are served.",
        "Report the message and the operator's log; undo the resource's last change meanwhile.",
    ),
    Reason.IMAGE_NOT_PULLED: (
        "A node cannot pull an image.",
        "Check the image's name and the cluster's access to the registry.",
    ),
    Reason.VOLUME_UNBOUND: ("A volume has not been made.", "Check the StorageClass and what room there is."),
    Reason.POD_UNSCHEDULABLE: ("No node has room for a pod.", "Add a node, or lower `resources`."),
    Reason.CONTAINER_CRASHING: (
        "A container ends again and again.",
        "Read its last words in the message, the rest with `kubectl logs --previous`.",
    ),
    Reason.NOT_READY: ("A pod runs but is not ready.", "Wait; if it lasts, read its events and log."),
    Reason.LOAD_BALANCER_PENDING: (
        "The load balancer has no address yet.",
        "Wait; if it lasts, check that the cluster can make load balancers.",
    ),
}
"""What each reason means, and what to do about it."""
