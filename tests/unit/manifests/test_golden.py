"""What a stack looks like, written down: `make golden` writes tests/golden/ again, to be read like code."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from pacsstack.manifests.stack import build_stack
from pacsstack.render.placeholder import placeholder_inputs
from tests.unit.manifests.rendering import stack

GOLDEN = Path(__file__).parents[2] / "golden"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"

EXTERNAL = {"host": "db.example.org", "credentialsSecret": "db-login", "caSecret": "db-ca"}
STORE = {"project": "p", "location": "europe-west3", "dataset": "d", "store": "s"}
CASES: dict[str, dict[str, Any]] = {
    "minimal": {},
    "external-database": {"postgres": {"external": EXTERNAL}},
    "path-prefix": {"proxy": {"path": "/orthanc/", "host": "pacs.example.org"}, "orthanc": {"viewers": ["OHIF"]}},
    "adapter": {"adapter": {"import": {"dicomStore": STORE}}, "proxy": {"allowedSources": ["10.20.0.0/16"]}},
    "full": {
        "orthanc": {
            "name": "Radiology",
            "aeTitle": "RADIOLOGY",
            "storage": {"size": "1024Gi", "storageClassName": "fast", "accessModes": ["ReadWriteOncePod"]},
            "resources": {"requests": {"memory": "4096Mi"}, "limits": {"cpu": "3000m"}},
            "viewers": ["StoneWebViewer", "OHIF", "VolView"],
            "plugins": ["Housekeeper"],
            "configuration": {
                "StableAge": 120,
                "DicomWeb": {"StudiesMetadata": "MainDicomTags"},
                "OrthancPeers": {"other": {"Url": "https://other.example.org/", "Username": "u", "Password": "p$x"}},
            },
        },
        "postgres": {"managed": {"parameters": {"shared_buffers": "512MB", "log_line_prefix": "it's %m "}}},
        "adapter": {
            "import": {
                "dicomwebURL": "http://10.9.8.7:8042/dicom-web",
                "credentialsSecret": "adapter-key",
                "service": {"type": "ClusterIP"},
            }
        },
        "proxy": {
            "path": "/orthanc/",
            "host": "pacs.example.org",
            "tls": {"secretName": "server-tls"},
            "users": {"secretName": "people"},
            "dicom": {"tls": {"clientCA": {"secretName": "modality-ca"}}},
            "allowedSources": ["10.20.0.0/16", "10.3.4.5/8"],
            "cors": {"origins": ["https://emr.example.org"]},
            "frameAncestors": ["https://emr.example.org"],
            "replicas": 2,
            "service": {"type": "LoadBalancer", "annotations": {"example.org/pool": "inside"}},
        },
        "modalities": [
            {"name": "ct", "aeTitle": "CT1", "host": "10.20.0.15"},
            {"name": "ws", "aeTitle": "READER", "host": "ws.example.org", "port": 11112},
        ],
        "networkPolicy": {"allowedDestinations": ["10.30.0.0/16"]},
        "deletionPolicy": "Delete",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_stack_looks_as_written_down(case: str) -> None:
    written = files_of(CASES[case])
    folder = GOLDEN / case
    if UPDATE:
        write(folder, written)
    expected = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert written == expected, "read the difference; if it is meant, run `make golden`"


def files_of(spec: dict[str, Any]) -> dict[str, str]:
    """Return the objects as YAML, and every file inside ConfigMaps and Secrets as a file of its own."""
    one = stack(spec, uid="3c1f6a52-0000-4000-8000-000000000001")
    objects = build_stack(one, placeholder_inputs(one))
    files: dict[str, str] = {}
    for each in objects:
        files.update(_taken_out(each))
    return {"objects.yaml": yaml.safe_dump_all(objects, sort_keys=False, width=120), **files}


def _taken_out(one: dict[str, Any]) -> dict[str, str]:
    if one["kind"] not in ("ConfigMap", "Secret"):
        return {}
    folder = f"{one['kind']}-{one['metadata']['name']}"
    data, one["data"] = one["data"], {name: f"({folder}/{name})" for name in one["data"]}
    decode = one["kind"] == "Secret"
    return {f"{folder}/{name}": base64.b64decode(text).decode() if decode else text for name, text in data.items()}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files, and remove those that are no longer among them."""
    for path in folder.rglob("*"):
        if path.is_file() and str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
