from __future__ import annotations

from typing import Any

import pytest

from localcluster.policies.selectors import matches
from localcluster.policies.translation import translate
from tests.unit.localcluster.packets import Packet, PacketFilter
from tests.unit.localcluster.policy_objects import namespace, pod, policy

NODE, OUTSIDE = "10.245.0.1", "198.51.100.7"
WEB, CLIENT, STRANGER = "10.244.0.2", "10.244.0.3", "10.244.0.4"
PODS = [
    pod("home/web", WEB, {"app": "web"}, ports=[{"name": "http", "containerPort": 8080}]),
    pod("home/client", CLIENT, {"app": "client"}),
    pod("away/client", STRANGER, {"app": "client"}),
]
NAMESPACES = [namespace("home"), namespace("away")]
DENY = policy("home/deny", ingress=[], egress=[])


def loaded(*policies: dict[str, Any], pods: list[dict[str, Any]] | None = None) -> PacketFilter:
    return PacketFilter(translate(PODS if pods is None else pods, NAMESPACES, policies))


def web(**spec: Any) -> dict[str, Any]:
    return policy("home/web", podSelector={"matchLabels": {"app": "web"}}, **spec)


def test_without_policies_everything_passes() -> None:
    table = loaded()
    assert table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert table.lets_through(Packet(OUTSIDE, WEB, "udp", 53))
    assert table.lets_through(Packet(WEB, NODE, "tcp", 6443), "to-the-node")


def test_a_selected_pod_is_isolated_in_the_named_direction_only() -> None:
    table = loaded(web(ingress=[]))
    assert not table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert table.lets_through(Packet(WEB, CLIENT, "tcp", 8080))


def test_a_policy_without_types_is_for_what_comes_in() -> None:
    untyped = web()
    del untyped["spec"]["policyTypes"]
    table = loaded(untyped)
    assert not table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert table.lets_through(Packet(WEB, CLIENT, "tcp", 8080))


def test_a_connection_between_pods_needs_both_ends() -> None:
    open_web = web(ingress=[{}])
    assert not loaded(DENY, open_web).lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert loaded(open_web).lets_through(Packet(CLIENT, WEB, "tcp", 8080))


def test_a_pod_selector_alone_means_this_namespace() -> None:
    table = loaded(web(ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "client"}}}]}]))
    assert table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert not table.lets_through(Packet(STRANGER, WEB, "tcp", 8080))


def test_both_selectors_in_one_peer_must_hold() -> None:
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "away"}},
        "podSelector": {"matchLabels": {"app": "client"}},
    }
    table = loaded(web(ingress=[{"from": [peer]}]))
    assert table.lets_through(Packet(STRANGER, WEB, "tcp", 8080))
    assert not table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))


def test_peers_of_whom_there_is_none_let_nobody_in() -> None:
    table = loaded(web(ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "nobody"}}}]}]))
    assert not table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))


def test_a_block_of_ipv6_lets_nobody_in() -> None:
    table = loaded(web(ingress=[{"from": [{"ipBlock": {"cidr": "::/0"}}]}]))
    assert not table.lets_through(Packet(CLIENT, WEB, "tcp", 8080))


def test_exceptions_of_a_block_may_overlap() -> None:
    block = {"cidr": "198.51.0.0/16", "except": ["198.51.100.0/24", "198.51.100.0/25"]}
    text = translate(PODS, NAMESPACES, [web(ingress=[{"from": [{"ipBlock": block}]}])])
    assert not PacketFilter(text).lets_through(Packet(OUTSIDE, WEB, "tcp", 8080))
    assert PacketFilter(text).lets_through(Packet("198.51.7.7", WEB, "tcp", 8080))


def test_a_named_port_is_the_number_that_the_receiving_pod_gives_it() -> None:
    assert loaded(web(ingress=[{"ports": [{"port": "http"}]}])).lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    leaving = policy("home/out", podSelector={"matchLabels": {"app": "client"}}, egress=[{"ports": [{"port": "http"}]}])
    assert loaded(leaving).lets_through(Packet(CLIENT, WEB, "tcp", 8080))
    assert not loaded(leaving).lets_through(Packet(CLIENT, OUTSIDE, "tcp", 8080))


def test_the_node_probes_a_pod_directly_and_is_a_source_like_any_other_through_a_service() -> None:
    direct, through = Packet(NODE, WEB, "tcp", 8080), Packet(NODE, WEB, "tcp", 8080, translated=True)
    assert loaded(DENY).lets_through(direct, "from-the-node")
    assert not loaded(DENY).lets_through(through, "from-the-node")
    block = web(ingress=[{"from": [{"ipBlock": {"cidr": f"{NODE}/32"}}]}])
    assert loaded(DENY, block).lets_through(through, "from-the-node")


def test_the_way_to_the_node_is_subject_to_egress() -> None:
    assert not loaded(DENY).lets_through(Packet(WEB, NODE, "tcp", 6443), "to-the-node")
    names = web(egress=[{"ports": [{"port": 53, "protocol": "UDP"}]}])
    assert loaded(DENY, names).lets_through(Packet(WEB, NODE, "udp", 53), "to-the-node")


def test_a_pod_reaches_itself_through_a_service() -> None:
    assert loaded(DENY).lets_through(Packet(WEB, WEB, "tcp", 8080, translated=True))


def test_a_pod_that_is_not_known_yet_asks_for_names_and_no_more() -> None:
    table = loaded(pods=[])
    assert table.lets_through(Packet(WEB, NODE, "udp", 53), "to-the-node")
    assert not table.lets_through(Packet(WEB, NODE, "tcp", 6443), "to-the-node")
    assert not table.lets_through(Packet(WEB, OUTSIDE, "tcp", 443))
    assert not table.lets_through(Packet(OUTSIDE, WEB, "tcp", 443))
    assert table.lets_through(Packet(NODE, WEB, "tcp", 8080), "from-the-node")


@pytest.mark.parametrize(
    "other", [pod("home/done", WEB, phase="Succeeded"), pod("home/node", WEB, spec={"hostNetwork": True})]
)
def test_a_pod_without_an_address_of_its_own_is_nobody(other: dict[str, Any]) -> None:
    assert translate([other], NAMESPACES, [DENY]) == translate([], NAMESPACES, [DENY])


def test_the_order_of_objects_makes_no_difference() -> None:
    policies = [DENY, web(ingress=[{"ports": [{"port": 80}, {"port": 80}]}])]
    assert translate(PODS, NAMESPACES, policies) == translate(PODS[::-1], NAMESPACES[::-1], policies[::-1])


def test_an_unknown_operator_is_refused_rather_than_taken_for_anything() -> None:
    with pytest.raises(ValueError, match="Like"):
        matches({"matchExpressions": [{"key": "app", "operator": "Like"}]}, {})
