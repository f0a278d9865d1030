"""Who has no password, no certificate or no modern TLS gets nothing."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from localcluster.demo.dcmtk import DicomError, Peer, Tls, echo
from tests.support.certificates import make_identity
from tests.support.handshake import negotiated, permissive_server
from tests.support.specs import EMR

if TYPE_CHECKING:
    from pathlib import Path

    from localcluster.demo.archive import Archive
    from tests.support.running import Running

PATHS = ["", "app/explorer.html", "system", "patients", "instances", "dicom-web/studies", "tools/lookup", "nowhere"]
STRANGER = "https://elsewhere.example.org"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD"])
def test_no_password_is_401(archive: Running, path: str, method: str) -> None:
    nobody = replace(archive.archive, user=None, password=None)
    assert nobody.request(method, path, follow=False).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_password_is_401(archive: Running, path: str) -> None:
    wrong = replace(archive.archive, password=f"{archive.archive.password}x")
    assert wrong.request("GET", path, follow=False).status_code == 401


def test_an_unknown_user_is_401(archive: Running) -> None:
    unknown = replace(archive.archive, user="orthanc", password="orthanc")
    assert unknown.request("GET", "system", follow=False).status_code == 401


def test_a_user_of_one_archive_is_nobody_in_another(root: Running, prefixed: Running) -> None:
    visitor = replace(prefixed.archive, user=root.archive.user, password=root.archive.password)
    assert visitor.request("GET", "system", follow=False).status_code == 401


ASK_WITHIN = """
import urllib.error, urllib.request
try:
    print(urllib.request.urlopen("http://127.0.0.1:8042/system").status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


def test_the_archive_behind_the_proxy_asks_too(root: Running) -> None:
    """Asked from within its own pod: the network lets nobody else come near but the proxy."""
    pod = f"deployment/{root.stack.name}-orthanc"
    assert root.kubectl.run("exec", pod, "--", "python3", "-c", ASK_WITHIN).strip() == "401"


def test_dicom_tls_without_a_client_certificate_is_refused(prefixed: Running) -> None:
    echo(prefixed.tls)
    without = Tls(prefixed.archive.authority)
    with pytest.raises(DicomError):
        echo(replace(prefixed.tls, tls=without))


def test_dicom_tls_with_a_certificate_of_another_authority_is_refused(prefixed: Running, tmp_path: Path) -> None:
    stranger = make_identity(tmp_path, "stranger")
    with pytest.raises(DicomError):
        echo(replace(prefixed.tls, tls=Tls(prefixed.archive.authority, stranger.key, stranger.certificate)))


def test_the_server_proves_who_it_is(root: Running, identity_of_stranger: Path) -> None:
    with pytest.raises(DicomError):
        echo(replace(root.tls, tls=Tls(identity_of_stranger)))
    with pytest.raises(requests.exceptions.SSLError):
        replace(root.archive, authority=identity_of_stranger).get("system")


@pytest.fixture
def identity_of_stranger(tmp_path: Path) -> Path:
    path = tmp_path / "stranger-ca.crt"
    path.write_text(make_identity(tmp_path, "stranger").authority)
    return path


def test_dicom_in_clear_on_the_tls_port_is_refused(archive: Running) -> None:
    with pytest.raises(DicomError):
        echo(replace(archive.tls, tls=None))


@pytest.fixture
def doors(root: Running) -> dict[str, tuple[str, int]]:
    url = urlsplit(root.archive.url)
    return {"https": (str(url.hostname), url.port or 443), "dicom": (root.tls.host, root.tls.port)}


@pytest.mark.parametrize("door", ["https", "dicom"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(doors: dict[str, tuple[str, int]], door: str, version: ssl.TLSVersion) -> None:
    assert negotiated(*doors[door], version) is None


@pytest.mark.parametrize("door", ["https", "dicom"])
@pytest.mark.parametrize(("newest", "name"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_new_tls_is_spoken(doors: dict[str, tuple[str, int]], door: str, newest: ssl.TLSVersion, name: str) -> None:
    assert negotiated(*doors[door], newest) == name


def test_the_client_of_these_tests_can_speak_old_tls(tmp_path: Path) -> None:
    """Otherwise the refusals above would prove nothing."""
    own = make_identity(tmp_path, "permissive")
    with permissive_server(own.certificate, own.key) as port:
        assert negotiated("127.0.0.1", port, ssl.TLSVersion.TLSv1_1) == "TLSv1.1"


def test_plain_http_leads_to_https(root: Running) -> None:
    plain = replace(root.archive, url=root.archive.url.replace("https://", "http://", 1))
    answer = plain.request("GET", "dicom-web/studies?limit=1", follow=False)
    assert answer.status_code in (301, 308)
    assert answer.headers["Location"] == root.archive.at("dicom-web/studies?limit=1")


def test_browsers_are_told_to_stay_on_https_and_out_of_frames(archive: Running) -> None:
    for answer in (archive.archive.get("system"), replace(archive.archive, user=None).request("GET", "system")):
        assert int(answer.headers["Strict-Transport-Security"].split("max-age=")[1].split(";")[0]) > 0
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


def test_only_the_named_application_may_frame(root: Running, prefixed: Running) -> None:
    policy = root.archive.get("system").headers["Content-Security-Policy"]
    assert EMR in policy
    assert "frame-ancestors" in policy
    assert EMR not in prefixed.archive.get("system").headers["Content-Security-Policy"]


def preflight(archive: Archive, origin: str) -> requests.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    return replace(archive, user=None).request("OPTIONS", "dicom-web/studies", headers=headers, follow=False)


def test_the_named_origin_may_call(root: Running) -> None:
    answer = preflight(root.archive, EMR)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == EMR
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
    found = root.archive.get("dicom-web/studies", headers={"Origin": EMR})
    assert found.headers["Access-Control-Allow-Origin"] == EMR


def test_no_other_origin_may_call(root: Running, prefixed: Running) -> None:
    for archive, origin in ((root.archive, STRANGER), (prefixed.archive, EMR)):
        assert "Access-Control-Allow-Origin" not in preflight(archive, origin).headers
        assert "Access-Control-Allow-Origin" not in archive.get("system", headers={"Origin": origin}).headers


def test_the_adapter_is_no_door_to_the_archive(root: Running) -> None:
    with pytest.raises(DicomError):
        echo(Peer(root.clear.host, 4242, "ORTHANC"))
