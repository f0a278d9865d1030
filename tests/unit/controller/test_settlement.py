from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

from pacsstack.controller.certificate_checks import covers
from pacsstack.controller.certificates import new_authority, new_server_certificate
from pacsstack.controller.settlement import Settlement, settle
from pacsstack.render.inputs import Images, Inputs
from pacsstack.spec.status import ConditionType, Reason
from tests.unit.controller.builders import NOW, lookup

AUTHORITY = new_authority("theirs", NOW)
PAIR = new_server_certificate(AUTHORITY, ["pacs.example.org"], 90, NOW)


def tls(**changes: bytes) -> dict[str, bytes]:
    return {"tls.crt": PAIR.certificate.encode(), "tls.key": PAIR.key.encode(), **changes}


def settled(
    spec: dict[str, Any] | None = None, vault: dict[str, dict[str, bytes]] | None = None, **around: Any
) -> Settlement:
    return settle(lookup(spec, vault, **around), Images())


def vault_of(inputs: Inputs) -> dict[str, dict[str, bytes]]:
    assert inputs.authority is not None
    logins = {"internal": inputs.internal, "postgres": inputs.postgres}
    secrets = {
        part: {key: value.encode() for key, value in dataclasses.asdict(it).items()} for part, it in logins.items()
    }
    secrets["users"] = {name: password.encode() for name, password in inputs.users.items()}
    secrets["ca"] = {"tls.crt": inputs.authority.certificate.encode(), "tls.key": inputs.authority.key.encode()}
    secrets["tls"] = {"tls.crt": inputs.server.certificate.encode(), "tls.key": inputs.server.key.encode()}
    secrets["proxy"] = {"htpasswd": inputs.htpasswd.encode()}
    return {f"demo-{part}": data for part, data in secrets.items()}


@pytest.fixture(scope="module")
def first() -> Inputs:
    inputs = settled().inputs
    assert inputs is not None
    return inputs


def test_a_new_stack_gets_everything_made(first: Inputs) -> None:
    assert list(first.users) == ["admin"]
    assert len({first.internal.password, first.postgres.password, first.users["admin"]}) == 3
    assert covers(first.server.certificate, "demo-proxy.radiology.svc")


def test_what_is_there_is_taken_as_it_is(first: Inputs) -> None:
    assert settled(vault=vault_of(first)).inputs == first


def test_a_changed_password_or_user_is_taken_over(first: Inputs) -> None:
    vault = vault_of(first)
    vault["demo-users"]["admin"] = b"chosen"
    vault["demo-users"]["reader"] = b"second"
    inputs = settled(vault=vault).inputs
    assert inputs is not None
    assert inputs.users == {"admin": "chosen", "reader": "second"}
    assert inputs.htpasswd.count("\n") == 2


@pytest.mark.parametrize("part", ["internal", "postgres", "users", "ca"])
def test_a_lost_secret_is_never_silently_made_anew(first: Inputs, part: str) -> None:
    vault = vault_of(first)
    del vault[f"demo-{part}"]
    everything = frozenset({"internal", "postgres", "users", "ca"})
    around = {
        "claims": frozenset({"demo-postgres", "demo-orthanc"}),
        "recorded": everything - {part if part == "internal" else ""},
    }
    lost = settled(vault=vault, **around)
    assert lost.inputs is None
    assert [(one.condition, one.reason) for one in lost.problems] == [
        (ConditionType.CREDENTIALS_READY, Reason.CREDENTIALS_LOST)
    ]
    assert f"demo-{part}" in lost.problems[0].message
    assert "regenerate-credentials" in lost.problems[0].message
    assert settled(vault=vault, regenerate=True, **around).inputs is not None


def test_a_secret_that_never_was_is_made_although_volumes_live(first: Inputs) -> None:
    vault = vault_of(first)
    del vault["demo-users"], vault["demo-ca"]
    made = settled(vault=vault, claims=frozenset({"demo-orthanc"}), recorded=frozenset({"internal", "postgres"}))
    assert made.inputs is not None


def test_a_derived_certificate_is_simply_made_again(first: Inputs) -> None:
    vault = vault_of(first)
    del vault["demo-tls"]
    inputs = settled(vault=vault, claims=frozenset({"demo-orthanc"}), recorded=frozenset({"ca", "users"})).inputs
    assert inputs is not None
    assert inputs.authority == first.authority
    assert inputs.server.certificate != first.server.certificate


def test_the_load_balancers_address_comes_into_the_certificate(first: Inputs) -> None:
    inputs = settled(vault=vault_of(first), addresses=("192.0.2.7",)).inputs
    assert inputs is not None
    assert covers(inputs.server.certificate, "192.0.2.7")


def test_an_old_certificate_is_renewed_from_the_same_authority(first: Inputs) -> None:
    inputs = settled(vault=vault_of(first), now=NOW + timedelta(days=70)).inputs
    assert inputs is not None
    assert inputs.server.certificate != first.server.certificate
    assert inputs.authority == first.authority


def test_an_ended_authority_is_a_condition_with_a_cure(first: Inputs) -> None:
    ended = settled(vault=vault_of(first), now=NOW + timedelta(days=3651))
    assert ended.inputs is None
    assert ended.problems[0].reason == Reason.CERTIFICATE_EXPIRED


USERS = {"proxy": {"users": {"secretName": "people"}}}
TLS = {"proxy": {"tls": {"secretName": "cert"}, "host": "pacs.example.org"}}
CLIENT_CA = {"proxy": {"dicom": {"tls": {"clientCA": {"secretName": "modalities"}}}}}
DATABASE = {
    "postgres": {
        "external": {"host": "db", "credentialsSecret": "login", "caSecret": "dbca"},
    }
}
ADAPTER = {"adapter": {"import": {"dicomwebURL": "http://store", "credentialsSecret": "key"}}}
GOOD = {
    "people": {"ann": b"secret"},
    "cert": tls(),
    "modalities": {"ca.crt": AUTHORITY.certificate.encode()},
    "login": {"username": b"orthanc", "password": b"secret"},
    "dbca": {"ca.crt": AUTHORITY.certificate.encode()},
    "key": {"key.json": json.dumps({"type": "service_account"}).encode()},
}


@pytest.mark.parametrize("spec", [USERS, TLS, CLIENT_CA, DATABASE, ADAPTER])
def test_good_secrets_of_the_users_are_taken(spec: dict[str, Any]) -> None:
    result = settled(spec, GOOD)
    assert result.problems == ()
    assert result.inputs is not None


@pytest.mark.parametrize(
    ("spec", "secret", "content", "reason", "said"),
    [
        (USERS, "people", None, Reason.SECRET_NOT_FOUND, "spec.proxy.users.secretName"),
        (USERS, "people", {}, Reason.SECRET_INVALID, "no keys"),
        (USERS, "people", {"a:b": b"x"}, Reason.SECRET_INVALID, "colon"),
        (USERS, "people", {"ann": b""}, Reason.SECRET_INVALID, "empty"),
        (USERS, "people", {"ann": b"secret\n"}, Reason.SECRET_INVALID, "line break"),
        (USERS, "people", {"ann": b"\xff\xfe"}, Reason.SECRET_INVALID, "UTF-8"),
        (USERS, "people", {"ann": b"x" * 73}, Reason.SECRET_INVALID, "72"),
        (TLS, "cert", None, Reason.SECRET_NOT_FOUND, "spec.proxy.tls.secretName"),
        (TLS, "cert", {"tls.crt": b"x"}, Reason.SECRET_KEY_MISSING, "tls.key"),
        (TLS, "cert", tls(**{"tls.crt": b"x"}), Reason.CERTIFICATE_INVALID, "no certificate"),
        (TLS, "cert", tls(**{"tls.key": AUTHORITY.key.encode()}), Reason.CERTIFICATE_INVALID, "does not belong"),
        (CLIENT_CA, "modalities", {"ca.crt": b"x"}, Reason.CERTIFICATE_INVALID, "no certificate"),
        (CLIENT_CA, "modalities", {"x": b"x"}, Reason.SECRET_KEY_MISSING, "ca.crt"),
        (DATABASE, "login", {"username": b"x"}, Reason.SECRET_KEY_MISSING, "password"),
        (DATABASE, "dbca", None, Reason.SECRET_NOT_FOUND, "caSecret"),
    ],
)
def test_bad_secrets_of_the_users_block_with_a_cure(
    spec: dict[str, Any], secret: str, content: dict[str, bytes] | None, reason: Reason, said: str
) -> None:
    vault = {name: data for name, data in {**GOOD, secret: content}.items() if data is not None}
    result = settled(spec, vault)
    assert result.inputs is None
    assert [(one.condition, one.reason) for one in result.problems] == [(ConditionType.CREDENTIALS_READY, reason)]
    assert repr(secret) in result.problems[0].message
    assert said in result.problems[0].message


def test_a_certificate_that_clients_complain_about_does_not_stop_the_rest() -> None:
    result = settled(
        {"proxy": {"tls": {"secretName": "cert"}, "host": "other.example.org"}}, GOOD, now=NOW + timedelta(days=91)
    )
    assert result.inputs is not None
    assert [one.reason for one in result.problems] == [Reason.CERTIFICATE_EXPIRED, Reason.CERTIFICATE_INVALID]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, Reason.SECRET_NOT_FOUND), ({}, Reason.SECRET_KEY_MISSING), ({"key.json": b"{"}, Reason.SECRET_INVALID)],
)
def test_a_bad_adapter_key_is_the_adapters_problem_alone(content: dict[str, bytes] | None, reason: Reason) -> None:
    result = settled(ADAPTER, {} if content is None else {"key": content})
    assert result.inputs is not None
    assert [(one.condition, one.reason) for one in result.problems] == [(ConditionType.ADAPTER_READY, reason)]


def test_no_message_holds_a_credential() -> None:
    vault = {**GOOD, "people": {"ann": b"hunter2hunter2\n"}}
    assert "hunter2" not in str(settled(USERS, vault).problems)
