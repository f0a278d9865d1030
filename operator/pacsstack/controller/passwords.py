"""Make passwords."""

from __future__ import annotations

import secrets
import string

LENGTH = 32
"""Letters and digits of a generated password: 190 bits."""

_ALPHABET = string.ascii_letters + string.digits


def new_password() -> str:
    """Return a new random password of letters and digits.

    It has a letter and a digit, so that no file format takes it for a number or a word.
    """
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
        if any(one.isalpha() for one in password) and any(one.isdigit() for one in password):
            return password
