"""A PostgreSQL that somebody else runs: a bare pod with TLS, and a login."""

from __future__ import annotations

from typing import Any

from localcluster.demo.kubectl import Kubectl, Object
from tests.support.certificates import Identity
from tests.support.specs import LITTLE, secret

NAME = "database"
LABELS = {"app.kubernetes.io/name": NAME}
USER = "archivist"
DATABASE = "images"
_WRITABLE = {"data": "/var/lib/postgresql/data", "run": "/var/run/postgresql", "tmp": "/tmp"}  # noqa: S108 -- in the pod


def host(kubectl: Kubectl) -> str:
    return f"{NAME}.{kubectl.namespace}.svc"


def objects(image: str, identity: Identity, password: str) -> list[Object]:
    """The pod, its Service, its certificate, and the Secrets that a PacsStack names."""
    certificate = {"tls.crt": identity.certificate.read_text(), "tls.key": identity.key.read_text()}
    return [
        secret("database-tls", certificate),
        secret("database-ca", {"ca.crt": identity.authority}),
        secret("database-login", {"username": USER, "password": password}),
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": NAME, "labels": LABELS}, "spec": _pod(image)},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": NAME},
            "spec": {"selector": LABELS, "ports": [{"port": 5432}]},
        },
    ]


def encrypted_sessions(kubectl: Kubectl) -> int:
    """How many sessions of the archive's login are encrypted (PostgreSQL manual, "pg_stat_ssl")."""
    question = f"SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename = '{USER}'"  # noqa: S608
    return int(kubectl.run("exec", NAME, "--", "psql", "-w", "-At", "-U", USER, "-d", DATABASE, "-c", question))


def _pod(image: str) -> dict[str, Any]:
    options = ["ssl=on", "ssl_cert_file=/tls/tls.crt", "ssl_key_file=/tls/tls.key"]
    login = {"secretKeyRef": {"name": "database-login", "key": "password"}}
    container = {
        "name": "postgres",
        "image": image,
        "args": ["postgres", *(word for option in options for word in ("-c", option))],
        "env": [
            {"name": "POSTGRES_USER", "value": USER},
            {"name": "POSTGRES_DB", "value": DATABASE},
            {"name": "POSTGRES_PASSWORD", "valueFrom": login},
            {"name": "PGDATA", "value": f"{_WRITABLE['data']}/pgdata"},
        ],
        "resources": LITTLE,
        "readinessProbe": {"exec": {"command": ["pg_isready", "-h", "127.0.0.1"]}, "periodSeconds": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [
            *({"name": name, "mountPath": path} for name, path in _WRITABLE.items()),
            {"name": "tls", "mountPath": "/tls", "readOnly": True},
        ],
    }
    ids = {"runAsNonRoot": True, "runAsUser": 999, "runAsGroup": 999, "fsGroup": 999}
    return {
        "securityContext": {**ids, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [
            *({"name": name, "emptyDir": {}} for name in _WRITABLE),
            {"name": "tls", "secret": {"secretName": "database-tls", "defaultMode": 0o440}},
        ],
    }
