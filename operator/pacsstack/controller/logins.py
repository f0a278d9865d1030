"""Check user names and passwords that people put into Secrets. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from pacsstack.controller.problems import Problem, credentials_problem
from pacsstack.render.inputs import Login
from pacsstack.spec.status import Reason

SecretData = Mapping[str, bytes]
"""The decoded `data` of a Secret."""

LONGEST_PASSWORD = 72
"""Bytes of a password that bcrypt looks at; a longer one would be cut without a word."""


def users_of(secret: str, data: SecretData) -> tuple[dict[str, str], list[Problem]]:
    """Return the users of the proxy and what is wrong with them."""
    if not data:
        return {}, [
            _invalid(secret, "has no keys", "add a key for each user: the user's name, with the password as value")
        ]
    checked = {name: (_name_fault(name) or _password_fault(value)) for name, value in sorted(data.items())}
    problems = [_invalid(secret, f"key {name!r}: {fault[0]}", fault[1]) for name, fault in checked.items() if fault]
    return {name: data[name].decode() for name, fault in checked.items() if fault is None}, problems


def login_of(secret: str, data: SecretData) -> tuple[Login | None, list[Problem]]:
    """Return the login in the keys `username` and `password`, or what is wrong with them."""
    missing = [key for key in ("username", "password") if key not in data]
    if missing:
        return None, [key_missing(secret, key) for key in missing]
    for key in ("username", "password"):
        fault = _text_fault(data[key])
        if fault:
            return None, [_invalid(secret, f"key {key!r}: {fault[0]}", fault[1])]
    return Login(data["username"].decode(), data["password"].decode()), []


def not_found(secret: str, field: str) -> Problem:
    """Return the problem of a Secret that the spec names and that is not there."""
    message = f"Secret {secret!r}, named by `{field}`, does not exist: create it in this namespace, or correct the name"
    return credentials_problem(Reason.SECRET_NOT_FOUND, message)


def key_missing(secret: str, key: str) -> Problem:
    """Return the problem of a Secret without a key that it needs."""
    return credentials_problem(Reason.SECRET_KEY_MISSING, f"Secret {secret!r} has no key {key!r}: add it")


def _invalid(secret: str, fault: str, cure: str) -> Problem:
    return credentials_problem(Reason.SECRET_INVALID, f"Secret {secret!r} {fault}: {cure}")


Fault = tuple[str, str]


def _name_fault(name: str) -> Fault | None:
    if ":" in name or name.startswith("#") or not name.isprintable():
        return "a user name has no colon, no # at its start and no control characters", "rename the key"
    return None


def _password_fault(value: bytes) -> Fault | None:
    if len(value) > LONGEST_PASSWORD:
        return f"the password is longer than {LONGEST_PASSWORD} bytes", "choose a shorter one"
    return _text_fault(value)


def _text_fault(value: bytes) -> Fault | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "the value is not UTF-8 text", "write it as text"
    if not text:
        return "the value is empty", "give it one"
    if text.endswith("\n"):
        return "the value ends with a line break", "make it without, such as by `printf` instead of `echo`"
    if not text.isprintable():
        return "the value holds a control character", "remove it"
    return None
