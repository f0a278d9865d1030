"""A DICOM store behind the adapter: a second Orthanc with DICOMweb plays the one of the Cloud Healthcare API.

It keeps what it gets as long as its pod lives, and lets in whoever reaches it: it is there to be looked into.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Kubectl, Object

NAME = "dicomstore"
PORT = 8042
LABELS = {"app.kubernetes.io/name": NAME}
SETTINGS = {
    "ORTHANC__NAME": "DICOM store",
    "ORTHANC__AUTHENTICATION_ENABLED": "false",
    "ORTHANC__REMOTE_ACCESS_ALLOWED": "true",
    "ORTHANC__DICOM_WEB__ENABLE": "true",
    "DICOM_WEB_PLUGIN_ENABLED": "true",
    "GENERATE_HOST_ID_IF_MISSING": "false",
}


def objects(image: str) -> list[Object]:
    """Return the Deployment and the Service of the store."""
    return [_deployment(image), _service()]


def stored_uids(kubectl: Kubectl) -> set[str]:
    """Return the SOP instances that the store has, asked through the API server's proxy.

    Source: kubernetes.io, "Access Services Running on Clusters", proxy URLs.
    """
    service = f"/api/v1/namespaces/{kubectl.namespace}/services/{NAME}:{PORT}/proxy"
    every = json.loads(kubectl.run("get", "--raw", f"{service}/instances?expand"))
    return {str(instance["MainDicomTags"]["SOPInstanceUID"]) for instance in every}


def _service() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME, "labels": LABELS},
        "spec": {"selector": LABELS, "ports": [{"name": "http", "port": PORT, "targetPort": "http"}]},
    }


def _deployment(image: str) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "labels": LABELS},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": _pod(image)},
        },
    }


def _pod(image: str) -> Object:
    writable = {"data": "/var/lib/orthanc/db", "plugins": "/run/orthanc/plugins", "tmp": "/tmp"}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "runAsGroup": 999,
            "fsGroup": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image, writable)],
        "volumes": [{"name": name, "emptyDir": {"sizeLimit": "2Gi"}} for name in writable],
    }


def _container(image: str, writable: dict[str, str]) -> Object:
    return {
        "name": "orthanc",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": name, "value": value} for name, value in SETTINGS.items()],
        "ports": [{"name": "http", "containerPort": PORT}],
        "readinessProbe": {"httpGet": {"path": "/system", "port": "http"}, "periodSeconds": 2},
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in writable.items()],
    }
