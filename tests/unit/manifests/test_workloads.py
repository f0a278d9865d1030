"""What each workload needs to lose nothing; each test stands for a failure that was seen."""

from __future__ import annotations

from typing import Any

import pytest

from pacsstack.render.layout import DATA
from tests.unit.manifests.rendering import config_hash, container, decoded, find, names, pods, render

STORE = {"project": "p", "location": "l", "dataset": "d", "store": "s"}
EXTERNAL = {"host": "db.example.org", "credentialsSecret": "login", "caSecret": "db-ca"}


def variables(one: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in one["env"]}


def paths(one: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {mount["mountPath"]: mount for mount in one["volumeMounts"]}


def test_postgres_starts_behind_the_lock_and_stops_fast() -> None:
    one = container(render(), "demo-postgres")
    assert one["command"] == ["/etc/pacsstack/start.sh"]
    assert one["lifecycle"]["preStop"]["exec"]["command"][-4:] == ["-m", "fast", "-W", "stop"]


def test_postgres_keeps_its_data_in_a_folder_of_the_volume_of_its_own() -> None:
    one = container(render(), "demo-postgres")
    assert variables(one)["PGDATA"] == f"{DATA}/pgdata"
    assert paths(one)[DATA]["name"] == "data"


def test_no_volume_is_mounted_where_an_image_declares_one() -> None:
    """containerd mounts an empty directory over a declared path that no mount of the pod has exactly."""
    declared = ("/var/lib/postgresql", "/var/lib/orthanc")
    for name in ("demo-postgres", "demo-orthanc"):
        assert not [path for path in paths(container(render(), name)) if path.startswith(declared)]


def test_postgres_has_shared_memory_and_is_asked_over_tcp() -> None:
    objects = render()
    (shm,) = [volume for volume in pods(objects)["demo-postgres"]["volumes"] if volume["name"] == "shm"]
    assert shm["emptyDir"]["medium"] == "Memory"
    one = container(objects, "demo-postgres")
    assert "127.0.0.1" in one["readinessProbe"]["exec"]["command"]
    assert one["startupProbe"]["failureThreshold"] * one["startupProbe"]["periodSeconds"] > 290


def test_a_broken_postgres_pod_is_replaced_by_a_corrected_one() -> None:
    spec = find(render(), "StatefulSet", "demo-postgres")["spec"]
    assert spec["podManagementPolicy"] == "Parallel"
    assert "volumeClaimTemplates" not in spec


def test_the_group_of_files_is_changed_only_when_it_is_wrong() -> None:
    for pod in pods(render()).values():
        assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def test_there_is_one_orthanc_at_a_time() -> None:
    spec = find(render(), "Deployment", "demo-orthanc")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_orthanc_waits_for_no_delayed_acknowledgement_and_has_a_host_id_of_its_own() -> None:
    one = container(render(), "demo-orthanc")
    assert variables(one)["TCP_NODELAY"] == "1"
    assert variables(one)["GENERATE_HOST_ID_IF_MISSING"] == "false"
    assert paths(one)["/etc/hostid"]["subPath"] == "hostid"
    other = find(render(name="other"), "ConfigMap", "other-orthanc")["data"]["hostid"]
    assert find(render(), "ConfigMap", "demo-orthanc")["data"]["hostid"] != other
    assert len(other.encode()) == 4


def test_orthanc_reads_one_file_of_settings_and_one_of_credentials() -> None:
    mounts = paths(container(render(), "demo-orthanc"))
    assert [path for path in mounts if path.startswith("/etc/orthanc/")] == ["/etc/orthanc/pacsstack.json"]
    assert [path for path in mounts if path.startswith("/run/secrets/")] == ["/run/secrets/pacsstack.json"]
    assert all("subPath" in mounts[path] for path in ("/etc/orthanc/pacsstack.json", "/run/secrets/pacsstack.json"))


@pytest.mark.parametrize("name", ["demo-postgres", "demo-orthanc", "demo-adapter"])
def test_liveness_does_not_ask_the_database(name: str) -> None:
    one = container(render({"adapter": {"import": {"dicomStore": STORE}}}), name)
    assert set(one["livenessProbe"]) & {"exec", "httpGet", "tcpSocket"} == {"tcpSocket"}


def test_orthanc_stays_ready_for_half_a_minute_without_its_database() -> None:
    probe = container(render(), "demo-orthanc")["readinessProbe"]
    assert probe["periodSeconds"] <= 5
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 30


def test_only_tmp_and_data_can_be_written() -> None:
    for pod in pods(render({"adapter": {"import": {"dicomStore": STORE}}})).values():
        kinds = {volume["name"]: volume for volume in pod["volumes"]}
        for mount in pod["containers"][0]["volumeMounts"]:
            writable = "emptyDir" in kinds[mount["name"]] or "persistentVolumeClaim" in kinds[mount["name"]]
            assert mount.get("readOnly", False) is not writable


def test_the_proxy_is_replaced_without_a_gap_and_drains() -> None:
    spec = find(render(), "Deployment", "demo-proxy")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert container(render(), "demo-proxy")["lifecycle"]["preStop"]["exec"]["command"][0] == "sleep"


def test_the_image_decides_how_nginx_starts() -> None:
    one = container(render(), "demo-proxy")
    assert "command" not in one
    assert "args" not in one
    assert paths(one)["/etc/nginx/nginx.conf"]["subPath"] == "nginx.conf"


def test_a_disruption_budget_needs_two_proxies() -> None:
    assert names(render(), "PodDisruptionBudget") == set()
    assert names(render({"proxy": {"replicas": 2}}), "PodDisruptionBudget") == {"demo-proxy"}


def test_a_service_outside_the_cluster_keeps_the_clients_address() -> None:
    proxy = {"service": {"type": "LoadBalancer"}, "allowedSources": ["10.20.0.0/16"]}
    spec = find(render({"proxy": proxy}), "Service", "demo-proxy")["spec"]
    assert spec["externalTrafficPolicy"] == "Local"
    assert spec["loadBalancerSourceRanges"] == ["10.20.0.0/16"]
    assert "externalTrafficPolicy" not in find(render(), "Service", "demo-proxy")["spec"]


def test_the_service_has_the_ports_that_people_type() -> None:
    ports = find(render(), "Service", "demo-proxy")["spec"]["ports"]
    assert [(each["port"], each["targetPort"]) for each in ports] == [
        (443, 8443), (80, 8088), (11112, 11112), (2762, 2762),
    ]  # fmt: skip


def test_the_adapter_stays_inside_the_network() -> None:
    service = find(render({"adapter": {"import": {"dicomStore": STORE}}}), "Service", "demo-adapter")
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["metadata"]["annotations"] == {"networking.gke.io/load-balancer-type": "Internal"}


def test_an_external_database_leaves_out_everything_of_ours() -> None:
    objects = render({"postgres": {"external": EXTERNAL}})
    assert not [one for one in objects if one["metadata"]["name"] == "demo-postgres"]
    assert "/etc/pacsstack-database-ca" in paths(container(objects, "demo-orthanc"))


def test_secrets_of_the_user_are_mounted_and_not_made() -> None:
    proxy = {"users": {"secretName": "people"}, "tls": {"secretName": "cert"}}
    proxy["dicom"] = {"tls": {"clientCA": {"secretName": "modality-ca"}}}
    objects = render({"proxy": proxy})
    assert names(objects, "Secret") == {"demo-internal", "demo-postgres", "demo-orthanc", "demo-proxy"}
    used = {volume["secret"]["secretName"] for volume in pods(objects)["demo-proxy"]["volumes"] if "secret" in volume}
    assert used == {"demo-proxy", "cert", "modality-ca"}


def test_people_get_a_user_and_an_authority_to_trust() -> None:
    objects = render()
    assert decoded(find(objects, "Secret", "demo-users")) == {"admin": "PASSWORD-of-admin"}
    assert find(objects, "ConfigMap", "demo-ca")["data"] == {"ca.crt": "AUTHORITY"}
    assert decoded(find(objects, "Secret", "demo-tls"))["ca.crt"] == "AUTHORITY"
    assert find(objects, "Secret", "demo-tls")["type"] == "kubernetes.io/tls"


@pytest.mark.parametrize(
    ("spec", "changed"),
    [
        ({"orthanc": {"configuration": {"StableAge": 5}}}, {"demo-orthanc"}),
        ({"modalities": [{"name": "a", "aeTitle": "A", "host": "a"}]}, {"demo-orthanc"}),
        ({"proxy": {"frameAncestors": ["https://emr.example.org"]}}, {"demo-proxy"}),
        ({"postgres": {"managed": {"parameters": {"work_mem": "8MB"}}}}, {"demo-postgres"}),
        ({"proxy": {"path": "/x/"}}, {"demo-proxy", "demo-orthanc"}),
        ({"orthanc": {"storage": {"size": "40Gi"}}}, set()),
        ({"networkPolicy": {"enabled": False}}, set()),
    ],
)
def test_a_change_reaches_the_pods_that_read_it_and_no_others(spec: dict[str, Any], changed: set[str]) -> None:
    before, after = render(), render(spec)
    hashes = {name: (config_hash(before, name), config_hash(after, name)) for name in pods(before)}
    assert {name for name, (old, new) in hashes.items() if old != new} == changed


def test_resources_of_the_user_are_kept_consistent_and_canonical() -> None:
    given = {"requests": {"memory": "8192Mi"}, "limits": {"cpu": "10m"}}
    assert container(render({"orthanc": {"resources": given}}), "demo-orthanc")["resources"] == {
        "requests": {"cpu": "10m", "memory": "8Gi"},
        "limits": {"cpu": "10m", "memory": "8Gi"},
    }


def test_what_pods_need_is_applied_before_them() -> None:
    kinds = [one["kind"] for one in render()]
    assert kinds.index("Service") > kinds.index("ConfigMap") > kinds.index("Secret")
    assert max(i for i, kind in enumerate(kinds) if kind == "Service") < kinds.index("StatefulSet")
