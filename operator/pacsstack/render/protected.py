"""Options of Orthanc that a user may not set, each with what to write instead."""

from __future__ import annotations

OWN_FIELD = {
    "DicomAet": "set spec.orthanc.aeTitle instead",
    "DicomModalities": "list modalities in spec.modalities instead",
    "Name": "set spec.orthanc.name instead",
    "PostgreSQL": "use spec.postgres instead",
    "RegisteredUsers": "name a Secret in spec.proxy.users instead",
}
"""Options that have a field of their own."""

_ENCRYPTION = "remove it: the proxy speaks TLS, see spec.proxy.tls and spec.proxy.dicom.tls"
_PLUMBING = "remove it: the proxy and the probes depend on it"
_STORAGE = "remove it: images are kept in the volume of spec.orthanc.storage and indexed by spec.postgres"

FIXED = {
    "AuthenticationEnabled": "remove it: only the proxy may ask Orthanc",
    "AwsS3Storage": _STORAGE,
    "AzureBlobStorage": _STORAGE,
    "DatabaseServerIdentifier": "remove it: it is the name of the PacsStack",
    "DicomAlwaysAllowEcho": "remove it: the readiness probe asks for a C-ECHO",
    "DicomCheckModalityHost": "remove it: every association comes from the proxy; use spec.proxy.allowedSources",
    "DicomModalitiesInDatabase": "remove it: modalities come from spec.modalities",
    "DicomPort": "remove it, or set spec.proxy.dicom.clear.port: modalities connect to the proxy",
    "DicomServerEnabled": _PLUMBING,
    "DicomTlsCertificate": _ENCRYPTION,
    "DicomTlsEnabled": _ENCRYPTION,
    "DicomTlsPrivateKey": _ENCRYPTION,
    "DicomTlsTrustedCertificates": _ENCRYPTION,
    "GoogleCloudStorage": _STORAGE,
    "HttpPort": _PLUMBING,
    "HttpServerEnabled": _PLUMBING,
    "IndexDirectory": _STORAGE,
    "MaximumStorageMode": "remove it: an archive never deletes old patients by itself",
    "MySQL": _STORAGE,
    "Odbc": _STORAGE,
    "Plugins": "remove it: use spec.orthanc.plugins and spec.orthanc.viewers",
    "RemoteAccessAllowed": _PLUMBING,
    "SslCertificate": _ENCRYPTION,
    "SslEnabled": _ENCRYPTION,
    "StorageDirectory": _STORAGE,
    "SyncStorageArea": "remove it: without it a power cut loses images that were acknowledged",
    "TemporaryDirectory": "remove it: only /tmp can be written",
}
"""Options on which acknowledged images, security or the other components depend."""

FIXED_DICOMWEB = {
    "Enable": "remove it: DICOMweb is always on",
    "PublicRoot": "set spec.proxy.path instead",
    "Root": "remove it: the proxy and the viewers depend on it",
}
"""The same for options of the section `DicomWeb`."""
