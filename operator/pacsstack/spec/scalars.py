"""The strings and numbers that fields are made of, each with the standard that bounds it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

AETitle = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Z0-9a-z_.-]+( [A-Z0-9a-z_.-]+)*$")]
"""An application entity title: at most 16 characters of the default repertoire, no backslash, and no space at either
end, which peers strip (DICOM PS3.5, section 6.2, value representation AE). Other punctuation is left out because it
reaches configuration files of peers that quote it differently."""

Port = Annotated[int, Field(ge=1, le=65535)]
"""A TCP port."""

UnprivilegedPort = Annotated[int, Field(ge=1024, le=65535)]
"""A TCP port that a process without privileges may listen on."""

Quantity = Annotated[str, Field(max_length=24, pattern=r"^[1-9][0-9]{0,14}(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$")]
"""A Kubernetes resource quantity of bytes: a whole number and a unit (kubernetes.io, "Quantity")."""

CpuQuantity = Annotated[str, Field(max_length=12, pattern=r"^([1-9][0-9]{0,3}|[1-9][0-9]{0,5}m)$")]
"""A Kubernetes resource quantity of processors: whole ones, or thousandths with the unit m."""

HostName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=253,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,62})?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62})?)*$",
    ),
]
"""A DNS name or an IPv4 address (RFC 1123)."""

ObjectName = Annotated[
    str, Field(min_length=1, max_length=253, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
]
"""The name of a Kubernetes object (kubernetes.io, "Object Names and IDs", DNS subdomain)."""

ImageReference = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$")]
"""A container image, by tag or, better, by digest."""

Cidr = Annotated[
    str,
    Field(
        max_length=18,
        pattern=r"^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])/(3[0-2]|[12]?[0-9])$",
    ),
]
"""An IPv4 network such as 10.20.0.0/16."""

Origin = Annotated[str, Field(max_length=253, pattern=r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$")]
"""A web origin: scheme, host and optional port, no path (RFC 6454)."""

UrlPath = Annotated[str, Field(max_length=64, pattern=r"^/([A-Za-z0-9][A-Za-z0-9_-]*/)*$")]
"""A path prefix that starts and ends with a slash."""
