from pathlib import Path

import pytest
from click.testing import CliRunner

from pacsstack.cli.documents import read_documents
from pacsstack.cli.main import main
from pacsstack.cli.validate import problems_of
from tests.unit.spec.test_crd import SPEC_FIELDS

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


def used(value: object, path: str) -> set[str]:
    paths = {path}
    if isinstance(value, dict):
        for name, inner in value.items():
            paths |= used(inner, f"{path}.{name}")
    if isinstance(value, list):
        for inner in value:
            paths |= used(inner, f"{path}[]")
    return paths


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_right(example: Path) -> None:
    for document in read_documents([str(example)]):
        assert problems_of(document) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_can_be_rendered(example: Path) -> None:
    result = CliRunner().invoke(main, ["render", "-f", str(example)])
    assert result.exit_code == 0, result.output


def test_the_full_example_uses_every_field() -> None:
    (full,) = (path for path in EXAMPLES if path.name == "full.yaml")
    paths = set().union(*(used(document.content["spec"], "spec") for document in read_documents([str(full)])))
    assert set(SPEC_FIELDS) - paths == set()
