"""What a rendering needs besides the spec: images, credentials, certificates. All of it data, read by someone else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_IMAGES = {
    "orthanc": "docker.io/orthancteam/orthanc:26.8.1",
    "postgres": "docker.io/library/postgres:17",
    "proxy": "docker.io/nginxinc/nginx-unprivileged:1.30",
    "adapter": "gcr.io/cloud-healthcare-containers/healthcare-api-dicom-dicomweb-adapter-import:0.2.58",
}
"""The image of each component when neither the resource nor the operator's environment names one."""


@dataclass(frozen=True)
class Images:
    """The image of each component, for stacks that name none."""

    orthanc: str = DEFAULT_IMAGES["orthanc"]
    postgres: str = DEFAULT_IMAGES["postgres"]
    proxy: str = DEFAULT_IMAGES["proxy"]
    adapter: str = DEFAULT_IMAGES["adapter"]


@dataclass(frozen=True)
class Login:
    """A user name and its password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key and its issuer, each as PEM text."""

    certificate: str
    key: str = field(repr=False)
    authority: str = ""


@dataclass(frozen=True)
class Inputs:
    """Everything besides the spec that decides how a stack looks.

    `internal` is what nginx shows to Orthanc, never known to a person. `postgres` is Orthanc's login to its
    database. `users` are the people of the generated or named users Secret. `htpasswd` is their bcrypt file.
    `authority` is the stack's own CA with its key, `None` when the certificate comes from a Secret of the user's.
    `server` is what nginx presents. `client_ca` and `database_ca` are PEM bundles named by the spec.
    `adapter_key` is the Google service account key named by the spec.
    """

    internal: Login
    postgres: Login
    users: Mapping[str, str] = field(repr=False)
    htpasswd: str = field(repr=False)
    server: Certificate
    authority: Certificate | None = None
    client_ca: str | None = None
    database_ca: str | None = None
    adapter_key: str | None = field(default=None, repr=False)
    images: Images = Images()
