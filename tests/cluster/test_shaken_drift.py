"""A child that somebody deletes or alters is back by itself, and the archive with it."""

from __future__ import annotations

import json

import pytest

from localcluster.demo.study import make_study
from localcluster.demo.waiting import until
from tests.support.running import Running, wait_ready

KINDS = ["configmaps", "services", "networkpolicies", "serviceaccounts", "secrets", "deployments", "statefulsets"]
KEPT = ("-internal", "-postgres", "-users", "-ca")
"""Secrets that nobody but the operator's first run can make: a lost one is a condition, not drift."""
BACK = 30


def children(shaken: Running, kind: str) -> dict[str, str]:
    """Name and identity of the stack's children of a kind that can be made again from the spec."""
    found = shaken.kubectl.list(kind, "-l", f"pacsstack.io/stack={shaken.stack.name}")
    return {
        item["metadata"]["name"]: item["metadata"]["uid"]
        for item in found
        if not (kind == "secrets" and item["metadata"]["name"].endswith(KEPT))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_children_are_back(shaken: Running, kind: str) -> None:
    study = make_study(f"drift {kind}", slices=1)
    shaken.archive.stow(study.instances).raise_for_status()
    before = children(shaken, kind)
    assert before
    shaken.kubectl.run("delete", kind, *before, "--wait=false")

    def all_back() -> bool:
        after = children(shaken, kind)
        return set(after) == set(before) and not set(after.values()) & set(before.values())

    until(all_back, f"all {kind} to be back", BACK)
    wait_ready(shaken.stack)
    shaken.again().wait_answers(study)


ALTERED = [
    ("configmap", "orthanc", "/data/orthanc.json", "{}"),
    ("service", "proxy", "/spec/selector/app.kubernetes.io~1component", "nobody"),
    ("deployment", "orthanc", "/spec/template/spec/containers/0/image", "localhost/nothing:none"),
    ("statefulset", "postgres", "/spec/replicas", 0),
    ("networkpolicy", "orthanc", "/spec/ingress", []),
    ("secret", "orthanc", "/data", {}),
]


@pytest.mark.parametrize(("kind", "suffix", "path", "value"), ALTERED, ids=[f"{it[0]}-{it[1]}" for it in ALTERED])
def test_an_altered_field_is_back(shaken: Running, kind: str, suffix: str, path: str, value: object) -> None:
    name = f"{shaken.stack.name}-{suffix}"
    before = field(shaken, kind, name, path)
    assert before != value
    patch = json.dumps([{"op": "replace", "path": path, "value": value}])
    shaken.kubectl.run("patch", kind, name, "--type=json", "-p", patch)
    until(lambda: field(shaken, kind, name, path) == before, f"{path} of {kind} {name} to be back", BACK)
    wait_ready(shaken.stack)
    shaken.wait_answers()


def field(shaken: Running, kind: str, name: str, path: str) -> object:
    found: object = shaken.kubectl.require(kind, name)
    for step in path.strip("/").split("/"):
        key = step.replace("~1", "/")
        found = found[int(key)] if isinstance(found, list) else found.get(key)  # type: ignore[attr-defined]
    return found


def test_a_field_of_somebody_else_stays(shaken: Running) -> None:
    name = f"{shaken.stack.name}-proxy"
    shaken.kubectl.run("label", "service", name, "team=radiology")
    shaken.kubectl.run("delete", "service", f"{shaken.stack.name}-orthanc")
    until(lambda: f"{shaken.stack.name}-orthanc" in children(shaken, "services"), "the other Service to be back", BACK)
    assert shaken.kubectl.require("service", name)["metadata"]["labels"]["team"] == "radiology"
    wait_ready(shaken.stack)
