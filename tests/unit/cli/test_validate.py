import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pacsstack.cli.main import main

GOOD = "apiVersion: pacsstack.io/v1alpha1\nkind: PacsStack\nmetadata: {name: demo}\nspec: {}\n"
BAD = GOOD.replace("spec: {}", "spec: {proxy: {dicom: {clear: {port: 2762}}}}")
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"
SAME_PORT = "give `clear.port` and `tls.port` different numbers"


def validate(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, ["validate", *arguments], input=text)


def test_a_right_document_ends_with_zero() -> None:
    result = validate("-f", "-", text=GOOD)
    assert result.exit_code == 0
    assert result.stdout == "-: PacsStack demo is valid\n"


def test_a_wrong_document_names_file_field_and_cure(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(BAD)
    result = validate("-f", str(file))
    assert result.exit_code == 1
    assert result.stdout == f"{file}: spec.proxy.dicom: {SAME_PORT}\n"


def test_every_document_of_every_file_is_checked(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(GOOD + "---\n" + BAD)
    second.write_text(BAD)
    result = validate("-f", str(first), "-f", str(second))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{first} document 1: PacsStack demo is valid",
        f"{first} document 2: spec.proxy.dicom: {SAME_PORT}",
        f"{second}: spec.proxy.dicom: {SAME_PORT}",
    ]


def test_other_kinds_are_passed_over_with_a_note() -> None:
    result = validate("-f", "-", text=OTHER + "---\n" + GOOD)
    assert result.exit_code == 0
    assert "note: ConfigMap other is no PacsStack" in result.stderr
    assert "ConfigMap" not in result.stdout


def test_no_stack_at_all_is_noted() -> None:
    result = validate("-f", "-", text=OTHER)
    assert result.exit_code == 0
    assert "there is no PacsStack in the input" in result.stderr


@pytest.mark.parametrize(("old", "new"), [("kind: PacsStack", "kind: PacStack"), ("v1alpha1", "v1")])
def test_a_misspelt_stack_is_not_passed_over(old: str, new: str) -> None:
    assert validate("-f", "-", text=GOOD.replace(old, new)).exit_code == 1


def test_unreadable_input_ends_with_two(tmp_path: Path) -> None:
    assert validate("-f", str(tmp_path / "nothing.yaml")).exit_code == 2
    assert validate("-f", "-", text="spec: [").exit_code == 2
    assert validate().exit_code == 2


def test_json_for_programs() -> None:
    result = validate("-f", "-", "-o", "json", text=BAD)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "source": "-",
            "object": "PacsStack demo",
            "path": "spec.proxy.dicom",
            "message": SAME_PORT,
            "reason": "InvalidSpec",
        }
    ]
    assert validate("-f", "-", "-o", "json", text=GOOD).stdout == "[]\n"


def test_what_only_the_operator_sees_is_told_too() -> None:
    protected = GOOD.replace("spec: {}", "spec: {orthanc: {configuration: {StorageDirectory: /elsewhere}}}")
    result = validate("-f", "-", text=protected)
    assert result.exit_code == 1
    assert "StorageDirectory" in result.stdout
