"""orthanc.json: what an archive must have, what is better so, and what the user says on top.

Source of every option: Orthanc Book, "Configuration of Orthanc", and the plug-ins' own pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pacsstack.render.escaped_json import escaped_json
from pacsstack.render.layout import IMAGES, ORTHANC_DICOM_PORT, ORTHANC_HTTP_PORT
from pacsstack.spec.orthanc import Viewer

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack
    from pacsstack.spec.stack import Modality

Options = dict[str, Any]


def fixed_options(stack: PacsStack) -> Options:
    """Return what acknowledged images, security or the other components depend on; nobody overrides it."""
    return {
        "AuthenticationEnabled": True,
        "DatabaseServerIdentifier": stack.metadata.name,  # The default follows the pod's name, and orphans its jobs.
        "DicomAet": stack.spec.orthanc.ae_title,
        "DicomAlwaysAllowEcho": True,  # The readiness probe's question.
        "DicomCheckModalityHost": False,  # Every association comes from the proxy's address.
        "DicomModalities": {modality.name: _modality(modality) for modality in stack.spec.modalities},
        "DicomModalitiesInDatabase": False,
        "DicomPort": ORTHANC_DICOM_PORT,
        "DicomServerEnabled": True,
        "DicomTlsEnabled": False,  # The proxy speaks TLS.
        "DicomWeb": {"Enable": True, "PublicRoot": f"{stack.spec.proxy.path}dicom-web/", "Root": "/dicom-web/"},
        "HttpPort": ORTHANC_HTTP_PORT,
        "HttpServerEnabled": True,
        "MaximumStorageMode": "Reject",  # The default, Recycle, deletes the oldest patients.
        "Name": stack.spec.orthanc.name or stack.metadata.name,
        "RemoteAccessAllowed": True,
        "SslEnabled": False,  # The proxy speaks TLS.
        "StorageDirectory": IMAGES,
        "SyncStorageArea": True,  # Without it a power cut leaves an index whose files are gone.
    }


def default_options(stack: PacsStack) -> Options:
    """Return what is better than Orthanc's own defaults; `spec.orthanc.configuration` wins over it."""
    return {
        "DicomAlwaysAllowFind": False,  # Only the modalities of the spec may ask and move.
        "DicomAlwaysAllowFindWorklist": False,
        "DicomAlwaysAllowGet": False,
        "DicomAlwaysAllowMove": False,
        "DicomAlwaysAllowStore": True,  # Any modality that reaches the port may store.
        "DicomThreadsCount": 16,  # Associations at a time; the default of 4 lets a few slow modalities block everyone.
        "StorageCompression": False,
        **_viewer_options(stack),
    }


def _viewer_options(stack: PacsStack) -> Options:
    if Viewer.OHIF not in stack.spec.orthanc.viewers:
        return {}
    return {"OHIF": {"RouterBasename": f"{stack.spec.proxy.path}ohif/"}}


def _modality(modality: Modality) -> Options:
    allowed = dict.fromkeys(
        ("AllowEcho", "AllowFind", "AllowFindWorklist", "AllowGet", "AllowMove", "AllowStore"), True
    )
    return {"AET": modality.ae_title, "Host": modality.host, "Port": modality.port, **allowed}


def orthanc_options(stack: PacsStack) -> Options:
    """Return all options but the credentials: defaults, then the user's, then what is fixed."""
    return merged(merged(default_options(stack), stack.spec.orthanc.configuration), fixed_options(stack))


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Options:
    """Return both, the second winning; objects are merged member by member, as the image itself does."""
    result = dict(first)
    for key, value in second.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def public_options(stack: PacsStack) -> Options:
    """Return the options that the user did not touch, for a ConfigMap."""
    touched = stack.spec.orthanc.configuration
    return {key: value for key, value in orthanc_options(stack).items() if key not in touched}


def private_options(stack: PacsStack) -> Options:
    """Return the options that the user touched, for a Secret: a password of a peer's may be among them."""
    touched = stack.spec.orthanc.configuration
    return {key: value for key, value in orthanc_options(stack).items() if key in touched}


def orthanc_json(stack: PacsStack) -> str:
    """Return the file that goes to `/etc/orthanc/`."""
    return escaped_json(public_options(stack))
