"""The flags of Google's DICOM import adapter.

Source: GoogleCloudPlatform/healthcare-dicom-dicomweb-adapter, README and `Flags.java`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacsstack.spec.adapter import DicomStore, ImportAdapter

HEALTHCARE_API = "https://healthcare.googleapis.com/v1"
HEALTHCARE_SCOPE = "https://www.googleapis.com/auth/cloud-healthcare"


def dicomweb_address(adapter: ImportAdapter) -> str:
    """Return the base URL of the store. The adapter accepts the Cloud Healthcare API's in exactly this form only."""
    return _store_url(adapter.dicom_store) if adapter.dicom_store else adapter.dicomweb_url or ""


def _store_url(store: DicomStore) -> str:
    return (
        f"{HEALTHCARE_API}/projects/{store.project}/locations/{store.location}"
        f"/datasets/{store.dataset}/dicomStores/{store.store}/dicomWeb"
    )


def adapter_arguments(adapter: ImportAdapter) -> list[str]:
    """Return the command line.

    Without `--oauth_scopes` the adapter signs a token with its key and asks no token server, which is what a DICOMweb
    server other than Google's needs.
    """
    arguments = [
        f"--dimse_aet={adapter.ae_title}",
        f"--dimse_port={adapter.port}",
        f"--dicomweb_address={dicomweb_address(adapter)}",
    ]
    return [*arguments, f"--oauth_scopes={HEALTHCARE_SCOPE}"] if adapter.dicom_store else arguments


def adapter_environment() -> dict[str, str]:
    """Return the settings of the Java machine: the image sets no limit of the heap, and only /tmp can be written."""
    return {"JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=70.0 -Djava.io.tmpdir=/tmp"}
