from __future__ import annotations

import yaml
from click.testing import CliRunner

from pacsstack.cli.operator import operator
from pacsstack.controller.resources import CHILD_KINDS, NEVER_PRUNED, POD, kind_of
from pacsstack.manifests.operator import build_cluster_role, build_operator
from tests.unit.manifests.pod_security import violations

OBJECTS = build_operator("registry.example/operator:1", "pacsstack-system", {"orthanc": "mirror/orthanc:1"})


def verbs(group: str, plural: str) -> set[str]:
    rules = build_cluster_role()["rules"]
    return {
        verb for rule in rules if rule["apiGroups"] == [group] and plural in rule["resources"] for verb in rule["verbs"]
    }


def test_every_child_kind_can_be_read_and_applied_and_nothing_with_data_deleted() -> None:
    for kind in CHILD_KINDS:
        found = verbs(kind.group, kind.plural)
        assert {"list", "watch", "create", "patch"} <= found
        assert ("delete" in found) == (kind.kind not in NEVER_PRUNED)
        assert "update" not in found


def test_pods_are_only_looked_at() -> None:
    assert verbs(POD.group, POD.plural) == {"list", "watch"}


def test_no_rule_is_open() -> None:
    assert "*" not in str(build_cluster_role())


def test_the_operators_pod_is_restricted() -> None:
    deployment = next(item for item in OBJECTS if item["kind"] == "Deployment")
    # It is the one pod whose work is to talk to the API server.
    assert violations(deployment["spec"]["template"]["spec"]) == ["automountServiceAccountToken"]
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_the_command_prints_the_same_objects() -> None:
    arguments = ["manifests", "--image", "registry.example/operator:1", "--related-image", "orthanc=mirror/orthanc:1"]
    result = CliRunner().invoke(operator, arguments)
    assert result.exit_code == 0
    assert list(yaml.safe_load_all(result.output)) == OBJECTS


def test_an_unknown_component_is_named() -> None:
    result = CliRunner().invoke(operator, ["manifests", "--image", "x", "--related-image", "mysql=x"])
    assert result.exit_code == 2
    assert "mysql" in result.output


def test_kinds_are_found_by_what_objects_say() -> None:
    for kind in CHILD_KINDS:
        assert kind_of({"apiVersion": kind.api_version, "kind": kind.kind}) == kind
