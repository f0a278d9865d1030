from dataclasses import astuple

import yaml

from localcluster.settings import (
    CONTROL_PLANE,
    DNS_PORT,
    DNS_SERVICE_ADDRESS,
    FULL,
    MANIFESTS,
    NODE_ADDRESS,
    STORAGE_CLASS,
    VOLUME_PROVISIONER,
)


def test_the_two_clusters_share_no_port_and_no_place() -> None:
    assert not set(astuple(FULL)[:2]) & set(astuple(CONTROL_PLANE)[:2])
    ports = [
        (s.apiserver_port, s.etcd_port, s.etcd_peer_port, s.controller_manager_port) for s in (FULL, CONTROL_PLANE)
    ]
    assert len({*ports[0], *ports[1]}) == 8


def test_the_manifests_say_the_same_as_the_settings() -> None:
    service, slice_ = yaml.safe_load_all((MANIFESTS / "dns.yaml").read_text())
    assert service["spec"]["clusterIP"] == DNS_SERVICE_ADDRESS
    assert slice_["endpoints"][0]["addresses"] == [NODE_ADDRESS]
    assert {port["port"] for port in slice_["ports"]} == {DNS_PORT}
    storage = yaml.safe_load((MANIFESTS / "storage.yaml").read_text())
    assert (storage["metadata"]["name"], storage["provisioner"]) == (STORAGE_CLASS, VOLUME_PROVISIONER)
