"""A change reaches the pods that it is about, by itself, and no others."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
import requests

from localcluster.demo.archive import Archive
from localcluster.demo.dcmtk import DicomError, echo
from localcluster.demo.waiting import until
from tests.support.running import Running, wait_ready
from tests.support.specs import secret

COMPONENTS = ("postgres", "orthanc", "proxy")


def pods(shaken: Running) -> dict[str, set[str]]:
    return {component: shaken.pod_uids(component) for component in COMPONENTS}


def changed(before: dict[str, set[str]], after: dict[str, set[str]]) -> set[str]:
    return {component for component in COMPONENTS if before[component] != after[component]}


def test_a_changed_password_reaches_the_proxy_alone(shaken: Running) -> None:
    before = pods(shaken)
    new = replace(shaken.archive, password=secrets.token_urlsafe(18))
    assert new.request("GET", "system").status_code == 401
    shaken.kubectl.apply([secret("staff", {str(new.user): str(new.password)})])
    until(lambda: new.request("GET", "system").status_code == 200, "the new password to work", 120)
    until(lambda: shaken.archive.request("GET", "system").status_code == 401, "the old password to be refused", 60)
    shaken.settle()
    assert changed(before, pods(shaken)) <= {"proxy"}


def test_a_changed_name_reaches_orthanc_alone(shaken: Running) -> None:
    before = pods(shaken)
    shaken.kubectl.run(
        "patch", "pacs", shaken.stack.name, "--type=merge", "-p", '{"spec":{"orthanc":{"name":"Renamed archive"}}}'
    )
    wait_ready(shaken.stack)
    shaken.wait_answers()
    assert shaken.archive.get("system").json()["Name"] == "Renamed archive"
    assert changed(before, pods(shaken)) == {"orthanc"}


def test_a_changed_database_password_is_taken_over(shaken: Running) -> None:
    """Both ends take it over, and the images are still there."""
    before = pods(shaken)
    count = len(shaken.archive.get("instances").json())
    new = secrets.token_urlsafe(24)
    name = f"{shaken.stack.name}-postgres"
    shaken.kubectl.apply([secret(name, {"password": new})], "--field-manager=person")
    until(lambda: {"postgres", "orthanc"} <= changed(before, pods(shaken)), "both pods to be replaced", 120)
    wait_ready(shaken.stack)
    shaken.wait_answers()
    assert shaken.stack.secret("postgres", "password") == new
    assert len(shaken.archive.get("instances").json()) == count


def kept_out(archive: Archive) -> bool:
    """The network policy may drop what the proxy would refuse."""
    try:
        return archive.request("GET", "system").status_code == 403
    except (requests.ConnectionError, requests.Timeout):
        return True


def test_a_network_that_is_not_allowed_is_kept_out(shaken: Running) -> None:
    """The next test proves that the door was closed and not broken: it opens again."""
    patch = '{"spec":{"proxy":{"allowedSources":["192.0.2.0/24"]}}}'
    shaken.kubectl.run("patch", "pacs", shaken.stack.name, "--type=merge", "-p", patch)
    hasty = replace(shaken.archive, timeout=3)
    until(lambda: kept_out(hasty), "the door to be closed", 60)
    shaken.settle()
    assert kept_out(hasty)
    with pytest.raises(DicomError):
        echo(shaken.clear)


def test_a_wrong_spec_touches_nothing(shaken: Running) -> None:
    before = pods(shaken)
    patch = '{"spec":{"orthanc":{"configuration":{"RemoteAccessAllowed":false}}}}'
    shaken.kubectl.run("patch", "pacs", shaken.stack.name, "--type=merge", "-p", patch)
    condition = until(lambda: shaken.stack.condition("SpecValid"), "the condition SpecValid", 60)
    assert condition["status"] == "False"
    assert "RemoteAccessAllowed" in condition["message"]
    assert changed(before, pods(shaken)) == set()
    assert shaken.archive.get("system").status_code == 200
