import subprocess
import sys

import pytest
from click.testing import CliRunner

import pacsstack
from pacsstack.cli.main import main

FORBIDDEN = ("kopf", "kubernetes", "aiohttp")


def test_help_lists_every_command_with_examples() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for word in ("generate", "operator", "render", "validate", "Examples:"):
        assert word in result.output


@pytest.mark.parametrize("command", ["generate", "render", "validate"])
def test_a_command_has_examples(command: str) -> None:
    assert "Examples:" in CliRunner().invoke(main, [command, "--help"]).output


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == "pacsstack, version 0.1.0\n"
    assert pacsstack.__name__ == "pacsstack"


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["valdiate"]).exit_code == 2


@pytest.mark.parametrize("command", ["validate", "render", "generate"])
def test_a_pure_command_imports_no_cluster_library(command: str) -> None:
    code = (
        "import sys; from pacsstack.cli.main import main; "
        f"main(['{command}', '--help'], standalone_mode=False); "
        f"print([name for name in {FORBIDDEN} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
