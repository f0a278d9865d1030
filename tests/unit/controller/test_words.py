"""What leaves the operator: errors, logs, events. None of it may hold a credential."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest

from pacsstack.controller.answers import error_of
from pacsstack.controller.errors import (
    AlreadyExistsError,
    ExpiredError,
    NotFoundError,
    RefusedError,
    TransientError,
)
from pacsstack.controller.events import LONGEST_NOTE, event_of
from pacsstack.controller.logs import JsonFormatter, TextFormatter, about
from pacsstack.controller.passwords import new_password
from pacsstack.controller.queue import Key
from pacsstack.controller.redaction import redacted
from pacsstack.controller.references import ReferenceIndex
from tests.unit.controller.builders import NOW, raw_stack


def answer(**fields: Any) -> str:
    return json.dumps({"kind": "Status", **fields})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, answer(message="no"), NotFoundError),
        (410, answer(message="too old"), ExpiredError),
        (409, answer(reason="AlreadyExists"), AlreadyExistsError),
        (409, answer(reason="Conflict"), TransientError),
        (422, answer(message="invalid"), RefusedError),
        (403, answer(message="exceeded quota"), RefusedError),
        (429, "slow down", TransientError),
        (500, b"<html>", TransientError),
        (503, "[]", TransientError),
    ],
)
def test_each_answer_becomes_the_error_that_says_what_helps(status: int, body: Any, kind: type[Exception]) -> None:
    assert type(error_of(status, body, {})) is kind


def test_the_servers_own_message_and_wish_are_kept() -> None:
    error = error_of(429, answer(message="too many"), {"Retry-After": "7"})
    assert isinstance(error, TransientError)
    assert (str(error), error.retry_after) == ("too many", 7.0)


def test_a_long_answer_is_shortened() -> None:
    assert len(str(error_of(500, "x" * 100_000, {}))) < 1000


def test_messages_about_secrets_hold_none_of_their_values() -> None:
    value = base64.b64encode(b"hunter2hunter2").decode()
    secret = {"kind": "Secret", "data": {"password": value}}
    assert redacted(f"bad value {value!r} aka hunter2hunter2", secret) == "bad value '…' aka …"
    assert redacted("bad value x", {"kind": "ConfigMap"}) == "bad value x"


def test_a_log_line_is_json_and_says_which_stack() -> None:
    record = logging.LogRecord("pacsstack", logging.INFO, "f", 1, "applied %s", ("x",), None)
    with about(Key("radiology", "demo")):
        line = json.loads(JsonFormatter().format(record))
    assert {key: line[key] for key in ("level", "message", "namespace", "name")} == {
        "level": "info",
        "message": "applied x",
        "namespace": "radiology",
        "name": "demo",
    }


def test_kopfs_own_lines_say_which_object() -> None:
    record = logging.LogRecord("kopf", logging.WARNING, "f", 1, "hm", (), None)
    record.k8s_ref = {"namespace": "radiology", "name": "demo"}
    assert json.loads(JsonFormatter().format(record))["namespace"] == "radiology"
    assert "radiology/demo" in TextFormatter().format(record)


def test_an_event_names_the_resource_and_fits_the_servers_bounds() -> None:
    condition = {"type": "Ready", "status": "False", "reason": "SecretNotFound", "message": "ä" * 5000}
    event = event_of(raw_stack(), condition, NOW)
    assert event["type"] == "Warning"
    assert event["regarding"]["name"] == "demo"
    assert len(event["note"].encode()) <= LONGEST_NOTE


def test_passwords_are_letters_and_digits_of_both_kinds() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 32 and one.isalnum() and one.isascii() for one in made)
    assert all(any(letter.isalpha() for letter in one) and any(letter.isdigit() for letter in one) for one in made)


def test_the_index_knows_who_names_a_secret() -> None:
    index, one, other = ReferenceIndex(), Key("a", "one"), Key("a", "other")
    index.set(one, {"shared", "old"})
    index.set(other, {"shared"})
    assert index.stacks("a", "shared") == {one, other}
    index.set(one, {"shared"})
    assert index.stacks("a", "old") == frozenset()
    index.forget(one)
    assert index.stacks("a", "shared") == {other}
    assert index.everyone() == {other}
    assert index.stacks("b", "shared") == frozenset()
