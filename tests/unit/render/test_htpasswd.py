"""nginx's password file."""

from __future__ import annotations

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacsstack.render.htpasswd import htpasswd


def hashes(text: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in text.splitlines())


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=100))
def test_any_password_is_verified_by_its_hash(password: str) -> None:
    (written,) = hashes(htpasswd({"a": password})).values()
    assert written.startswith("$2y$05$")
    assert bcrypt.checkpw(password.encode()[:72], written.encode())


def test_an_unchanged_user_changes_nothing() -> None:
    first = htpasswd({"b": "two", "a": "one"})
    assert htpasswd({"a": "one", "b": "two"}, first) == first
    assert list(hashes(first)) == ["a", "b"]


def test_a_changed_password_changes_its_own_line_only() -> None:
    first = htpasswd({"a": "one", "b": "two"})
    second = htpasswd({"a": "one", "b": "three"}, first)
    assert hashes(first)["a"] == hashes(second)["a"]
    assert hashes(first)["b"] != hashes(second)["b"]
    assert list(hashes(htpasswd({"a": "one"}, first))) == ["a"]


@pytest.mark.parametrize("damaged", ["a:$2y$05$short\n", "a:$2y$12$abc\n", "nonsense", "a:\n", "a:{SHA}x\n"])
def test_a_damaged_line_is_written_again(damaged: str) -> None:
    (written,) = hashes(htpasswd({"a": "one"}, damaged)).values()
    assert bcrypt.checkpw(b"one", written.encode())


@pytest.mark.parametrize("user", ["", "a:b", "a\nb", "#a", "a\x00"])
def test_a_name_that_would_break_the_file_is_refused(user: str) -> None:
    with pytest.raises(ValueError, match="user name"):
        htpasswd({user: "x"})


@pytest.mark.parametrize("password", ["", "a\nb", "a\x00b"])
def test_a_password_that_http_cannot_carry_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="user 'a'"):
        htpasswd({"a": password})
