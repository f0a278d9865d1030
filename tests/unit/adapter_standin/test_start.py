"""What the real adapter refuses at its start, and what this one adds."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.unit.adapter_standin.conftest import TITLE, Store, command, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.adapter_standin.conftest import Adapter

GOOD = (f"--dimse_aet={TITLE}", "--dimse_port=2575", "--dicomweb_address=http://127.0.0.1:1")


@pytest.fixture
def good(key_file: Path) -> dict[str, str]:
    return {"GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}


@pytest.mark.parametrize("flag", ["--verbose=true", "--fuzzy_matching=false", "--auto_ack_cstore=true"])
def test_a_boolean_flag_takes_no_value(flag: str, good: dict[str, str]) -> None:
    value = flag.partition("=")[2]
    assert f"main parameter '{value}'" in refusal(*GOOD, flag, **good)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--dimse_prot=2575",), "main parameter '--dimse_prot=2575'"),
        (("--dimse_aet",), "expected a value after parameter --dimse_aet"),
        (("--dimse_aet=A", "--dimse_aet=B"), "only specify option --dimse_aet once"),
        (("--dimse_port=dicom",), "couldn't convert"),
        (("--dimse_port=2575", "--dicomweb_address=http://127.0.0.1:1"), "--dimse_aet flag must be set"),
        (("--dimse_aet=A", "--dicomweb_address=http://127.0.0.1:1"), "--dimse_port flag must be set"),
        (("--dimse_aet=A", "--dimse_port=2575"), "--dicomweb_address flag must be set"),
        ((*GOOD, "--stow_overwrite"), "--send_to_all_matching_destinations"),
        ((*GOOD, "--aet_dictionary_inline={"), "JSON array of name, host and port"),
    ],
)
def test_a_command_line_that_cannot_work(arguments: tuple[str, ...], complaint: str, good: dict[str, str]) -> None:
    assert complaint in refusal(*arguments, **good)


@pytest.mark.parametrize(
    "address",
    [
        "https://healthcare.googleapis.com/v1/projects/p/locations/l/datasets/d/dicomStores/s",
        "https://healthcare.googleapis.com/v1/projects/p/datasets/d/dicomStores/s/dicomWeb",
        "https://healthcare.googleapis.com/v1/projects/p/locations/l/datasets/d/dicomStores/s/dicomWeb/studies",
    ],
)
def test_an_address_in_the_healthcare_api_must_be_a_dicomweb_root(address: str, good: dict[str, str]) -> None:
    assert "not a valid Google Healthcare Api" in refusal(*GOOD[:2], "--dicomweb_address", address, **good)


@pytest.mark.parametrize(
    "flag",
    [
        "--auto_ack_cstore",
        "--stow_http2",
        "--redact_remove_list=00100010",
        "--persistent_file_storage_location=/backup",
    ],
)
def test_what_is_not_done_is_refused_by_name(flag: str, good: dict[str, str]) -> None:
    assert flag.partition("=")[0] in refusal(*GOOD, flag, **good)


def test_destinations_of_the_environment_are_refused(good: dict[str, str]) -> None:
    assert "ENV_DESTINATION_CONFIG_JSON" in refusal(*GOOD, ENV_DESTINATION_CONFIG_JSON="[]", **good)


def test_credentials_are_mandatory_whatever_the_target() -> None:
    assert "GOOGLE_APPLICATION_CREDENTIALS" in refusal(*GOOD)


@pytest.mark.parametrize("left_out", ["type", "client_id", "client_email", "private_key", "private_key_id"])
def test_a_key_must_be_whole(left_out: str, account: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({name: value for name, value in account.items() if name != left_out}))
    assert "no service account key" in refusal(*GOOD, GOOGLE_APPLICATION_CREDENTIALS=str(path))


def test_sigterm_ends_it(start: Callable[..., Adapter], store: Store) -> None:
    adapter = start(store.address)
    adapter.process.send_signal(signal.SIGTERM)
    assert adapter.process.wait(10) == 128 + signal.SIGTERM


def test_help_lists_the_flags() -> None:
    argv, environment = command("--help")
    printed = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=30, check=True).stdout
    assert "--dimse_aet" in printed


def test_a_refusal_is_one_line_and_ends_the_process_with_1() -> None:
    argv, environment = command("--dimse_aet=A")
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
