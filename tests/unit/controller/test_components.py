from __future__ import annotations

from typing import Any

from pacsstack.controller.components import Scene, addresses, component_verdicts, rolled_out
from pacsstack.controller.endpoints import endpoints
from pacsstack.controller.resources import identity
from pacsstack.spec.status import ConditionType, Reason
from tests.unit.controller.builders import NOW, stack_of, workload
from tests.unit.controller.test_diagnosis import CRASHING, SILENT

LOAD_BALANCED = {"proxy": {"service": {"type": "LoadBalancer"}, "allowedSources": ["10.0.0.0/8"]}}


def scene(spec: dict[str, Any] | None = None, *children: dict[str, Any], pods: Any = ()) -> Scene:
    return Scene(stack_of(spec), {identity(one): one for one in children}, pods, NOW)


def service(name: str, *ingress: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"type": "LoadBalancer"},
        "status": {"loadBalancer": {"ingress": list(ingress)}},
    }


def of(component: str, pod: dict[str, Any]) -> dict[str, Any]:
    return {**pod, "metadata": {**pod["metadata"], "labels": {"app.kubernetes.io/component": component}}}


POSTGRES = workload("StatefulSet", "demo-postgres", ready=True)
ORTHANC = workload("Deployment", "demo-orthanc", ready=True)
PROXY = workload("Deployment", "demo-proxy", ready=True)


def reasons(looked_at: Scene) -> dict[ConditionType, Reason]:
    return {kind: verdict.reason for kind, verdict in component_verdicts(looked_at).items()}


def test_all_rolled_out_is_as_desired() -> None:
    verdicts = component_verdicts(scene(None, POSTGRES, ORTHANC, PROXY))
    assert {verdict.status for verdict in verdicts.values()} == {"True"}
    assert list(verdicts) == [ConditionType.POSTGRES_READY, ConditionType.ORTHANC_READY, ConditionType.PROXY_READY]


def test_at_first_everything_is_under_way_and_orthanc_waits() -> None:
    assert reasons(scene()) == {
        ConditionType.POSTGRES_READY: Reason.PROGRESSING,
        ConditionType.ORTHANC_READY: Reason.WAITING_FOR_POSTGRES,
        ConditionType.PROXY_READY: Reason.PROGRESSING,
    }


def test_a_newer_generation_than_observed_is_not_rolled_out() -> None:
    stale = workload("Deployment", "demo-proxy", ready=True, generation=2)
    stale["status"]["observedGeneration"] = 1
    assert not rolled_out(stale)
    assert rolled_out(PROXY)


def test_an_old_pod_beside_the_new_ones_is_not_rolled_out() -> None:
    surging = workload("Deployment", "demo-proxy", ready=True)
    surging["status"]["replicas"] = 2
    assert not rolled_out(surging)


def test_the_root_cause_of_a_pod_is_the_components_reason() -> None:
    broken = workload("Deployment", "demo-orthanc", ready=False)
    found = reasons(scene(None, POSTGRES, broken, PROXY, pods=[of("orthanc", CRASHING), of("proxy", SILENT)]))
    assert found[ConditionType.ORTHANC_READY] == Reason.CONTAINER_CRASHING
    assert found[ConditionType.PROXY_READY] == Reason.AS_DESIRED


def test_while_postgres_is_away_an_unready_orthanc_waits_but_a_crashing_one_is_told() -> None:
    down = [workload("StatefulSet", "demo-postgres", ready=False), workload("Deployment", "demo-orthanc", ready=False)]
    waiting = reasons(scene(None, *down, PROXY, pods=[of("orthanc", SILENT)]))
    assert waiting[ConditionType.ORTHANC_READY] == Reason.WAITING_FOR_POSTGRES
    crashing = reasons(scene(None, *down, PROXY, pods=[of("orthanc", CRASHING)]))
    assert crashing[ConditionType.ORTHANC_READY] == Reason.CONTAINER_CRASHING


def test_pods_that_the_cluster_refuses_are_told() -> None:
    refused = workload("Deployment", "demo-proxy", ready=False)
    refused["status"]["conditions"] = [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: small"}]
    verdict = component_verdicts(scene(None, POSTGRES, ORTHANC, refused))[ConditionType.PROXY_READY]
    assert verdict.reason == Reason.APPLY_REFUSED
    assert "exceeded quota" in verdict.message


def test_a_load_balancer_without_address_is_pending() -> None:
    assert (
        reasons(scene(LOAD_BALANCED, POSTGRES, ORTHANC, PROXY, service("demo-proxy")))[ConditionType.PROXY_READY]
        == Reason.LOAD_BALANCER_PENDING
    )
    with_address = scene(LOAD_BALANCED, POSTGRES, ORTHANC, PROXY, service("demo-proxy", {"ip": "192.0.2.7"}))
    assert reasons(with_address)[ConditionType.PROXY_READY] == Reason.AS_DESIRED


def test_an_external_database_needs_no_workload() -> None:
    external = {"postgres": {"external": {"host": "db", "credentialsSecret": "x", "sslMode": "require"}}}
    assert reasons(scene(external, ORTHANC, PROXY))[ConditionType.POSTGRES_READY] == Reason.AS_DESIRED


def test_addresses_are_host_names_or_ips() -> None:
    assert addresses(service("x", {"hostname": "lb.example.org"}, {"ip": "192.0.2.7"})) == (
        "lb.example.org",
        "192.0.2.7",
    )
    assert addresses(None) == ()


def test_endpoints_prefer_the_given_host_then_the_load_balancer_then_the_service() -> None:
    assert endpoints(scene())["url"] == "https://demo-proxy.radiology.svc/"
    balanced = endpoints(scene(LOAD_BALANCED, service("demo-proxy", {"ip": "192.0.2.7"})))
    assert balanced == {"url": "https://192.0.2.7/", "dicom": "192.0.2.7:11112", "dicomTLS": "192.0.2.7:2762"}
    named = {"proxy": {"host": "pacs.example.org", "path": "/orthanc/", "dicom": {"clear": {"enabled": False}}}}
    assert endpoints(scene(named)) == {"url": "https://pacs.example.org/orthanc/", "dicomTLS": "pacs.example.org:2762"}


def test_the_adapter_has_an_endpoint_of_its_own() -> None:
    spec = {"adapter": {"import": {"dicomwebURL": "http://store"}}}
    assert endpoints(scene(spec, service("demo-adapter", {"ip": "192.0.2.8"})))["adapter"] == "192.0.2.8:2575"
