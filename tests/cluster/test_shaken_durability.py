"""An image that was acknowledged is there, whatever pod dies and whoever deletes the resource."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from localcluster.demo.install import OPERATOR_NAMESPACE
from localcluster.demo.study import dataset_of, make_study
from localcluster.demo.waiting import until
from tests.support.audit import Mark
from tests.support.modality import BusyModality
from tests.support.running import Running, wait_ready
from tests.support.specs import resource

if TYPE_CHECKING:
    from pathlib import Path

    from localcluster.demo.kubectl import Kubectl

KILLS = [
    ("postgres", ["--force", "--grace-period=0"]),
    ("orthanc", ["--force", "--grace-period=0"]),
    ("postgres", ["--force", "--grace-period=0"]),
    ("proxy", []),
    ("orthanc", []),
    ("postgres", []),
]
"""In which order, and how, pods are deleted while images arrive."""
ENOUGH = 20
"""Images acknowledged between two deletions."""


def kill(shaken: Running, component: str, options: list[str]) -> None:
    labels = f"pacsstack.io/stack={shaken.stack.name},app.kubernetes.io/component={component}"
    shaken.kubectl.run("delete", "pods", "-l", labels, "--wait=false", *options)


def test_no_acknowledged_image_is_lost_when_pods_die(shaken: Running) -> None:
    with BusyModality(shaken.clear, "pods die") as modality:
        for component, options in [*KILLS, ("", [])]:
            enough = len(modality.acknowledged) + ENOUGH
            until(lambda: len(modality.acknowledged) >= enough, f"{enough} acknowledged images", 180)  # noqa: B023
            if component:
                kill(shaken, component, options)
    wait_ready(shaken.stack)
    stored = [
        hashlib.sha256(dataset_of(file)).hexdigest()
        for file in shaken.archive.retrieve(f"studies/{modality.study_uid}")
    ]
    assert set(modality.acknowledged.values()) - set(stored) == set()
    assert len(stored) == len(set(stored))


def test_a_restarted_operator_writes_nothing_but_what_changed(
    shaken: Running, kubectl: Kubectl, audit_log: Path
) -> None:
    """An altered object is the sign that it has looked at the stack again; nothing else needs a write."""
    wait_ready(shaken.stack)
    system = kubectl.within(OPERATOR_NAMESPACE)
    mark = Mark.now(audit_log)
    system.run("delete", "pods", "--all")
    for deployment in system.list("deployments"):
        system.wait(f"deployment/{deployment['metadata']['name']}", "condition=Available", 120)
    name = f"{shaken.stack.name}-proxy"
    shaken.kubectl.run("delete", "serviceaccount", name)
    until(lambda: shaken.kubectl.get("serviceaccount", name), "the deleted ServiceAccount to be back", 60)
    assert mark.operator_writes(shaken.kubectl.namespace) == [f"patch serviceaccounts/{name}"]


def test_the_resource_goes_and_comes_again_with_every_image(shaken: Running) -> None:
    """`deletionPolicy: Retain`, which is the default."""
    study = make_study("retained")
    shaken.archive.stow(study.instances).raise_for_status()
    spec = shaken.stack.resource["spec"]
    password = shaken.stack.secret("internal", "password")
    shaken.kubectl.run("delete", "pacs", shaken.stack.name)
    until(lambda: not pods_of(shaken), "all pods to be gone", 120)
    kept = {item["metadata"]["name"] for item in shaken.kubectl.list("pvc,secrets", "-l", label(shaken))}
    assert {f"{shaken.stack.name}-{suffix}" for suffix in ("postgres", "orthanc", "internal", "ca")} <= kept
    assert (
        shaken.kubectl.list("deployments,statefulsets,services,configmaps,networkpolicies", "-l", label(shaken)) == []
    )
    shaken.kubectl.apply([resource(shaken.stack.name, {}) | {"spec": spec}])
    wait_ready(shaken.stack)
    again = shaken.again()
    assert again.stack.secret("internal", "password") == password
    wanted = sorted(instance.content for instance in study.instances)
    assert sorted(again.archive.retrieve(f"studies/{study.uid}")) == wanted


def test_delete_leaves_nothing(shaken: Running) -> None:
    volumes = {item["spec"]["volumeName"] for item in shaken.kubectl.list("pvc", "-l", label(shaken))}
    assert len(volumes) == 2
    patch = '{"spec":{"deletionPolicy":"Delete"}}'
    shaken.kubectl.run("patch", "pacs", shaken.stack.name, "--type=merge", "-p", patch)
    wait_ready(shaken.stack)
    shaken.kubectl.run("delete", "pacs", shaken.stack.name)
    everything = (
        "pods,deployments,replicasets,statefulsets,services,configmaps,secrets,serviceaccounts,networkpolicies,pvc"
    )
    until(lambda: not shaken.kubectl.list(everything, "-l", label(shaken)), "everything to be gone", 180)
    until(lambda: not volumes & volume_names(shaken.kubectl), "the volumes to be gone", 120)


def label(shaken: Running) -> str:
    return f"pacsstack.io/stack={shaken.stack.name}"


def pods_of(shaken: Running) -> list[dict[str, object]]:
    return shaken.kubectl.list("pods", "-l", label(shaken))


def volume_names(kubectl: Kubectl) -> set[str]:
    return {item["metadata"]["name"] for item in kubectl.within("").list("pv")}
