"""A database, a certificate and a host name that somebody else has made."""

from __future__ import annotations

import secrets
from pathlib import Path

from localcluster.demo.archive import Archive
from localcluster.demo.cluster import Ground
from localcluster.demo.dcmtk import Peer, Tls, store
from localcluster.demo.kubectl import Kubectl
from localcluster.demo.stack import Stack
from localcluster.demo.study import make_study
from tests.support import database
from tests.support.certificates import Identity, make_identity
from tests.support.running import Running, wait_ready
from tests.support.specs import resource, secret

HOST = "archive.example.org"


def spec(namespace: Kubectl) -> dict[str, object]:
    external = {
        "host": database.host(namespace),
        "database": database.DATABASE,
        "credentialsSecret": "database-login",
        "caSecret": "database-ca",
    }
    return {"postgres": {"external": external}, "proxy": {"host": HOST, "tls": {"secretName": "web"}}}


def certificate_secret(name: str, identity: Identity) -> dict[str, object]:
    values = {"tls.crt": identity.certificate.read_text(), "tls.key": identity.key.read_text()}
    return {**secret(name, values), "type": "kubernetes.io/tls"}


def clients(stack: Stack, authority: Path) -> Running:
    """Everything is asked for by the host name, and reached at the address of the Service."""
    address = str(stack.kubectl.require("service", f"{stack.name}-proxy")["spec"]["clusterIP"])
    archive = Archive(stack.endpoint("url"), authority, "admin", stack.secret("users", "admin"), address)
    return Running(stack, archive, Peer(address, 11112, "ORTHANC"), Peer(address, 2762, "ORTHANC", Tls(authority)))


def test_external_database_own_certificate_and_host(operator: Ground, namespace: Kubectl, tmp_path: Path) -> None:
    outer = make_identity(tmp_path, "database", database.host(namespace))
    web = make_identity(tmp_path, "web", HOST)
    authority = tmp_path / "web-ca.crt"
    authority.write_text(web.authority)
    password = secrets.token_urlsafe(18) + "/@:$'"
    namespace.apply(database.objects(operator.images["postgres"], outer, password))
    namespace.apply([certificate_secret("web", web), resource("brought", spec(namespace))])
    stack = Stack(namespace, "brought")
    wait_ready(stack)
    running = clients(stack, authority)
    assert running.archive.url == f"https://{HOST}/"
    study = make_study("brought along", slices=1)
    store(running.tls, study)
    running.wait_answers(study)
    assert database.encrypted_sessions(namespace) > 0
    assert namespace.get("statefulset", "brought-postgres") is None
    assert namespace.get("configmap", "brought-ca") is None
