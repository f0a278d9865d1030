"""What holds for every valid spec."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacsstack.manifests.stack import build_stack
from pacsstack.spec import PacsStack
from tests.unit.manifests.pod_security import violations
from tests.unit.manifests.rendering import WORKLOADS, pods, render, secretive_inputs
from tests.unit.strategies import stacks

CREDENTIALS = ("PASSWORD-of-", "KEY-of-", "$2y$", "HASH-of-")
MAX_LABEL = 63

for_any_stack = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def build(stack: PacsStack) -> list[dict[str, Any]]:
    return build_stack(stack, secretive_inputs(stack))


@for_any_stack
@given(stacks())
def test_the_same_input_gives_the_same_objects(stack: PacsStack) -> None:
    assert json.dumps(build(stack)) == json.dumps(build(copy.deepcopy(stack)))


@for_any_stack
@given(stacks())
def test_names_are_unique_and_fit_into_a_dns_label(stack: PacsStack) -> None:
    keys = [(one["kind"], one["metadata"]["name"]) for one in build(stack)]
    assert len(keys) == len(set(keys))
    assert all(len(name) <= MAX_LABEL for _, name in keys)


@for_any_stack
@given(stacks())
def test_every_pod_is_restricted_with_requests_and_limits(stack: PacsStack) -> None:
    for name, pod in pods(build(stack)).items():
        assert violations(pod) == [], name


@for_any_stack
@given(stacks())
def test_credentials_are_in_secrets_only(stack: PacsStack) -> None:
    for one in build(stack):
        text = json.dumps(one)
        encoded = [base64.b64encode(word.encode()).decode().rstrip("=")[:-1] for word in CREDENTIALS]
        if one["kind"] != "Secret":
            assert not [word for word in (*CREDENTIALS, *encoded) if word in text], one["metadata"]["name"]


@for_any_stack
@given(stacks())
def test_every_mounted_object_of_ours_is_made(stack: PacsStack) -> None:
    objects = build(stack)
    made = {(one["kind"], one["metadata"]["name"]) for one in objects}
    for pod in pods(objects).values():
        mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        for volume in pod["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in made


@for_any_stack
@given(stacks())
def test_nothing_is_empty_that_the_api_server_would_drop(stack: PacsStack) -> None:
    """An empty list or null is gone from the live object, and comparison would see a difference for ever."""
    for one in build(stack):
        assert list(_empty(one)) == [], one["metadata"]["name"]


def _empty(value: Any, path: str = "") -> Any:
    if value is None or value in ([], {}):
        yield path
    elif isinstance(value, dict):
        for key, each in value.items():
            if key != "data":
                yield from _empty(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from _empty(each, f"{path}[]")


@for_any_stack
@given(stacks(), st.sampled_from(["Retain", "Delete"]))
def test_with_delete_everything_is_owned_and_with_retain_data_and_credentials_are_not(
    stack: PacsStack, policy: str
) -> None:
    metadata = stack.metadata.model_copy(update={"uid": "u-1"})
    spec = stack.spec.model_copy(update={"deletion_policy": policy})
    for one in build(stack.model_copy(update={"metadata": metadata, "spec": spec})):
        suffix = one["metadata"]["name"].removeprefix(f"{stack.metadata.name}-")
        holds = one["kind"] == "PersistentVolumeClaim" or (
            one["kind"] == "Secret" and suffix in ("internal", "postgres", "users", "ca")
        )
        owned = "ownerReferences" in one["metadata"]
        assert owned == (not holds if policy == "Retain" else True), (one["kind"], suffix)


@for_any_stack
@given(stacks())
def test_services_and_disruption_budgets_select_the_pods_of_their_component(stack: PacsStack) -> None:
    objects = build(stack)
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in objects if one["kind"] in WORKLOADS]
    for one in objects:
        if one["kind"] == "Service":
            wanted = one["spec"]["selector"].items()
        elif one["kind"] == "PodDisruptionBudget":
            wanted = one["spec"]["selector"]["matchLabels"].items()
        else:
            continue
        assert sum(wanted <= each.items() for each in labels) == 1


def test_without_a_cluster_nothing_is_owned() -> None:
    assert not [one for one in render() if "ownerReferences" in one["metadata"]]
