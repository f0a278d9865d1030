from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from localcluster.loadbalancer import LoadBalancers, choose_address

POOL = "10.246.0.0/30"
"""Two addresses: .1 and .2."""


class Api:
    """Takes the place of the API server: remembers every Service's status."""

    def __init__(self) -> None:
        self.status: dict[str, list[str]] = {}
        self.writes = 0

    def patch_namespaced_service_status(self, name: str, namespace: str, body: dict[str, Any]) -> None:
        self.writes += 1
        ingress = body["status"]["loadBalancer"]["ingress"] or []
        self.status[f"{namespace}/{name}"] = [entry["ip"] for entry in ingress]


def service(name: str, kind: str = "LoadBalancer", address: str | None = None, **spec: str) -> dict[str, Any]:
    ingress = [{"ip": address}] if address else None
    return {
        "metadata": {"namespace": "n", "name": name},
        "spec": {"type": kind, **spec},
        "status": {"loadBalancer": {"ingress": ingress} if ingress else {}},
    }


def test_each_service_gets_an_address_of_its_own() -> None:
    api = Api()
    balancers = LoadBalancers(api)
    balancers.handle("ADDED", service("a"))
    balancers.handle("ADDED", service("b"))
    assert api.status == {"n/a": ["10.246.0.1"], "n/b": ["10.246.0.2"]}


def test_nothing_is_written_when_the_address_stands_already() -> None:
    api = Api()
    LoadBalancers(api).handle("ADDED", service("a", address="10.246.0.7"))
    assert api.writes == 0


def test_after_a_restart_no_newcomer_gets_an_address_in_use() -> None:
    api = Api()
    balancers = LoadBalancers(api)
    items = [service("newcomer"), service("old", address="10.246.0.1")]
    balancers.handle_list(items)
    for item in items:
        balancers.handle("ADDED", item)
    assert api.status == {"n/newcomer": ["10.246.0.2"]}


def test_an_address_whose_service_went_unseen_is_free_again() -> None:
    api = Api()
    balancers = LoadBalancers(api)
    balancers.handle("ADDED", service("a"))
    balancers.handle_list([])
    balancers.handle("ADDED", service("b"))
    assert api.status["n/b"] == ["10.246.0.1"]


def test_a_service_that_changes_its_type_loses_its_address() -> None:
    api = Api()
    balancers = LoadBalancers(api)
    balancers.handle("ADDED", service("a"))
    balancers.handle("MODIFIED", service("a", kind="ClusterIP", address="10.246.0.1"))
    assert api.status["n/a"] == []


def test_whoever_waits_for_an_address_gets_it_when_it_is_released() -> None:
    api = Api()
    balancers = LoadBalancers(api)
    balancers.handle("ADDED", service("a", loadBalancerIP="10.246.0.9"))
    balancers.handle("ADDED", service("b", loadBalancerIP="10.246.0.9"))
    assert "n/b" not in api.status
    balancers.handle("DELETED", service("a", address="10.246.0.9"))
    assert api.status["n/b"] == ["10.246.0.9"]


def test_a_service_of_another_class_is_left_alone() -> None:
    api = Api()
    LoadBalancers(api).handle("ADDED", service("a", loadBalancerClass="example.org/other"))
    assert api.writes == 0


def test_nothing_is_given_when_the_pool_is_empty() -> None:
    assert choose_address({"10.246.0.1", "10.246.0.2"}, None, POOL) is None


def test_an_address_outside_the_pool_is_not_given() -> None:
    assert choose_address(set(), "192.0.2.1", POOL) is None


@given(st.sets(st.sampled_from(["10.246.0.1", "10.246.0.2"])), st.sampled_from([None, "10.246.0.1", "192.0.2.1"]))
def test_a_chosen_address_is_free(taken: set[str], wanted: str | None) -> None:
    chosen = choose_address(taken, wanted, POOL)
    assert chosen is None or (chosen not in taken and wanted in (None, chosen))
