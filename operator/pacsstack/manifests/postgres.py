"""The PostgreSQL server that a stack runs itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.manifests import resources
from pacsstack.manifests.metadata import Manifest, metadata
from pacsstack.manifests.pods import Pod, container_ports, environment, pod_spec, pod_template, workload_spec
from pacsstack.manifests.probes import command_probe, startup, tcp_probe
from pacsstack.manifests.services import build_service, service_port
from pacsstack.manifests.volumes import (
    EXECUTABLE,
    claim_volume,
    config_volume,
    empty_volume,
    mount,
    secret_volume,
    writable,
)
from pacsstack.render.layout import CONFIG, DATA, PGDATA, POSTGRES_PORT, SECRETS, SHARED_MEMORY, TMP
from pacsstack.render.names import child
from pacsstack.render.orthanc_secrets import DATABASE
from pacsstack.render.postgres import postgres_files
from pacsstack.spec.postgres import ManagedPostgres

if TYPE_CHECKING:
    from pacsstack.render.inputs import Inputs
    from pacsstack.spec import PacsStack

COMPONENT = "postgres"

USER = 999
"""The user `postgres` of the official image: initdb looks up its name."""

GRACE_SECONDS = 300
"""Long enough for the checkpoint of a fast shutdown; a killed server would have to recover instead."""


def managed_postgres(stack: PacsStack) -> ManagedPostgres | None:
    """Return the settings of the stack's own server, or `None` when somebody else runs the database."""
    return None if stack.spec.postgres.external else stack.spec.postgres.managed or ManagedPostgres()


def build_postgres_service(stack: PacsStack) -> Manifest:
    """Return the address that Orthanc connects to."""
    return build_service(stack, COMPONENT, [service_port("postgres", POSTGRES_PORT)])


def build_postgres(stack: PacsStack, inputs: Inputs, managed: ManagedPostgres) -> Manifest:
    """Return the StatefulSet: never two pods at a time."""
    login = {"username": inputs.postgres.username, "password": inputs.postgres.password}
    template = pod_template(
        stack, COMPONENT, inputs=inputs, files={**postgres_files(managed), **login}, spec=_pod(stack, inputs, managed)
    )
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(stack, COMPONENT),
        "spec": {
            **workload_spec(stack, COMPONENT, template),
            "serviceName": child(stack, COMPONENT),
            # With OrderedReady a pod that cannot start is not replaced by a corrected one.
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
        },
    }


def _pod(stack: PacsStack, inputs: Inputs, managed: ManagedPostgres) -> Manifest:
    return pod_spec(
        stack,
        COMPONENT,
        Pod(
            user=USER,
            container=_container(inputs, managed),
            volumes=[
                claim_volume(stack, COMPONENT),
                config_volume("config", child(stack, COMPONENT), mode=EXECUTABLE),
                secret_volume("secrets", child(stack, COMPONENT)),
                empty_volume("run", "16Mi"),
                empty_volume("tmp", "1Gi"),
                # The container's own /dev/shm has 64 MiB, too little for parallel queries.
                empty_volume("shm", "256Mi", in_memory=True),
            ],
            grace_seconds=GRACE_SECONDS,
        ),
    )


def _container(inputs: Inputs, managed: ManagedPostgres) -> Manifest:
    # Over TCP: the socket answers already while the password is being set.
    ready = command_probe(["pg_isready", "-q", "-h", "127.0.0.1", "-U", "probe", "-d", DATABASE])
    return {
        "name": COMPONENT,
        "image": managed.image or inputs.images.postgres,
        "command": [f"{CONFIG}/start.sh"],
        "env": environment({"DATABASE": DATABASE, "PGDATA": PGDATA}),
        "ports": container_ports({"postgres": POSTGRES_PORT}),
        "resources": resources.resources(managed.resources, resources.POSTGRES),
        # SIGTERM would wait for Orthanc's connections until Kubernetes kills the server.
        "lifecycle": {"preStop": {"exec": {"command": ["pg_ctl", "-D", PGDATA, "-m", "fast", "-W", "stop"]}}},
        "startupProbe": startup(ready),
        "livenessProbe": tcp_probe(POSTGRES_PORT),
        "readinessProbe": ready,
        "volumeMounts": [
            writable("data", DATA),
            mount("config", CONFIG),
            mount("secrets", SECRETS),
            writable("run", "/var/run/postgresql"),
            writable("tmp", TMP),
            writable("shm", SHARED_MEMORY),
        ],
    }
