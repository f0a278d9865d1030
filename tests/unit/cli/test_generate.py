import json
from pathlib import Path

import yaml
from click.testing import CliRunner

from pacsstack.cli.main import main
from pacsstack.spec.crd import build_crd


def test_the_crd_in_yaml_and_json() -> None:
    runner = CliRunner()
    assert yaml.safe_load(runner.invoke(main, ["generate", "crd"]).stdout) == build_crd()
    assert json.loads(runner.invoke(main, ["generate", "crd", "-o", "json"]).stdout) == build_crd()


def test_the_reference_is_written_into_a_new_folder(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "reference"
    assert CliRunner().invoke(main, ["generate", "reference", "-o", str(folder)]).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["conditions.md", "resource.md"]
