"""The only door: nginx with HTTPS, users, and DICOM in clear and over TLS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pacsstack.spec.base import Rule, SpecModel
from pacsstack.spec.common import Annotations, Resources, SecretReference, ServiceType
from pacsstack.spec.scalars import Cidr, HostName, ImageReference, ObjectName, Origin, UnprivilegedPort, UrlPath


class SelfSigned(SpecModel):
    """Certificates from a certificate authority that PacsStack makes for this stack alone."""

    validity_days: Annotated[int, Field(ge=1, le=825)] = 90
    """How long a server certificate lasts; it is renewed when a third of that is left."""


class ProxyTls(SpecModel):
    """Where the server certificate comes from; `selfSigned` when nothing is said."""

    self_signed: SelfSigned | None = None
    """Certificates from a certificate authority of this stack, renewed by themselves."""

    secret_name: ObjectName | None = None
    """A Secret of type kubernetes.io/tls with `tls.crt`, `tls.key` and, optionally, `ca.crt` of its issuer."""

    rules = (
        Rule(
            cel="!(has(self.selfSigned) && has(self.secretName))",
            message="give either `selfSigned` or `secretName`, not both",
            check=lambda it: it.self_signed is None or it.secret_name is None,
        ),
    )


class DicomClear(SpecModel):
    """DICOM without encryption, for modalities that know nothing else, inside a network that you trust."""

    enabled: bool = True
    """Whether the port is open at all."""

    port: UnprivilegedPort = 11112
    """The port; 11112 is the one registered for DICOM."""


class DicomTls(SpecModel):
    """DICOM over TLS 1.2 or newer (DICOM PS3.15, annex B, BCP 195 profile)."""

    enabled: bool = True
    """Whether the port is open at all."""

    port: UnprivilegedPort = 2762
    """The port; 2762 is the one registered for DICOM over TLS."""

    client_ca: SecretReference | None = Field(default=None, alias="clientCA")
    """A Secret whose key `ca.crt` holds the authorities of client certificates. When given, a client without a
    certificate of theirs is refused."""


class Dicom(SpecModel):
    """The DICOM ports."""

    clear: DicomClear = DicomClear()
    """DICOM without encryption."""

    tls: DicomTls = DicomTls()
    """DICOM over TLS."""

    rules = (
        Rule(
            cel="!has(self.clear) || !(self.clear.enabled && self.tls.enabled) || self.clear.port != self.tls.port",
            message="give `clear.port` and `tls.port` different numbers",
            check=lambda it: not (it.clear.enabled and it.tls.enabled) or it.clear.port != it.tls.port,
        ),
        Rule(
            cel="!has(self.tls) || !has(self.tls.clientCA) || self.tls.enabled",
            message="set `tls.enabled: true`, or remove `tls.clientCA`, which only DICOM over TLS can check",
            check=lambda it: it.tls.client_ca is None or it.tls.enabled,
        ),
    )


class Cors(SpecModel):
    """Which other web applications may call the archive from a browser."""

    origins: Annotated[list[Origin], Field(max_length=32)] = []
    """Their origins, such as `https://emr.example.org`."""


class ProxyService(SpecModel):
    """How people and modalities reach the proxy."""

    type: ServiceType = ServiceType.CLUSTER_IP
    """The type of the Service."""

    annotations: Annotations = {}
    """Annotations of the Service, such as a load balancer's."""


RESERVED_PORTS = (8080, 8088, 8443)
"""What nginx itself listens on: health, redirect, HTTPS."""


class Proxy(SpecModel):
    """nginx in front of everything."""

    image: ImageReference | None = None
    """The image; the operator's own default when not given. It must behave as nginxinc/nginx-unprivileged."""

    host: HostName | None = None
    """The name that people type; the Service's own name is used when not given."""

    path: UrlPath = "/"
    """The path prefix under which the archive is served, such as `/orthanc/`."""

    tls: ProxyTls = ProxyTls()
    """The server certificate, for HTTPS and for DICOM."""

    users: SecretReference | None = None
    """A Secret whose keys are user names and whose values are their passwords. Without it PacsStack makes a user
    `admin` with a generated password."""

    dicom: Dicom = Dicom()
    """The DICOM ports."""

    allowed_sources: Annotated[list[Cidr], Field(max_length=64)] = []
    """The networks that may connect; anyone who reaches the Service when empty."""

    cors: Cors = Cors()
    """Which other web applications may call the archive from a browser."""

    frame_ancestors: Annotated[list[Origin], Field(max_length=32)] = []
    """The web applications that may show the archive in a frame, such as an EMR; none when empty."""

    replicas: Annotated[int, Field(ge=1, le=16)] = 1
    """How many proxies run. From two on, a PodDisruptionBudget keeps one of them through a node's maintenance."""

    service: ProxyService = ProxyService()
    """How people and modalities reach the proxy."""

    resources: Resources = Resources()
    """Processor and memory of the nginx container."""

    rules = (
        Rule(
            cel="!has(self.dicom) || !(self.dicom.clear.port in [8080, 8088, 8443]) "
            "&& !(self.dicom.tls.port in [8080, 8088, 8443])",
            message="8080, 8088 and 8443 are the proxy's own: choose another DICOM port, such as 11112 or 2762",
            check=lambda it: not {it.dicom.clear.port, it.dicom.tls.port} & set(RESERVED_PORTS),
        ),
        Rule(
            cel="!has(self.service) || self.service.type == 'ClusterIP' || !self.dicom.clear.enabled "
            "|| size(self.allowedSources) > 0",
            message="DICOM in clear would be open outside the cluster: list the modalities' networks in "
            "`allowedSources`, or set `dicom.clear.enabled: false`",
            check=lambda it: (
                it.service.type == ServiceType.CLUSTER_IP or not it.dicom.clear.enabled or len(it.allowed_sources) > 0
            ),
        ),
    )
