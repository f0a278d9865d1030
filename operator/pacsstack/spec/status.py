"""What the operator says back: condition types and reasons, each from a closed list.

Source of the form: kubernetes/community, "API Conventions", typical status properties.
"""

from __future__ import annotations

from enum import StrEnum


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
