"""No credential is in any object but a Secret, in any event, log, annotation or argument."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from localcluster.demo.install import OPERATOR_NAMESPACE
from tests.support.leaks import credentials_of, leaks, process_arguments, public_places

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Kubectl
    from tests.support.running import Running

TYPED_WRONG = "a-password-typed-wrong-7Q"
PATIENT = "Doe^Jane-Unlikely"


@pytest.fixture(scope="module")
def credentials(root: Running, prefixed: Running) -> dict[str, str]:
    """All of them, after each has been used once, rightly and wrongly."""
    for running in (root, prefixed):
        question = f"dicom-web/studies?PatientName={PATIENT}"
        running.archive.get(question)
        replace(running.archive, password=TYPED_WRONG).request("GET", question)
    return credentials_of(root.kubectl)


def test_there_are_credentials_to_look_for(credentials: dict[str, str], root: Running, prefixed: Running) -> None:
    values = set(credentials.values())
    assert {root.archive.password, prefixed.archive.password} <= values
    assert root.stack.secret("internal", "password") in values
    assert root.stack.secret("postgres", "password") in values
    assert sum(value.startswith("$2") for value in values) >= 2


def test_a_leak_would_be_seen(namespace: Kubectl, credentials: dict[str, str], root: Running) -> None:
    leak = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "leak", "annotations": {"note": str(root.archive.password)}},
    }
    namespace.apply([leak])
    assert any("is in configmaps" in found for found in leaks(credentials, public_places(namespace)))


def test_none_shows_in_the_namespace(credentials: dict[str, str], root: Running) -> None:
    assert leaks(credentials, public_places(root.kubectl)) == []


def test_none_shows_in_the_namespace_of_the_operator(credentials: dict[str, str], kubectl: Kubectl) -> None:
    assert leaks(credentials, public_places(kubectl.within(OPERATOR_NAMESPACE))) == []


def test_none_is_an_argument_of_a_process(credentials: dict[str, str]) -> None:
    assert leaks(credentials, process_arguments()) == []


def test_logs_hold_neither_what_was_typed_nor_whom_was_asked_for(credentials: dict[str, str], root: Running) -> None:
    assert credentials
    private = {"a wrong password": TYPED_WRONG, "a patient's name": PATIENT}
    logs = {place: text for place, text in public_places(root.kubectl).items() if place.startswith("log of")}
    assert logs
    assert leaks(private, logs) == []
