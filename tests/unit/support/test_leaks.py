from __future__ import annotations

import base64

import pytest

from tests.support.leaks import _credentials_in, leaks

PASSWORD = "correct-horse-battery"
HASH = "$2y$05$" + "a" * 53
KEY_LINE = "M" * 64


@pytest.mark.parametrize("text", [PASSWORD, base64.b64encode(PASSWORD.encode()).decode()])
def test_a_credential_is_found_and_not_repeated(text: str) -> None:
    found = leaks({"users/admin": PASSWORD}, {"configmaps": f"a: {text}", "pods": "b: c"})
    assert found == ["users/admin is in configmaps"]


@pytest.mark.parametrize(
    ("key", "value", "credentials"),
    [
        ("admin", PASSWORD, [PASSWORD]),
        ("username", "a-user-name", []),
        ("htpasswd", f"admin:{HASH}\n", [HASH]),
        ("upstream.conf", 'proxy_set_header Authorization "Basic YWRtaW46c2VjcmV0";\n', ["YWRtaW46c2VjcmV0"]),
        ("tls.key", f"-----BEGIN PRIVATE KEY-----\n{KEY_LINE}\nshort\n-----END PRIVATE KEY-----\n", [KEY_LINE]),
        ("key.json", f'{{"private_key": "-----BEGIN PRIVATE KEY-----\\n{KEY_LINE}\\nx"}}', [KEY_LINE]),
    ],
)
def test_credentials_are_told_from_what_everybody_may_know(key: str, value: str, credentials: list[str]) -> None:
    assert list(_credentials_in(key, value)) == credentials
