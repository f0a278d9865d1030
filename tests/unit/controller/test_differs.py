from __future__ import annotations

import copy
from typing import Any

import pytest

from pacsstack.controller.differs import APPLIED_HASH, difference, fingerprint, stamped

DESIRED: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "demo-orthanc", "labels": {"a": "b"}},
    "spec": {
        "replicas": 1,
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "orthanc",
                        "image": "one",
                        "args": ["-v", "x"],
                        "env": [{"name": "A", "value": "1"}],
                        "ports": [{"containerPort": 8042}, {"containerPort": 4242}],
                        "volumeMounts": [{"mountPath": "/data", "name": "data"}],
                    }
                ],
                "tolerations": [],
                "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}],
            }
        },
    },
}


@pytest.fixture
def live() -> dict[str, Any]:
    return copy.deepcopy(DESIRED)


def container(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = item["spec"]["template"]["spec"]["containers"][0]
    return found


def test_what_is_missing_differs() -> None:
    assert difference(DESIRED, None) == "missing"


def test_defaults_of_the_server_and_fields_of_others_do_not_differ(live: dict[str, Any]) -> None:
    live["metadata"] |= {"uid": "x", "annotations": {"theirs": "1"}, "finalizers": ["theirs"]}
    live["status"] = {"readyReplicas": 1}
    container(live)["imagePullPolicy"] = "IfNotPresent"
    container(live)["env"].insert(0, {"name": "THEIRS", "value": "2"})
    container(live)["ports"][0]["protocol"] = "TCP"
    live["spec"]["template"]["spec"]["containers"].insert(0, {"name": "sidecar", "image": "theirs"})
    live["spec"]["template"]["spec"]["volumes"].append({"name": "theirs", "emptyDir": {}})
    del live["spec"]["template"]["spec"]["tolerations"]
    assert difference(DESIRED, live) is None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda it: it["spec"].update(replicas=2), ".spec.replicas"),
        (lambda it: it["metadata"]["labels"].pop("a"), ".metadata.labels.a"),
        (lambda it: container(it).update(image="two"), ".spec.template.spec.containers[orthanc].image"),
        (lambda it: container(it)["args"].append("y"), ".spec.template.spec.containers[orthanc].args"),
        (lambda it: container(it)["args"].reverse(), ".spec.template.spec.containers[orthanc].args"),
        (lambda it: container(it)["env"].clear(), ".spec.template.spec.containers[orthanc].env[A]"),
        (lambda it: container(it)["ports"].pop(), ".spec.template.spec.containers[orthanc].ports[4242]"),
        (lambda it: it["spec"]["template"]["spec"].pop("containers"), ".spec.template.spec.containers[orthanc]"),
    ],
)
def test_each_kind_of_change_is_found(live: dict[str, Any], change: Any, path: str) -> None:
    change(live)
    found = difference(DESIRED, live)
    assert found is not None
    assert found.startswith(path)


def test_an_opened_port_in_a_network_policy_differs() -> None:
    policy = {"kind": "NetworkPolicy", "spec": {"ingress": [{"ports": [{"port": 8443}]}]}}
    opened = {"kind": "NetworkPolicy", "spec": {"ingress": [{"ports": [{"port": 8443}, {"port": 22}]}]}}
    assert difference(policy, opened) == ".spec.ingress.ports"


def test_a_further_port_of_a_service_is_somebody_elses() -> None:
    service = {"kind": "Service", "spec": {"ports": [{"port": 443, "protocol": "TCP"}]}}
    more = {"kind": "Service", "spec": {"ports": [{"port": 80, "protocol": "TCP"}, {"port": 443, "protocol": "TCP"}]}}
    assert difference(service, more) is None


def test_what_the_server_leaves_out_because_it_is_empty_does_not_differ() -> None:
    desired = {"kind": "NetworkPolicy", "spec": {"podSelector": {}, "ingress": [], "egress": []}}
    assert difference(desired, {"kind": "NetworkPolicy", "spec": {"podSelector": {}}}) is None


def test_the_fingerprint_tells_when_something_is_no_longer_wanted(live: dict[str, Any]) -> None:
    before = stamped(DESIRED, "key")
    del live["spec"]["replicas"]
    assert difference(stamped(live, "key"), before) == f".metadata.annotations.{APPLIED_HASH}"


def test_the_fingerprint_is_keyed_and_does_not_depend_on_the_order_of_fields() -> None:
    assert fingerprint({"a": 1, "b": 2}, "key") == fingerprint({"b": 2, "a": 1}, "key")
    assert fingerprint({"a": 1}, "key") != fingerprint({"a": 1}, "other")
