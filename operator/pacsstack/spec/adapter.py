"""Google's DICOM adapter: what arrives by C-STORE goes on by STOW-RS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pacsstack.spec.base import Rule, SpecModel
from pacsstack.spec.common import Annotations, Resources, ServiceType
from pacsstack.spec.scalars import AETitle, BaseUrl, ImageReference, ObjectName, UnprivilegedPort

ResourceId = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9_.-]+$", examples=["hospital-1"])]


class DicomStore(SpecModel):
    """A DICOM store of the Cloud Healthcare API."""

    project: ResourceId
    """The Google Cloud project. It is required: it is part of the store's name."""

    location: ResourceId
    """The location, such as `asia-northeast3`. It is required: it is part of the store's name."""

    dataset: ResourceId
    """The dataset. It is required: it is part of the store's name."""

    store: ResourceId
    """The DICOM store. It is required: it is part of the store's name."""


class AdapterService(SpecModel):
    """How modalities reach the adapter."""

    type: ServiceType = ServiceType.LOAD_BALANCER
    """The type of the Service."""

    annotations: Annotations = {"networking.gke.io/load-balancer-type": "Internal"}
    """Annotations of the Service. The default keeps a GKE load balancer inside the VPC: DICOM goes in clear here."""


class AdapterServiceAccount(SpecModel):
    """The Kubernetes ServiceAccount that the adapter runs as."""

    annotations: Annotations = {}
    """Annotations, such as `iam.gke.io/gcp-service-account` for workload identity."""


class ImportAdapter(SpecModel):
    """The import adapter: C-STORE in, STOW-RS out."""

    image: ImageReference | None = None
    """The image; the operator's own default when not given. Pin a digest: old tags are taken away."""

    ae_title: AETitle = "IMPORTADAPTER"
    """The AE title that modalities call."""

    port: UnprivilegedPort = 2575
    """The DICOM port."""

    dicom_store: DicomStore | None = None
    """The DICOM store of the Cloud Healthcare API that images go to."""

    dicomweb_url: Annotated[BaseUrl | None, Field(alias="dicomwebURL")] = None
    """Any other DICOMweb server that images go to: its base URL, without a slash at the end."""

    credentials_secret: ObjectName | None = None
    """A Secret whose key `key.json` is a Google service account key. Leave it out with workload identity."""

    service_account: AdapterServiceAccount = AdapterServiceAccount()
    """The ServiceAccount of the adapter's pods."""

    resources: Resources = Resources()
    """Processor and memory of the adapter's container."""

    service: AdapterService = AdapterService()
    """How modalities reach the adapter."""

    rules = (
        Rule(
            cel="has(self.dicomStore) != has(self.dicomwebURL)",
            message="give either `dicomStore` (Cloud Healthcare API) or `dicomwebURL` (any other DICOMweb server)",
            check=lambda it: (it.dicom_store is None) != (it.dicomweb_url is None),
        ),
    )


class Adapter(SpecModel):
    """Google's DICOM adapter."""

    import_: Annotated[ImportAdapter | None, Field(alias="import")] = None
    """The import adapter; none runs unless this is given."""
