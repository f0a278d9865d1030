"""The PacsStacks that the cluster tests bring up."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Kubectl, Object

PRIVATE_NETWORKS = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
EMR = "https://emr.example.org"
LITTLE = {"requests": {"cpu": "10m", "memory": "64Mi"}}
"""What a component asks for here: several stacks share a machine of two processors."""
VOLUME = {"size": "1Gi"}
DESTINATION = "DESTINATION"
"""The AE title of the one modality that the archives know."""


def resource(name: str, spec: dict[str, Any]) -> Object:
    """A PacsStack that asks for little, with this spec."""
    small = {
        "orthanc": {"storage": VOLUME, "resources": LITTLE},
        "postgres": {"managed": {"storage": VOLUME, "resources": LITTLE}},
        **spec,
        "proxy": {"resources": LITTLE, **spec.get("proxy", {})},
    }
    return {"apiVersion": "pacsstack.io/v1alpha1", "kind": "PacsStack", "metadata": {"name": name}, "spec": small}


def root_spec(namespace: str, modality_host: str, modality_port: int) -> dict[str, Any]:
    """An archive under `/`, open to private networks through a load balancer, with the adapter beside it."""
    return {
        "modalities": [
            {"name": "destination", "aeTitle": DESTINATION, "host": modality_host, "port": modality_port},
        ],
        "adapter": {
            "import": {
                "dicomwebURL": f"http://dicomstore.{namespace}.svc:8042/dicom-web",
                "credentialsSecret": "adapter-key",
                "resources": LITTLE,
            }
        },
        "proxy": {
            "allowedSources": PRIVATE_NETWORKS,
            "cors": {"origins": [EMR]},
            "frameAncestors": [EMR],
            "service": {"type": "LoadBalancer"},
        },
    }


def prefixed_spec(client_ca_secret: str, users_secret: str) -> dict[str, Any]:
    """An archive under `/orthanc/`, inside the cluster only, with mutual TLS and users of its own."""
    return {
        "proxy": {
            "path": "/orthanc/",
            "dicom": {"tls": {"clientCA": {"secretName": client_ca_secret}}},
            "users": {"secretName": users_secret},
        },
    }


def secret(name: str, values: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}


def put(kubectl: Kubectl, wanted: Object) -> None:
    """Make the resource exactly what is wanted, without what others have added to its spec."""
    known = kubectl.get("pacs", wanted["metadata"]["name"])
    kubectl.run("replace" if known else "create", "-f", "-", stdin=json.dumps(wanted))


def restricted_namespace(prefix: str) -> Object:
    """A fresh namespace that enforces Pod Security "restricted"."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": f"{prefix}-{uuid.uuid4().hex[:6]}",
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        },
    }
