"""Parts that several components use: storage, resources, references to Secrets, Services."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from pacsstack.spec.base import SpecModel, without_nulls
from pacsstack.spec.scalars import CpuQuantity, ObjectName, Quantity


class AccessMode(StrEnum):
    """How a volume may be mounted (kubernetes.io, "Persistent Volumes", access modes)."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    READ_WRITE_ONCE_POD = "ReadWriteOncePod"
    READ_WRITE_MANY = "ReadWriteMany"


class Storage(SpecModel):
    """A volume that outlives the pods, and with `deletionPolicy: Retain` the resource too."""

    size: Quantity = "20Gi"
    """How much room is asked for. It can be raised later, never lowered."""

    storage_class_name: Annotated[ObjectName | None, Field(examples=["premium-rwo"])] = None
    """The StorageClass; the cluster's default when not given. Fixed once the volume exists."""

    access_modes: Annotated[list[AccessMode], Field(min_length=1, max_length=1)] = [AccessMode.READ_WRITE_ONCE]
    """How the volume is mounted. Fixed once the volume exists."""


class Amounts(SpecModel):
    """Processor and memory."""

    cpu: CpuQuantity | None = None
    """Processors, whole (`2`) or in thousandths (`500m`)."""

    memory: Quantity | None = None
    """Memory in bytes, such as `512Mi`."""


class Resources(SpecModel):
    """What a container asks for and may use; what is not given keeps the component's default."""

    requests: Amounts = Amounts()
    """What the scheduler sets aside."""

    limits: Amounts = Amounts()
    """What the container may not exceed."""


class SecretReference(SpecModel):
    """A Secret in the namespace of the PacsStack."""

    secret_name: ObjectName
    """Its name. It is required because no Secret of yours can be guessed."""


class ServiceType(StrEnum):
    """How a Service is reached (kubernetes.io, "Service", type)."""

    CLUSTER_IP = "ClusterIP"
    NODE_PORT = "NodePort"
    LOAD_BALANCER = "LoadBalancer"


AnnotationKey = Annotated[
    str,
    Field(
        max_length=317,
        pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
        description="an annotation's key is a name of at most 63 characters, with or without a DNS prefix and a slash, "
        "such as `example.org/owner`",
    ),
]
"""The key of an annotation (kubernetes.io, "Annotations", syntax and character set)."""

AnnotationValue = Annotated[str, Field(max_length=4096)]
Annotations = Annotated[
    dict[AnnotationKey, AnnotationValue],
    Field(max_length=32, examples=[{"example.org/owner": "radiology"}]),
    BeforeValidator(without_nulls),
]
