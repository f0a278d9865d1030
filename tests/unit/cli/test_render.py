import json
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pacsstack.cli.main import main

STACK = "apiVersion: pacsstack.io/v1alpha1\nkind: PacsStack\nmetadata: {name: demo}\nspec: {}\n"


def render(*arguments: str, text: str = STACK) -> Result:
    return CliRunner().invoke(main, ["render", "-f", "-", *arguments], input=text)


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return list(yaml.safe_load_all(result.stdout))


def test_the_smallest_stack_renders_the_same_objects_every_time() -> None:
    first = render()
    assert {each["kind"] for each in objects(first)} >= {"Deployment", "StatefulSet", "Service", "NetworkPolicy"}
    assert render().stdout == first.stdout


def test_json_is_a_list_of_the_same_objects() -> None:
    listed = json.loads(render("-o", "json").stdout)
    assert listed["kind"] == "List"
    assert listed["items"] == objects(render())


def test_the_namespace_can_be_named() -> None:
    assert {each["metadata"]["namespace"] for each in objects(render("-n", "radiology"))} == {"radiology"}


def test_the_namespace_of_the_document_wins() -> None:
    text = STACK.replace("{name: demo}", "{name: demo, namespace: own}")
    assert {each["metadata"]["namespace"] for each in objects(render("-n", "other", text=text))} == {"own"}


def test_images_can_come_from_a_mirror() -> None:
    assert "mirror.example.org/orthanc:1" in render("--related-image", "orthanc=mirror.example.org/orthanc:1").stdout


@pytest.mark.parametrize("pair", ["orthank=x", "orthanc", "orthanc="])
def test_a_wrong_image_pair_is_refused(pair: str) -> None:
    result = render("--related-image", pair)
    assert result.exit_code == 2
    assert "COMPONENT=IMAGE" in result.output


def test_a_wrong_stack_is_not_rendered() -> None:
    result = render(text=STACK.replace("spec: {}", "spec: {replicas: 2}"))
    assert result.exit_code == 1
    assert "-: spec.replicas: there is no such field" in result.stderr
    assert result.stdout == ""


def test_input_without_a_stack_is_refused() -> None:
    assert render(text="kind: ConfigMap\n").exit_code == 2


def test_no_object_has_an_owner_without_a_cluster() -> None:
    assert not [each for each in objects(render()) if "ownerReferences" in each["metadata"]]
