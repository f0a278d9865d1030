"""The archive: one Orthanc, the only writer of its database and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests import resources
from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.manifests.pods import Pod, container_ports, environment, pod_spec, pod_template, workload_spec
from pacsstack.manifests.probes import command_probe, startup, tcp_probe
from pacsstack.manifests.services import build_service, service_port
from pacsstack.manifests.volumes import claim_volume, config_volume, empty_volume, mount, secret_volume, writable
from pacsstack.render.host_id import host_id
from pacsstack.render.layout import CONFIG, DATA, DATABASE_CA, ORTHANC_DICOM_PORT, ORTHANC_HTTP_PORT, TMP
from pacsstack.render.names import child
from pacsstack.render.orthanc import orthanc_json
from pacsstack.render.orthanc_plugins import plugin_environment
from pacsstack.render.orthanc_secrets import orthanc_secrets_json
from pacsstack.render.templating import template_text

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack

COMPONENT = "orthanc"

USER = 999
"""The user `orthanc` of the image."""

GRACE_SECONDS = 120
"""Time for associations and uploads that are under way."""

CREDENTIALS_FILE = "pacsstack.json"
"""The one file of ours in /run/secrets: the image reads several in no particular order."""


def orthanc_files(stack: PacsStack) -> dict[str, str]:
    """Return the files without credentials."""
    return {
        "hostid": host_id(stack),
        "orthanc.json": orthanc_json(stack),
        "readiness.py": template_text("orthanc_readiness.py"),
        "start.sh": template_text("orthanc-start.sh"),
    }


def orthanc_secret_files(stack: PacsStack, inputs: Inputs) -> dict[str, str]:
    """Return the file with credentials."""
    return {CREDENTIALS_FILE: orthanc_secrets_json(stack, inputs)}


def build_orthanc_service(stack: PacsStack) -> Manifest:
    """Return the address that the proxy connects to."""
    ports = [service_port("http", ORTHANC_HTTP_PORT), service_port("dicom", ORTHANC_DICOM_PORT)]
    return build_service(stack, COMPONENT, ports)


def build_orthanc(stack: PacsStack, inputs: Inputs) -> Manifest:
    """Return the Deployment. `Recreate`: two at a time would both write to one database and one volume."""
    files = {**orthanc_files(stack), **orthanc_secret_files(stack, inputs), "ca.crt": inputs.database_ca or ""}
    template = pod_template(stack, COMPONENT, inputs=inputs, files=files, spec=_pod(stack, inputs))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(stack, COMPONENT),
        "spec": {**workload_spec(stack, COMPONENT, template), "strategy": {"type": "Recreate"}},
    }


def _pod(stack: PacsStack, inputs: Inputs) -> Manifest:
    database_ca = _database_ca_secret(stack)
    return pod_spec(
        stack,
        COMPONENT,
        Pod(
            user=USER,
            container=_container(stack, inputs, with_database_ca=database_ca is not None),
            volumes=[
                claim_volume(stack, COMPONENT),
                config_volume("config", child(stack, COMPONENT)),
                secret_volume("secrets", child(stack, COMPONENT)),
                empty_volume("plugins", "1Gi"),
                empty_volume("tmp", "8Gi"),
                *([secret_volume("database-ca", database_ca, items={"ca.crt": "ca.crt"})] if database_ca else []),
            ],
            grace_seconds=GRACE_SECONDS,
        ),
    )


def _database_ca_secret(stack: PacsStack) -> str | None:
    return stack.spec.postgres.external.ca_secret if stack.spec.postgres.external else None


def _container(stack: PacsStack, inputs: Inputs, *, with_database_ca: bool) -> Manifest:
    return {
        "name": COMPONENT,
        "image": stack.spec.orthanc.image or inputs.images.orthanc,
        "command": ["bash", f"{CONFIG}/start.sh"],
        "env": environment(
            {
                **plugin_environment(stack),
                "GENERATE_HOST_ID_IF_MISSING": "false",  # The root file system is read-only, and ours is mounted.
                "TCP_NODELAY": "1",  # Read by DCMTK; otherwise each C-STORE waits 40 ms for a delayed acknowledgement.
            }
        ),
        "ports": container_ports({"http": ORTHANC_HTTP_PORT, "dicom": ORTHANC_DICOM_PORT}),
        "resources": resources.resources(stack.spec.orthanc.resources, resources.ORTHANC),
        "startupProbe": startup(tcp_probe(ORTHANC_HTTP_PORT)),
        "livenessProbe": tcp_probe(ORTHANC_HTTP_PORT),
        "readinessProbe": command_probe(["python3", f"{CONFIG}/readiness.py"]),
        "volumeMounts": [
            writable("data", DATA),
            mount("config", "/etc/orthanc/pacsstack.json", file="orthanc.json"),
            mount("config", "/etc/hostid", file="hostid"),
            mount("config", CONFIG),
            mount("secrets", f"/run/secrets/{CREDENTIALS_FILE}", file=CREDENTIALS_FILE),
            writable("plugins", "/run/orthanc/plugins"),
            writable("tmp", TMP),
            *([mount("database-ca", DATABASE_CA)] if with_database_ca else []),
        ],
    }
