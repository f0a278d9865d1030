"""Whatever the policies: the table says what the documentation says, about every connection of a small world."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcluster.policies.translation import translate
from tests.unit.localcluster.packets import Packet, PacketFilter
from tests.unit.localcluster.policy_objects import World, namespace, pod, policy

NAMESPACES = [namespace("one", team="red"), namespace("two", team="blue"), namespace("three")]
PORTS = [
    {"name": "web", "containerPort": 80},
    {"name": "names", "containerPort": 53, "protocol": "UDP"},
]
PODS = [
    pod("one/a", "10.244.0.2", {"app": "a", "tier": "front"}, ports=PORTS),
    pod("one/b", "10.244.0.3", {"app": "b"}, ports=[{"name": "web", "containerPort": 8080}]),
    pod("two/a", "10.244.0.4", {"app": "a"}, ports=PORTS),
    pod("two/c", "10.244.0.5", {"app": "c", "tier": "back"}),
    pod("three/d", "10.244.0.6"),
]
OUTSIDE = ["10.245.0.1", "198.51.100.7", "198.51.100.200"]
ADDRESSES = ["10.244.0.2", "10.244.0.3", "10.244.0.4", "10.244.0.5", "10.244.0.6", *OUTSIDE]
TARGETS = [("tcp", 80), ("tcp", 8080), ("tcp", 443), ("udp", 53), ("udp", 80), ("sctp", 80)]
KEYS = {"app": ["a", "b", "c"], "tier": ["front", "back"], "team": ["red", "blue"]}
BLOCKS = ["0.0.0.0/0", "10.244.0.0/24", "10.244.0.4/31", "198.51.100.0/24", "198.51.100.128/25", "10.0.0.0/8"]


@st.composite
def selectors(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.sampled_from(sorted(KEYS)))
    labels = draw(st.dictionaries(st.just(key), st.sampled_from(KEYS[key])))
    several = draw(st.lists(st.sampled_from(KEYS[key]), min_size=1, max_size=2, unique=True))
    operator = draw(st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]))
    values = {"values": several} if operator in {"In", "NotIn"} else {}
    expressions = draw(st.lists(st.just({"key": key, "operator": operator, **values}), max_size=1))
    return {"matchLabels": labels, "matchExpressions": expressions}


BLOCK = st.fixed_dictionaries(
    {"cidr": st.sampled_from(BLOCKS)}, optional={"except": st.lists(st.sampled_from(BLOCKS[2:]), max_size=2)}
)
PEER = st.one_of(
    st.fixed_dictionaries({"ipBlock": BLOCK}),
    st.fixed_dictionaries({"podSelector": selectors()}, optional={"namespaceSelector": selectors()}),
    st.fixed_dictionaries({"namespaceSelector": selectors()}),
)
PORT = st.one_of(
    st.fixed_dictionaries({"protocol": st.sampled_from(["TCP", "UDP", "SCTP"])}),
    st.fixed_dictionaries({"port": st.sampled_from([80, 443, "web"])}, optional={"protocol": st.just("TCP")}),
    st.fixed_dictionaries({"port": st.sampled_from([53, "names"]), "protocol": st.just("UDP")}),
    st.just({"port": 79, "endPort": 443}),
)


def rules(field: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    peers, ports = st.lists(PEER, max_size=2), st.lists(PORT, max_size=2)
    return st.lists(st.fixed_dictionaries({}, optional={field: peers, "ports": ports}), max_size=2)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    spec: dict[str, Any] = {"podSelector": draw(selectors())}
    ways = draw(st.lists(st.sampled_from(["ingress", "egress"]), min_size=1, max_size=2, unique=True))
    if "ingress" in ways:
        spec["ingress"] = draw(rules("from"))
    if "egress" in ways:
        spec["egress"] = draw(rules("to"))
    return policy(f"{draw(st.sampled_from(['one', 'two', 'three']))}/p", **spec)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(policies(), max_size=4))
def test_the_table_decides_every_connection_as_the_policies_say(items: list[dict[str, Any]]) -> None:
    text = translate(PODS, NAMESPACES, items)
    packet_filter, world = PacketFilter(text), World(PODS, NAMESPACES, items)
    for source, destination in itertools.product(ADDRESSES, ADDRESSES):
        for protocol, port in TARGETS:
            found = packet_filter.lets_through(Packet(source, destination, protocol, port))
            wanted = world.allows(source, destination, protocol, port)
            assert found == wanted, f"{source} to {destination} {protocol} {port}: {found}\n{text}"
