"""The resource as a person sees it with kubectl, and as `pacsstack render` foretells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from localcluster.demo.install import pacsstack
from tests.support.specs import prefixed_spec, resource, root_spec

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Kubectl
    from tests.support.running import Running


def test_kubectl_get_shows_what_matters(root: Running) -> None:
    heading, row = root.kubectl.run("get", "pacs", root.stack.name).splitlines()
    assert heading.split() == ["NAME", "READY", "REASON", "URL", "DICOM", "AGE"]
    cells = row.split()
    assert cells[:3] == ["root", "True", root.stack.condition()["reason"]]
    assert cells[3:5] == [root.stack.endpoint("url"), root.stack.endpoint("dicom")]


def test_kubectl_get_all_shows_it(root: Running) -> None:
    assert "pacsstack.pacsstack.io/root" in root.kubectl.run("get", "all", "-o", "name").split()


def test_every_condition_is_true_and_about_this_generation(root: Running) -> None:
    found = root.stack.resource
    conditions = {condition["type"]: condition for condition in found["status"]["conditions"]}
    assert set(conditions) == {
        "Ready", "SpecValid", "CredentialsReady", "PostgresReady", "OrthancReady", "ProxyReady", "AdapterReady",
    }  # fmt: skip
    for condition in conditions.values():
        assert condition["status"] == "True", condition
        assert condition["observedGeneration"] == found["metadata"]["generation"]


def test_pods_run_without_a_token_and_with_a_read_only_root(root: Running) -> None:
    """Pod Security "restricted", which the namespace enforces, does not ask for these two."""
    pods = root.kubectl.list("pods", "-l", f"pacsstack.io/stack={root.stack.name}")
    assert {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in pods} == {
        "postgres", "orthanc", "proxy", "adapter",
    }  # fmt: skip
    for pod in pods:
        assert pod["spec"]["automountServiceAccountToken"] is False
        for container in pod["spec"]["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert "memory" in container["resources"]["limits"]


def test_no_pod_was_restarted_on_the_way_to_ready(root: Running) -> None:
    """They are applied together and wait for each other by themselves."""
    pods = root.kubectl.list("pods", "-l", "pacsstack.io/stack")
    restarts = {pod["metadata"]["name"]: pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods}
    assert restarts == dict.fromkeys(restarts, 0)


@pytest.mark.usefixtures("operator")
def test_the_server_accepts_what_render_prints(namespace: Kubectl) -> None:
    specs = {
        "minimal": {},
        "root": root_spec(namespace.namespace, "192.0.2.1", 104),
        "prefixed": prefixed_spec("modality-ca", "people"),
    }
    for name, spec in specs.items():
        printed = pacsstack("render", "-f", "-", stdin=yaml.safe_dump(resource(name, spec)))
        objects = [found for found in yaml.safe_load_all(printed) if found]
        assert len(objects) > 10
        for item in objects:
            item["metadata"]["namespace"] = namespace.namespace
        namespace.apply(objects, "--dry-run=server")
