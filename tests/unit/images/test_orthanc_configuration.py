"""The configuration that the stand-in of orthancteam/orthanc makes, and when it refuses to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcluster.images.orthanc.startup.errors import StartError
from localcluster.images.orthanc.startup.generate import generate
from localcluster.images.orthanc.startup.install import AVAILABLE
from localcluster.images.orthanc.startup.plugins import PLUGINS

IN_DEBIAN = {"DicomWeb", "Gdcm", "PostgreSQL", "Housekeeper"}
USERS = {"RegisteredUsers": {"internal": "secret"}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for directory in ("etc/orthanc", "run/secrets", "run/orthanc/plugins", AVAILABLE):
        (tmp_path / directory).mkdir(parents=True)
    for plugin in PLUGINS:
        for library in plugin.libraries if plugin.name in IN_DEBIAN else ():
            (tmp_path / AVAILABLE / library).write_text(library)
    return tmp_path


def write(root: Path, name: str, content: object) -> None:
    (root / "etc/orthanc" / name).write_text(json.dumps(content))


def made(root: Path, **environment: str) -> dict[str, Any]:
    return generate(root, {"ORTHANC_PASSWORD": "x", **environment}).configuration


def installed(root: Path) -> set[str]:
    return {path.name for path in (root / "run/orthanc/plugins").iterdir()}


def test_sections_are_merged_at_every_depth_and_secrets_win(root: Path) -> None:
    write(root, "orthanc.json", {"PostgreSQL": {"Host": "a", "Deep": {"One": 1}}, "Name": "file"})
    (root / "run/secrets/orthanc.json").write_text(json.dumps({"PostgreSQL": {"Password": "p", "Deep": {"Two": 2}}}))
    (root / "run/secrets/ORTHANC__NAME").write_text("secret\n")
    found = made(root, ORTHANC__NAME="variable", ORTHANC__DICOM_AET="VARIABLE")
    assert found["PostgreSQL"] | {"Host": "a", "Password": "p", "Deep": {"One": 1, "Two": 2}} == found["PostgreSQL"]
    assert (found["Name"], found["DicomAet"]) == ("secret", "VARIABLE")


def test_values_of_variables_are_json_if_they_can_be(root: Path) -> None:
    found = made(root, ORTHANC__DICOM_AET="1234", ORTHANC__HTTP_SERVER_ENABLED="false", ORTHANC__NAME="a b")
    assert (found["DicomAet"], found["HttpServerEnabled"], found["Name"]) == (1234, False, "a b")


def test_names_that_break_the_rule_are_known(root: Path) -> None:
    found = made(root, ORTHANC__POSTGRESQL__ENABLE_SSL="true", ORTHANC__STORE_MD5_FOR_ATTACHMENTS="false")
    assert found["PostgreSQL"]["EnableSsl"] is True
    assert found["StoreMD5ForAttachments"] is False


def test_a_secret_may_be_renamed_by_a_variable(root: Path) -> None:
    (root / "run/secrets/db").write_text("word")
    found = made(root, ORTHANC__POSTGRESQL__PASSWORD_SECRET="db")
    assert found["PostgreSQL"]["Password"] == "word"


def test_the_whole_configuration_may_be_one_variable(root: Path) -> None:
    assert made(root, ORTHANC_JSON='{"Name": "x" /* why */}')["Name"] == "x"


def test_defaults_fill_what_is_missing(root: Path) -> None:
    write(root, "orthanc.json", {"PostgreSQL": {"Host": "db", "Lock": True}})
    found = made(root)
    assert found["StorageDirectory"] == "/var/lib/orthanc/db"
    assert found["Plugins"] == ["/run/orthanc/plugins", "/usr/share/orthanc/plugins"]
    assert found["PostgreSQL"]["Lock"] is True
    assert found["PostgreSQL"]["Port"] == 5432


def test_a_section_or_a_variable_switches_a_plugin_on(root: Path) -> None:
    write(root, "orthanc.json", {"PostgreSQL": {"Host": "db"}})
    found = made(root, DICOM_WEB_PLUGIN_ENABLED="true")
    assert found["DicomWeb"] == {"Enable": True}
    assert installed(root) == {
        "libOrthancDicomWeb.so",
        "libOrthancGdcm.so",
        "libOrthancPostgreSQLIndex.so",
        "libOrthancPostgreSQLStorage.so",
    }


def test_false_switches_any_plugin_off(root: Path) -> None:
    write(root, "orthanc.json", {"Housekeeper": {"Enable": True}})
    made(root, HOUSEKEEPER_PLUGIN_ENABLED="false", GDCM_PLUGIN_ENABLED="false")
    assert installed(root) == set()


def test_a_restarted_container_finds_its_plugins(root: Path) -> None:
    made(root, DICOM_WEB_PLUGIN_ENABLED="true")
    made(root, DICOM_WEB_PLUGIN_ENABLED="true")
    assert "libOrthancDicomWeb.so" in installed(root)


def test_what_debian_lacks_is_left_out_only_when_nobody_asked(root: Path) -> None:
    assert any("OrthancExplorer2" in warning for warning in generate(root, {"ORTHANC_PASSWORD": "x"}).warnings)
    with pytest.raises(StartError, match=r"libOrthancExplorer2\.so") as refused:
        made(root, ORTHANC_EXPLORER_2_ENABLED="true")
    assert refused.value.exit_code == 255


def test_a_viewer_that_is_not_there_is_an_error(root: Path) -> None:
    with pytest.raises(StartError, match="StoneWebViewer") as refused:
        made(root, STONE_WEB_VIEWER_PLUGIN_ENABLED="true")
    assert refused.value.exit_code == 255


@pytest.mark.parametrize("name", ["DICOM_PORT", "HTTP_PORT", "PG_PORT", "PG_HOST", "WVB_ENABLED"])
def test_a_service_link_ends_the_start(root: Path, name: str) -> None:
    with pytest.raises(StartError, match="enableServiceLinks") as refused:
        made(root, **{name: "tcp://10.96.0.1:4242"})
    assert refused.value.exit_code == 254


def test_nobody_to_log_in_ends_the_start(root: Path) -> None:
    with pytest.raises(StartError, match="RegisteredUsers") as refused:
        generate(root, {})
    assert refused.value.exit_code == 253


@pytest.mark.parametrize("name", ["ORTHANC__AUTHENTICATION_ENABLED", "ORTHANC__REMOTE_ACCESS_ALLOWED"])
def test_an_open_or_a_local_archive_needs_no_user(root: Path, name: str) -> None:
    assert "RegisteredUsers" not in generate(root, {name: "false"}).configuration


def test_declared_users_are_enough(root: Path) -> None:
    write(root, "orthanc.json", USERS)
    assert generate(root, {}).configuration["RegisteredUsers"] == USERS["RegisteredUsers"]


@pytest.mark.parametrize("content", ['{"Name": }', "[]"])
def test_a_file_that_is_no_object_is_named(root: Path, content: str) -> None:
    (root / "etc/orthanc/broken.json").write_text(content)
    with pytest.raises(StartError, match=r"broken\.json"):
        made(root)


def test_a_value_is_no_section(root: Path) -> None:
    write(root, "orthanc.json", {"DicomModalities": []})
    with pytest.raises(StartError, match="DicomModalities"):
        made(root, ORTHANC__DICOM_MODALITIES__CT='["CT", "h", 104]')
