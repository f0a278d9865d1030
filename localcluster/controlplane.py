"""etcd, API server, controller manager and scheduler: how each is started, and when it is ready.

The options: Kubernetes documentation, "Component tools" (one page a program); etcd, "Configuration options".
"""

import json
import ssl
from pathlib import Path

import yaml

from localcluster.build import program
from localcluster.processes import Processes, Program
from localcluster.settings import NODE_ADDRESS, POD_CIDR, SCHEDULER_PORT, SERVICE_CIDR, Settings
from localcluster.waiting import answers, wait_for

_SYSTEM_USERS = ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
_READS = ["get", "list", "watch"]


def audit_policy() -> dict[str, object]:
    """Who did what, without bodies; what the cluster's own parts read, and their heartbeats, would only hide it."""
    leases = [{"group": "coordination.k8s.io", "resources": ["leases"]}]
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": "None", "users": _SYSTEM_USERS, "verbs": _READS},
            {"level": "None", "userGroups": ["system:nodes"], "verbs": _READS},
            {"level": "None", "userGroups": ["system:nodes"], "resources": leases},
            {"level": "None", "users": _SYSTEM_USERS, "resources": leases},
            {"level": "Metadata"},
        ],
    }


def etcd(settings: Settings) -> Program:
    """The store. It never waits for the disk: the cluster's state is not meant to survive the machine."""
    client, peer = (f"http://127.0.0.1:{port}" for port in (settings.etcd_port, settings.etcd_peer_port))
    options = {
        "name": "local",
        "data-dir": str(settings.state / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"local={peer}",
        "unsafe-no-fsync": "true",
        "log-level": "warn",
    }
    return _program("etcd", options)


def api_server(settings: Settings) -> Program:
    """The API server, with an audit log that tests count writes in."""
    pki, policy = settings.certificates, settings.configuration / "audit-policy.yaml"
    settings.configuration.mkdir(parents=True, exist_ok=True)
    policy.write_text(yaml.safe_dump(audit_policy(), sort_keys=False))
    options = {
        "etcd-servers": f"http://127.0.0.1:{settings.etcd_port}",
        "bind-address": settings.address,
        "secure-port": str(settings.apiserver_port),
        "service-cluster-ip-range": SERVICE_CIDR,
        "client-ca-file": str(pki / "ca.crt"),
        "tls-cert-file": str(pki / "kube-apiserver.crt"),
        "tls-private-key-file": str(pki / "kube-apiserver.key"),
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": str(pki / "service-accounts.pub"),
        "service-account-signing-key-file": str(pki / "service-accounts.key"),
        "audit-policy-file": str(policy),
        "audit-log-path": str(settings.audit_log),
        # A log that is rotated away while a test counts in it would make the test lie.
        "audit-log-maxsize": "4096",
        "profiling": "false",
    }
    return _program("kube-apiserver", options | (_node_options(pki) if settings.has_node else _no_node_options()))


def _node_options(pki: Path) -> dict[str, str]:
    return {
        "advertise-address": NODE_ADDRESS,
        "kubelet-certificate-authority": str(pki / "ca.crt"),
        "kubelet-client-certificate": str(pki / "kubelet-client.crt"),
        "kubelet-client-key": str(pki / "kubelet-client.key"),
        "kubelet-preferred-address-types": "InternalIP",
    }


def _no_node_options() -> dict[str, str]:
    # Without a node nothing uses the API server's Service, and a loopback address may not stand behind one.
    return {"endpoint-reconciler-type": "none"}


def controller_manager(settings: Settings) -> Program:
    """The controllers of Kubernetes itself."""
    pki = settings.certificates
    kubeconfig = str(pki / "kube-controller-manager.kubeconfig")
    options = {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": "127.0.0.1",
        "secure-port": str(settings.controller_manager_port),
        "leader-elect": "false",
        "use-service-account-credentials": "true",
        "service-account-private-key-file": str(pki / "service-accounts.key"),
        "root-ca-file": str(pki / "ca.crt"),
        "cluster-signing-cert-file": str(pki / "ca.crt"),
        "cluster-signing-key-file": str(pki / "ca.key"),
        "cluster-cidr": POD_CIDR,
        "allocate-node-cidrs": "false",
        "controllers": "*,-node-ipam-controller",
        "profiling": "false",
    }
    return _program("kube-controller-manager", options)


def scheduler(settings: Settings) -> Program:
    """The scheduler."""
    kubeconfig = str(settings.certificates / "kube-scheduler.kubeconfig")
    options = {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": "127.0.0.1",
        "secure-port": str(SCHEDULER_PORT),
        "leader-elect": "false",
        "profiling": "false",
    }
    return _program("kube-scheduler", options)


def wait_for_etcd(settings: Settings, processes: Processes) -> None:
    """Return once etcd serves reads and writes."""
    url = f"http://127.0.0.1:{settings.etcd_port}/health"
    wait_for(lambda: answers(url), f"etcd answers {url}", 30, lambda: processes.require("etcd"))


def wait_for_api_server(settings: Settings, processes: Processes) -> None:
    """Return once the API server calls itself ready."""
    wait_for(
        lambda: is_ready(settings),
        f"the API server answers {settings.server}/readyz",
        60,
        lambda: processes.require("kube-apiserver"),
    )


def is_ready(settings: Settings) -> bool:
    """Whether the API server is ready to serve."""
    pki = settings.certificates
    if not (pki / "complete").exists():
        return False
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
    return answers(f"{settings.server}/readyz", context)


def _program(name: str, options: dict[str, str]) -> Program:
    return Program(name, (str(program(name)), *(f"--{option}={value}" for option, value in options.items())))


def audit_lines(settings: Settings, since: int = 0) -> list[dict[str, object]]:
    """The audit log's entries from a byte offset on; `audit_log.stat().st_size` is the offset of what comes next."""
    with settings.audit_log.open("rb") as log:
        log.seek(since)
        return [json.loads(line) for line in log if line.endswith(b"\n")]
