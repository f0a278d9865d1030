"""Translate NetworkPolicies into nftables' language. Pure: objects in, text out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from localcluster.policies import TABLE, ports
from localcluster.policies.peers import Direction, peers_of
from localcluster.policies.pods import Pod, addressed
from localcluster.policies.selectors import Labels, matches
from localcluster.settings import DNS_PORT, POD_CIDR
from localcluster.templates import filled
from localcluster.watching import KubernetesObject


@dataclass(frozen=True)
class Isolated:
    """A pod that at least one policy selects for a direction, and what is allowed to it all the same."""

    pod: Pod
    allowed: tuple[str, ...]
    """Expressions of nftables, any of which suffices."""


def translate(
    pods: Iterable[KubernetesObject], namespaces: Iterable[KubernetesObject], policies: Iterable[KubernetesObject]
) -> str:
    """What `nft -f` is to be told: one transaction that replaces the table, or makes it."""
    known = addressed(pods)
    labels = {item["metadata"]["name"]: item["metadata"].get("labels") or {} for item in namespaces}
    ordered = sorted(policies, key=lambda item: (item["metadata"]["namespace"], item["metadata"]["name"]))
    return filled(
        "policies.nft.j2",
        table=TABLE,
        pod_network=POD_CIDR,
        dns_port=DNS_PORT,
        pods=known,
        senders=list(isolated(Direction.EGRESS, known, labels, ordered)),
        receivers=list(isolated(Direction.INGRESS, known, labels, ordered)),
    )


def isolated(
    direction: Direction, pods: Sequence[Pod], namespaces: Mapping[str, Labels], policies: Sequence[KubernetesObject]
) -> Iterator[Isolated]:
    """The pods that policies isolate in a direction; what several policies allow adds up."""
    for pod in pods:
        selecting = [policy for policy in policies if _selects(policy, direction, pod)]
        if selecting:
            found = (_allowed(policy, direction, pod, pods, namespaces) for policy in selecting)
            yield Isolated(pod, tuple(dict.fromkeys(expression for each in found for expression in each)))


def _selects(policy: KubernetesObject, direction: Direction, pod: Pod) -> bool:
    specification = policy["spec"]
    return (
        policy["metadata"]["namespace"] == pod.namespace
        and direction in _directions(specification)
        and matches(specification.get("podSelector") or {}, pod.labels)
    )


def _directions(specification: KubernetesObject) -> list[str]:
    # The API server fills in the types; the rule that it does so by holds for whatever else made the object.
    given: list[str] | None = specification.get("policyTypes")
    return given or [Direction.INGRESS, *([Direction.EGRESS] if "egress" in specification else [])]


def _allowed(
    policy: KubernetesObject,
    direction: Direction,
    pod: Pod,
    pods: Sequence[Pod],
    namespaces: Mapping[str, Labels],
) -> Iterator[str]:
    for rule in policy["spec"].get(direction.lower()) or []:
        for peer in peers_of(rule, direction, pod.namespace, pods, namespaces):
            yield from ports.expressions(rule, direction, peer, pod, pods)
