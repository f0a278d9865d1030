"""The local images keep the contracts of the production ones, in restricted pods with a read-only root.

The paths under /tmp are the images' own.
"""
# ruff: noqa: S108

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING, Any

import bcrypt
import pytest
import requests

from localcluster.demo.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcluster.demo.cluster import Ground
    from localcluster.demo.kubectl import Kubectl, Object

NGINX = """
pid /tmp/nginx.pid;
error_log /dev/stderr notice;
events {}
stream { server { listen 9000; return "through stream"; } }
http {
    proxy_temp_path /tmp/proxy; client_body_temp_path /tmp/client; fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
    access_log /dev/stdout;
    server {
        listen 8080;
        http2 on;
        location / { auth_basic "x"; auth_basic_user_file /etc/nginx/files/users; root /usr/share/nginx/html; }
    }
}
"""


@pytest.fixture
def images(ground: Ground) -> Mapping[str, str]:
    if not ground.local:
        pytest.skip("these images are the local ones: run without KUBECONFIG")
    return ground.images


def pod(name: str, uid: int, container: Object, files: Mapping[str, str], writable: tuple[str, ...]) -> list[Object]:
    """A pod with files at a path, and emptyDirs at others."""
    volumes: list[Object] = [{"name": "files", "configMap": {"name": name}}]
    mounts: list[Object] = [{"name": "files", "mountPath": path, "subPath": file} for file, path in files.items()]
    for number, path in enumerate(writable):
        volumes.append({"name": f"w{number}", "emptyDir": {}})
        mounts.append({"name": f"w{number}", "mountPath": path})
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    whole = {"name": name, "securityContext": security, "volumeMounts": mounts, **container}
    user = {"runAsNonRoot": True, "runAsUser": uid, "runAsGroup": uid, "fsGroup": uid}
    spec = {
        "restartPolicy": "Never",
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "securityContext": {**user, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [whole],
        "volumes": volumes,
    }
    return [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}]


def config(name: str, files: Mapping[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(files)}


def environment(values: Mapping[str, str]) -> list[Object]:
    return [{"name": name, "value": value} for name, value in values.items()]


def exit_code(kubectl: Kubectl, name: str) -> int:
    def ended() -> Any:
        [status] = kubectl.require("pod", name)["status"].get("containerStatuses") or [{"state": {}}]
        return status["state"].get("terminated")

    until(lambda: ended() is not None, f"pod/{name} to end", 60)
    code: int = ended()["exitCode"]
    return code


def last_words(kubectl: Kubectl, name: str) -> str:
    """Delete the pod and return what it says from then on."""
    arguments = ["kubectl", "--kubeconfig", str(kubectl.kubeconfig), "-n", kubectl.namespace, "logs", "-f", name]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as follower:
        kubectl.run("delete", "pod", name, "--wait=true")
        return follower.communicate(timeout=60)[0]


def nginx(image: str, *arguments: str) -> list[Object]:
    users = "somebody:" + bcrypt.hashpw(b"right", bcrypt.gensalt(5)).decode().replace("$2b$", "$2y$")
    mounts = {"nginx.conf": "/etc/nginx/nginx.conf", "users": "/etc/nginx/files/users"}
    container = {"image": image, **({"args": list(arguments)} if arguments else {})}
    return [config("web", {"nginx.conf": NGINX, "users": users}), *pod("web", 101, container, mounts, ("/tmp",))]


def address(kubectl: Kubectl, name: str) -> str:
    kubectl.wait(f"pod/{name}", "condition=Ready", 60)
    found: str = kubectl.require("pod", name)["status"]["podIP"]
    return found


def test_nginx_has_stream_and_bcrypt_and_drains_when_stopped(namespace: Kubectl, images: Mapping[str, str]) -> None:
    namespace.apply(nginx(images["proxy"]))
    host = address(namespace, "web")
    until(lambda: _open(host, 9000), "nginx to listen", 30)
    with socket.create_connection((host, 9000), 10) as connection:
        assert connection.recv(100) == b"through stream"
    for password, status in (("right", 200), ("wrong", 401)):
        answer = requests.get(f"http://{host}:8080/", auth=("somebody", password), timeout=10)
        assert answer.status_code == status
    assert "(SIGQUIT) received" in last_words(namespace, "web")


def _open(host: str, port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex((host, port)) == 0


def test_nginx_refuses_to_load_stream_a_second_time(namespace: Kubectl, images: Mapping[str, str]) -> None:
    """As where it is compiled in: a manifest that works here has no such line."""
    line = "load_module modules/ngx_stream_module.so;"
    namespace.apply(nginx(images["proxy"], "nginx", "-g", f"daemon off; {line}"))
    assert exit_code(namespace, "web") == 1


def test_postgres_initialises_from_its_environment_and_stops_fast(
    namespace: Kubectl, images: Mapping[str, str]
) -> None:
    files = {"password": "right\n", "10-table.sql": "CREATE TABLE made_at_start (id int);"}
    mounts = {"password": "/etc/pw/password", "10-table.sql": "/docker-entrypoint-initdb.d/10-table.sql"}
    settings = {
        "POSTGRES_PASSWORD_FILE": "/etc/pw/password",
        "POSTGRES_USER": "owner",
        "POSTGRES_DB": "images",
        "POSTGRES_INITDB_ARGS": "--data-checksums",
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    }
    probe = {"exec": {"command": ["pg_isready", "-h", "127.0.0.1"]}, "periodSeconds": 1}
    container = {"image": images["postgres"], "env": environment(settings), "readinessProbe": probe}
    writable = ("/var/lib/postgresql/data", "/var/run/postgresql", "/tmp")
    namespace.apply([config("db", files), *pod("db", 999, container, mounts, writable)])
    host = address(namespace, "db")
    client = ["exec", "db", "--", "env", "PGPASSWORD=right", "psql", "-w", "-h", host, "-U", "owner", "-d", "images"]
    assert "made_at_start" in namespace.run(*client, "-tc", "select tablename from pg_tables")
    assert "on" in namespace.run(*client, "-tc", "show data_checksums")
    with subprocess.Popen(
        [
            "kubectl",
            "--kubeconfig",
            str(namespace.kubeconfig),
            "-n",
            namespace.namespace,
            *client,
            "-c",
            "select pg_sleep(300)",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        assert "received fast shutdown request" in last_words(namespace, "db")


@pytest.mark.parametrize(
    ("settings", "arguments", "code"),
    [
        ({"DICOM_PORT": "tcp://10.96.0.1:4242", "ORTHANC_PASSWORD": "x"}, (), 254),
        ({}, (), 253),
        ({"STONE_WEB_VIEWER_PLUGIN_ENABLED": "true", "ORTHANC_PASSWORD": "x"}, (), 255),
        ({}, ("/tmp/orthanc.json", "--verbose"), 2),
    ],
    ids=["service-link", "no-user", "no-such-plugin", "two-arguments"],
)
def test_orthanc_refuses_what_the_real_image_refuses(
    namespace: Kubectl,
    images: Mapping[str, str],
    settings: dict[str, str],
    arguments: tuple[str, ...],
    code: int,
) -> None:
    variables = environment({"GENERATE_HOST_ID_IF_MISSING": "false", **settings})
    container = {"image": images["orthanc"], "env": variables, **({"args": list(arguments)} if arguments else {})}
    writable = ("/tmp", "/run/orthanc/plugins", "/var/lib/orthanc/db")
    namespace.apply([config("archive", {}), *pod("archive", 999, container, {}, writable)])
    assert exit_code(namespace, "archive") == code


def test_orthanc_starts_from_files_and_secrets_and_answers_its_probe(
    namespace: Kubectl, images: Mapping[str, str]
) -> None:
    files = {
        "orthanc.json": '{"Name": "${GREETING}", "DicomWeb": {"Root": "/dw/"}} // comment',
        "secret.json": '{"RegisteredUsers": {"somebody": "pa\\u0024GREETING"}, "DicomWeb": {"EnableWado": false}}',
    }
    mounts = {"orthanc.json": "/etc/orthanc/orthanc.json", "secret.json": "/run/secrets/secret.json"}
    variables = environment({"GENERATE_HOST_ID_IF_MISSING": "false", "GREETING": "good morning"})
    probe = {"exec": {"command": ["/probes/test-aliveness.py"]}, "periodSeconds": 1}
    container = {"image": images["orthanc"], "env": variables, "readinessProbe": probe}
    writable = ("/tmp", "/run/orthanc/plugins", "/var/lib/orthanc/db")
    namespace.apply([config("archive", files), *pod("archive", 999, container, mounts, writable)])
    host = address(namespace, "archive")
    login = ("somebody", "pa$GREETING")
    assert requests.get(f"http://{host}:8042/system", auth=login, timeout=10).json()["Name"] == "good morning"
    assert requests.get(f"http://{host}:8042/dw/studies", auth=login, timeout=10).status_code == 200
    assert requests.get(f"http://{host}:8042/system", timeout=10).status_code == 401


def test_the_adapter_will_not_start_without_credentials(namespace: Kubectl, images: Mapping[str, str]) -> None:
    flags = ["--dimse_aet=A", "--dimse_port=2575", "--dicomweb_address=http://127.0.0.1:1"]
    container = {"image": images["adapter"], "args": flags}
    namespace.apply([config("adapter", {}), *pod("adapter", 1000, container, {}, ("/tmp",))])
    assert exit_code(namespace, "adapter") == 1
    assert "GOOGLE_APPLICATION_CREDENTIALS" in namespace.run("logs", "adapter")
