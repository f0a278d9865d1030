"""What the local cluster itself promises: names, volumes, load balancers, exec and logs, Pod Security."""

import http.client
import json
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localcluster.controlplane import audit_lines
from localcluster.images.names import names
from localcluster.settings import BIN, FULL

PORT = 8080
SERVER = f"exec perl /served/serve.pl {PORT}"
PERL_SERVER = """
use IO::Socket::INET;
$| = 1;
my $listener = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 16, ReuseAddr => 1) or die "no socket: $!";
print "listening\\n";
while (my $client = $listener->accept()) {
    while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/ }
    print $client "HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n";
    close $client;
}
"""


@dataclass(frozen=True)
class Kubectl:
    kubeconfig: str
    namespace: str

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        command = [str(BIN / "kubectl"), "-n", self.namespace, *arguments]
        environment = {**os.environ, "KUBECONFIG": self.kubeconfig}
        outcome = subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, f"{' '.join(arguments)}: {outcome.stderr}"
        return outcome.stdout

    def apply(self, *items: dict[str, Any]) -> None:
        self(
            "apply", "--server-side", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        )

    def field(self, kind: str, name: str, path: str) -> str:
        return self("get", kind, name, "-o", f"jsonpath={{{path}}}")


def until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s: {what}"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def kubectl(kubeconfig: str) -> Iterator[Kubectl]:
    if Path(kubeconfig) != FULL.kubeconfig:
        pytest.skip("the local cluster is not the one under test")
    kubectl = Kubectl(kubeconfig, f"local-{uuid.uuid4().hex[:8]}")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kubectl.namespace, "labels": labels}})
    until(lambda: "default" in kubectl("get", "serviceaccounts", "-o", "name"), "a ServiceAccount `default`")
    kubectl.apply(config_map(), pod("web", SERVER), load_balancer())
    kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=60s")
    until(lambda: bool(address_of(kubectl)), "the Service has an address")
    yield kubectl
    kubectl("delete", "namespace", kubectl.namespace, "--wait=false")


def config_map() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "served"}, "data": {"serve.pl": PERL_SERVER}}


def load_balancer() -> dict[str, Any]:
    ports = [{"port": 80, "targetPort": PORT}]
    specification = {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": specification}


def claim(name: str) -> dict[str, Any]:
    specification = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": specification}


def pod(name: str, command: str, claim_name: str | None = None) -> dict[str, Any]:
    data = {"persistentVolumeClaim": {"claimName": claim_name}} if claim_name else {"emptyDir": {}}
    container = {
        "name": "main",
        "image": names()["postgres"],
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-c", command],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "served", "mountPath": "/served"}],
    }
    specification = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "runAsGroup": 999,
            "fsGroup": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "data", **data}, {"name": "served", "configMap": {"name": "served"}}],
    }
    metadata = {"name": name, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": specification}


def address_of(kubectl: Kubectl) -> str:
    return kubectl.field("service", "web", ".status.loadBalancer.ingress[0].ip")


def is_served(address: str) -> bool:
    connection = http.client.HTTPConnection(address, 80, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read() == b"hello\n"
    except OSError:
        return False
    finally:
        connection.close()


def test_a_pod_resolves_services_and_nothing_outside(kubectl: Kubectl) -> None:
    cluster_address = kubectl.field("service", "web", ".spec.clusterIP")
    full_name = f"web.{kubectl.namespace}.svc.cluster.local"
    assert kubectl("exec", "web", "--", "getent", "hosts", full_name).split()[0] == cluster_address
    assert kubectl("exec", "web", "--", "bash", "-c", "getent hosts example.org || echo nothing").strip() == "nothing"


def test_what_a_pod_prints_is_its_log(kubectl: Kubectl) -> None:
    until(lambda: "listening" in kubectl("logs", "web"), "the log of the pod says that it listens")


def test_exec_runs_as_the_pod_s_user(kubectl: Kubectl) -> None:
    assert kubectl("exec", "web", "--", "id", "-u").strip() == "999"


def test_a_load_balancer_s_address_reaches_the_pod_from_here_and_from_pods(kubectl: Kubectl) -> None:
    address = address_of(kubectl)
    until(lambda: is_served(address), f"{address} serves what the pod serves")
    ask = f"exec 3<>/dev/tcp/{address}/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    assert kubectl("exec", "web", "--", "bash", "-c", ask).endswith("hello\n")


def test_a_load_balancer_keeps_out_whoever_is_not_in_its_source_ranges(kubectl: Kubectl) -> None:
    address = address_of(kubectl)
    until(lambda: is_served(address), "everybody is served")
    patch_service(kubectl, {"loadBalancerSourceRanges": ["192.0.2.0/24"]})
    until(lambda: not is_served(address), "nobody is served")
    patch_service(kubectl, {"loadBalancerSourceRanges": None})
    until(lambda: is_served(address), "everybody is served again")


def test_an_address_is_taken_back_when_the_service_is_no_load_balancer_any_more(kubectl: Kubectl) -> None:
    address = address_of(kubectl)
    patch_service(kubectl, {"type": "ClusterIP"})
    until(lambda: not address_of(kubectl) and not is_served(address), f"{address} is taken back")
    patch_service(kubectl, {"type": "LoadBalancer"})
    until(lambda: bool(address_of(kubectl)), "the Service has an address again")


def patch_service(kubectl: Kubectl, specification: dict[str, Any]) -> None:
    kubectl("patch", "service", "web", "--type=merge", "-p", json.dumps({"spec": specification}))


def test_a_volume_outlives_its_pod_and_not_its_claim(kubectl: Kubectl) -> None:
    kubectl.apply(claim("data"), pod("writer", "echo kept > /data/file; exec sleep infinity", "data"))
    kubectl("wait", "--for=condition=Ready", "pod/writer", "--timeout=60s")
    volume = kubectl.field("pvc", "data", ".spec.volumeName")
    kubectl("delete", "pod", "writer", "--timeout=60s")
    kubectl.apply(pod("reader", "cat /data/file; exec sleep infinity", "data"))
    kubectl("wait", "--for=condition=Ready", "pod/reader", "--timeout=60s")
    until(lambda: kubectl("logs", "reader") == "kept\n", "the second pod reads what the first one wrote")
    assert (FULL.volumes / volume / "file").read_text() == "kept\n"
    kubectl("delete", "pod/reader", "pvc/data", "--timeout=60s")
    until(lambda: volume not in kubectl("get", "pv", "-o", "name"), "the volume is gone")
    assert not (FULL.volumes / volume).exists()


def test_pod_security_is_enforced(kubectl: Kubectl) -> None:
    privileged = pod("privileged", "true")
    privileged["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        kubectl.apply(privileged)


def test_the_audit_log_tells_who_wrote_what(kubectl: Kubectl) -> None:
    offset = FULL.audit_log.stat().st_size
    kubectl("create", "configmap", "audited", "--from-literal=secret-word=unseen")
    written = [line for line in audit_lines(FULL, offset) if is_write_of(line, "audited", kubectl.namespace)]
    assert [line["verb"] for line in written] == ["create"]
    assert str(written[0]["userAgent"]).startswith("kubectl/")
    assert "unseen" not in json.dumps(written)


def is_write_of(line: dict[str, Any], name: str, namespace: str) -> bool:
    reference = line.get("objectRef") or {}
    return (reference.get("name"), reference.get("namespace")) == (name, namespace) and line["verb"] == "create"
