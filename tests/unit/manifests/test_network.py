"""Which traffic the policies let through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.manifests.rendering import find, names, render

DNS_PORTS = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]


def policy(component: str, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    return dict(find(render(spec), "NetworkPolicy", f"demo-{component}")["spec"])


def pods_of(component: str) -> dict[str, Any]:
    labels = {"pacsstack.io/stack": "demo", "app.kubernetes.io/component": component}
    return {"podSelector": {"matchLabels": labels}}


def tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]


def test_everything_is_denied_to_begin_with() -> None:
    spec = policy("default-deny")
    assert spec == {
        "podSelector": {"matchLabels": {"pacsstack.io/stack": "demo"}},
        "policyTypes": ["Ingress", "Egress"],
    }


def test_the_proxy_takes_its_own_ports_from_anyone_and_reaches_orthanc_only() -> None:
    spec = policy("proxy")
    assert spec["ingress"] == [{"ports": tcp(8443, 8088, 11112, 2762)}]
    assert spec["egress"] == [{"ports": DNS_PORTS}, {"to": [pods_of("orthanc")], "ports": tcp(8042, 4242)}]


def test_closed_dicom_ports_are_not_let_through() -> None:
    dicom = {"clear": {"enabled": False}, "tls": {"port": 9999}}
    assert policy("proxy", {"proxy": {"dicom": dicom}})["ingress"] == [{"ports": tcp(8443, 8088, 9999)}]


def test_allowed_sources_are_the_only_ones_for_proxy_and_adapter() -> None:
    spec = {
        "proxy": {"allowedSources": ["10.20.1.7/16", "10.20.0.0/16", "10.3.0.0/24"]},
        "adapter": {"import": {"dicomwebURL": "http://a"}},
    }
    sources = [{"ipBlock": {"cidr": "10.3.0.0/24"}}, {"ipBlock": {"cidr": "10.20.0.0/16"}}]
    assert policy("proxy", spec)["ingress"][0]["from"] == sources
    assert policy("adapter", spec)["ingress"] == [{"from": sources, "ports": tcp(2575)}]


def test_orthanc_is_reached_by_the_proxy_only_and_reaches_its_database() -> None:
    spec = policy("orthanc")
    assert spec["ingress"] == [{"from": [pods_of("proxy")], "ports": tcp(8042, 4242)}]
    assert spec["egress"] == [{"ports": DNS_PORTS}, {"to": [pods_of("postgres")], "ports": tcp(5432)}]


def test_orthanc_reaches_modalities_and_further_destinations() -> None:
    spec = {
        "modalities": [
            {"name": "a", "aeTitle": "A", "host": "10.1.1.1", "port": 104},
            {"name": "b", "aeTitle": "B", "host": "b.example.org", "port": 11112},
            {"name": "c", "aeTitle": "C", "host": "c.example.org", "port": 11112},
        ],
        "networkPolicy": {"allowedDestinations": ["10.30.0.0/16"]},
    }
    assert policy("orthanc", spec)["egress"][2:] == [
        {"to": [{"ipBlock": {"cidr": "10.1.1.1/32"}}], "ports": tcp(104)},
        {"ports": tcp(11112)},
        {"to": [{"ipBlock": {"cidr": "10.30.0.0/16"}}]},
    ]


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("10.1.1.1", {"to": [{"ipBlock": {"cidr": "10.1.1.1/32"}}], "ports": tcp(5433)}),
        ("db.example.org", {"ports": tcp(5433)}),
    ],
)
def test_an_external_database_is_reached_where_it_is(host: str, rule: dict[str, Any]) -> None:
    external = {"host": host, "port": 5433, "credentialsSecret": "s", "sslMode": "require"}
    objects = render({"postgres": {"external": external}})
    assert find(objects, "NetworkPolicy", "demo-orthanc")["spec"]["egress"][1] == rule
    assert "demo-postgres" not in names(objects, "NetworkPolicy")


def test_postgres_is_reached_by_orthanc_only_and_reaches_nothing() -> None:
    spec = policy("postgres")
    assert spec["ingress"] == [{"from": [pods_of("orthanc")], "ports": tcp(5432)}]
    assert "egress" not in spec
    assert "Egress" in spec["policyTypes"]


def test_the_adapter_reaches_its_target_and_with_workload_identity_the_metadata_server() -> None:
    store = {"project": "p", "location": "l", "dataset": "d", "store": "s"}
    assert policy("adapter", {"adapter": {"import": {"dicomStore": store}}})["egress"] == [
        {"ports": DNS_PORTS},
        {"ports": tcp(443)},
        {"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": tcp(80)},
        {"to": [{"ipBlock": {"cidr": "169.254.169.252/32"}}], "ports": tcp(988)},
    ]
    url = {"dicomwebURL": "http://10.0.0.9:8042/dicom-web", "credentialsSecret": "key"}
    assert policy("adapter", {"adapter": {"import": url}})["egress"] == [
        {"ports": DNS_PORTS},
        {"to": [{"ipBlock": {"cidr": "10.0.0.9/32"}}], "ports": tcp(8042)},
    ]


def test_no_policies_when_they_are_switched_off() -> None:
    assert names(render({"networkPolicy": {"enabled": False}}), "NetworkPolicy") == set()
