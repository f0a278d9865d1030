"""orthanc.json and the Secret beside it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacsstack.render.escaped_json import escaped_json
from pacsstack.render.inputs import Login
from pacsstack.render.orthanc import merged, orthanc_json, orthanc_options
from pacsstack.render.orthanc_plugins import VARIABLES, plugin_environment
from pacsstack.render.orthanc_secrets import connection_uri, orthanc_secrets_json
from pacsstack.render.protected import FIXED, FIXED_DICOMWEB, OWN_FIELD
from pacsstack.spec.orthanc import Plugin, Viewer
from tests.unit.manifests.rendering import secretive_inputs, stack

texts = st.text(st.characters(exclude_categories=("Cs",)))


def options(spec: dict[str, Any] | None = None) -> dict[str, Any]:
    return orthanc_options(stack(spec))


@given(st.dictionaries(texts, st.one_of(texts, st.integers(), st.lists(texts))))
def test_json_survives_the_images_substitution_and_removal_of_comments(value: dict[str, Any]) -> None:
    text = escaped_json(value)
    assert "$" not in text
    assert "/" not in text
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("SyncStorageArea", True),
        ("MaximumStorageMode", "Reject"),
        ("RemoteAccessAllowed", True),
        ("AuthenticationEnabled", True),
        ("DicomAlwaysAllowStore", True),
        ("DicomAlwaysAllowFind", False),
        ("DicomAlwaysAllowMove", False),
        ("DicomCheckModalityHost", False),
        ("DatabaseServerIdentifier", "demo"),
    ],
)
def test_an_archive_is_set_up_to_keep_what_it_has(option: str, value: object) -> None:
    assert options()[option] == value


def test_the_image_finds_its_own_plugins() -> None:
    assert "Plugins" not in options()


def test_dicomweb_knows_the_prefix_that_the_proxy_takes_off() -> None:
    assert options({"proxy": {"path": "/orthanc/"}})["DicomWeb"]["PublicRoot"] == "/orthanc/dicom-web/"
    ohif = {"proxy": {"path": "/orthanc/"}, "orthanc": {"viewers": ["OHIF"]}}
    assert options(ohif)["OHIF"] == {"RouterBasename": "/orthanc/ohif/"}
    assert "OHIF" not in options()


def test_only_modalities_of_the_spec_may_ask() -> None:
    known = options({"modalities": [{"name": "ct", "aeTitle": "CT1", "host": "h", "port": 105}]})["DicomModalities"]
    assert (known["ct"]["AET"], known["ct"]["Host"], known["ct"]["Port"]) == ("CT1", "h", 105)
    assert known["ct"]["AllowFind"] is True
    assert known["ct"]["AllowMove"] is True


def test_the_user_wins_over_a_default_but_not_over_what_is_fixed() -> None:
    configuration = {"DicomAlwaysAllowFind": True, "SyncStorageArea": False, "DicomWeb": {"Root": "/x/", "Ssl": True}}
    result = options({"orthanc": {"configuration": configuration}})
    assert result["DicomAlwaysAllowFind"] is True
    assert result["SyncStorageArea"] is True
    assert result["DicomWeb"]["Root"] == "/dicom-web/"
    assert result["DicomWeb"]["Ssl"] is True


def test_every_fixed_option_is_refused_with_a_cure() -> None:
    fixed = {name: value for name, value in options().items() if name not in ("DicomWeb",)}
    defaults = {name for name in fixed if name.startswith("DicomAlwaysAllow") and name != "DicomAlwaysAllowEcho"}
    assert set(fixed) - defaults - {"DicomThreadsCount", "StorageCompression"} <= set(FIXED) | set(OWN_FIELD)
    assert set(options()["DicomWeb"]) == set(FIXED_DICOMWEB)


def test_what_the_user_wrote_is_in_the_secret_since_a_password_may_be_among_it() -> None:
    peers = {"x": {"Url": "https://x", "Username": "u", "Password": "peer-password"}}
    one = stack({"orthanc": {"configuration": {"OrthancPeers": peers, "StableAge": 5}}})
    assert not {"OrthancPeers", "StableAge"} & set(json.loads(orthanc_json(one)))
    secret = json.loads(orthanc_secrets_json(one, secretive_inputs(one)))
    assert secret["OrthancPeers"] == peers
    assert secret["RegisteredUsers"] == {"pacsstack": "PASSWORD-of-internal"}


def test_no_option_is_in_both_files() -> None:
    one = stack({"orthanc": {"configuration": {"DicomWeb": {"Ssl": False}}}})
    secret = json.loads(orthanc_secrets_json(one, secretive_inputs(one)))
    assert not set(json.loads(orthanc_json(one))) & set(secret)
    assert secret["DicomWeb"]["PublicRoot"] == "/dicom-web/"


def test_one_orthanc_locks_the_database_and_waits_for_it() -> None:
    one = stack()
    section = json.loads(orthanc_secrets_json(one, secretive_inputs(one)))["PostgreSQL"]
    assert section["Lock"] is True
    assert section["MaximumConnectionRetries"] * section["ConnectionRetryInterval"] == 60
    assert section["IndexConnectionsCount"] <= 10


@given(texts.filter(bool), texts.filter(bool))
def test_any_password_fits_into_the_connection(username: str, password: str) -> None:
    parts = urlsplit(connection_uri(stack(), Login(username, password)))
    assert unquote(parts.username or "") == username
    assert unquote(parts.password or "") == password
    assert (parts.hostname, parts.port, parts.path) == ("demo-postgres.pacs.svc", 5432, "/orthanc")


def test_an_external_database_is_verified() -> None:
    external = {"host": "db.example.org", "port": 5433, "database": "pacs", "credentialsSecret": "s", "caSecret": "ca"}
    parts = urlsplit(connection_uri(stack({"postgres": {"external": external}}), Login("u", "p")))
    query = parse_qs(parts.query)
    assert (parts.hostname, parts.port, parts.path) == ("db.example.org", 5433, "/pacs")
    assert query["sslmode"] == ["verify-full"]
    assert query["sslrootcert"] == ["/etc/pacsstack-database-ca/ca.crt"]


def test_every_viewer_and_plugin_has_a_variable() -> None:
    assert set(VARIABLES) == {*Viewer, *Plugin}
    chosen = plugin_environment(stack({"orthanc": {"viewers": ["VolView"], "plugins": ["STL"]}}))
    assert set(chosen) == {
        "DICOM_WEB_PLUGIN_ENABLED", "POSTGRESQL_PLUGIN_ENABLED", "STL_PLUGIN_ENABLED", "VOLVIEW_PLUGIN_ENABLED",
    }  # fmt: skip
    assert all(re.fullmatch(r"[A-Z_]+_PLUGIN_ENABLED", name) for name in VARIABLES.values())


def test_merging_goes_into_objects_and_replaces_everything_else() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": [2]}) == {"a": {"b": 3, "c": 2}, "d": [2]}
