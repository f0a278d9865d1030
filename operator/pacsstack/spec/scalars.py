"""The strings and numbers that fields are made of, each with the standard that bounds it and an example.

A pattern means the same to pydantic's engine (Rust's regex) and to the API server's (Go's RE2): both are linear-time
engines without look-around, and `$` is the end of the text in both.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL})*"
_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

AETitle = Annotated[
    str,
    Field(
        min_length=1,
        max_length=16,
        pattern=r"^[A-Z0-9a-z_.-]+( [A-Z0-9a-z_.-]+)*$",
        examples=["CT1"],
    ),
]
"""An application entity title: at most 16 characters of the default repertoire, no backslash, and no space at either
end, which peers strip (DICOM PS3.5, section 6.2, value representation AE). Other punctuation is left out because it
reaches configuration files of peers that quote it differently."""

Port = Annotated[int, Field(ge=1, le=65535, examples=[104])]
"""A TCP port."""

UnprivilegedPort = Annotated[int, Field(ge=1024, le=65535, examples=[11112])]
"""A TCP port that a process without privileges may listen on."""

Quantity = Annotated[
    str,
    Field(
        max_length=15,
        pattern=r"^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(k|M|G|T|Ki|Mi|Gi|Ti)|[1-9][0-9]{0,2}(P|Pi))$",
        examples=["512Mi"],
    ),
]
"""A Kubernetes resource quantity of bytes: a whole number and a unit (kubernetes.io, "Quantity"). Bounded so that it
fits the 63 bits in which quantities are kept."""

CpuQuantity = Annotated[str, Field(max_length=12, pattern=r"^([1-9][0-9]{0,3}|[1-9][0-9]{0,5}m)$", examples=["500m"])]
"""A Kubernetes resource quantity of processors: whole ones, or thousandths with the unit m."""

HostName = Annotated[
    str, Field(min_length=1, max_length=253, pattern=rf"^{_HOST}$", examples=["ct1.radiology.example.org"])
]
"""A DNS name or an IPv4 address (RFC 1123)."""

ObjectName = Annotated[
    str, Field(min_length=1, max_length=253, pattern=rf"^{_NAME}(\.{_NAME})*$", examples=["my-secret"])
]
"""The name of a Kubernetes object (kubernetes.io, "Object Names and IDs", DNS subdomain)."""

ImageReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=512,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
        examples=["registry.example.org/mirror/image:1.2.3"],
    ),
]
"""A container image, by tag or, better, by digest."""

Cidr = Annotated[
    str,
    Field(max_length=18, pattern=rf"^({_OCTET}\.){{3}}{_OCTET}/(3[0-2]|[12]?[0-9])$", examples=["10.20.0.0/16"]),
]
"""An IPv4 network such as 10.20.0.0/16."""

Origin = Annotated[
    str, Field(max_length=253, pattern=rf"^https?://{_HOST}(:{_PORT})?$", examples=["https://emr.example.org"])
]
"""A web origin: scheme, host and optional port, no path (RFC 6454)."""

UrlPath = Annotated[str, Field(max_length=64, pattern=r"^/([A-Za-z0-9][A-Za-z0-9_-]*/)*$", examples=["/orthanc/"])]
"""A path prefix that starts and ends with a slash."""

BaseUrl = Annotated[
    str,
    Field(
        max_length=512,
        pattern=rf"^https?://{_HOST}(:{_PORT})?(/[A-Za-z0-9._~-]+)*$",
        examples=["https://archive.example.org/dicom-web"],
    ),
]
"""The URL of a web service, without a slash at the end (RFC 3986)."""
