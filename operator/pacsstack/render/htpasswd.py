"""nginx's password file: one bcrypt hash a user."""

from __future__ import annotations

from collections.abc import Mapping

import bcrypt

COST = 5
"""nginx computes the hash again for every request and serves nobody meanwhile: about 1 ms at cost 5, 50 ms at cost 10,
200 ms at cost 12. What protects the file is the length of generated passwords and that only nginx's pod mounts it."""

_LONGEST = 72
"""bcrypt looks at 72 bytes; crypt(3), which nginx calls, cuts what is longer, and so must we to get the same hash."""


def htpasswd(users: Mapping[str, str], previous: str = "") -> str:
    """Return the file for these users and their passwords, sorted by name.

    A user whose password still fits the hash in `previous` keeps that hash, so an unchanged user changes nothing.

    Raises:
        ValueError: a user name or password cannot be used with HTTP Basic authentication (RFC 7617).
    """
    hashes = dict(line.split(":", 1) for line in previous.splitlines() if ":" in line)
    return "".join(f"{user}:{_hash(user, users[user], hashes.get(user, ''))}\n" for user in sorted(users))


def _hash(user: str, password: str, previous: str) -> str:
    secret = _checked(user, password)
    if previous.startswith(f"$2y${COST:02d}$") and _fits(secret, previous):
        return previous
    # PHP's and nginx's name for the same algorithm is 2y.
    return bcrypt.hashpw(secret, bcrypt.gensalt(COST)).decode().replace("$2b$", "$2y$", 1)


def _fits(secret: bytes, previous: str) -> bool:
    try:
        return bcrypt.checkpw(secret, previous.encode())
    except ValueError:
        return False  # A damaged hash fits nobody and is replaced.


def _checked(user: str, password: str) -> bytes:
    if not user or not user.isprintable() or ":" in user or user.startswith("#"):
        raise ValueError(f"user name {user!r}: use printable characters without a colon, and no # at the start")
    if not password or not password.isprintable():
        raise ValueError(
            f"user {user!r}: give a password of at least one printable character and no control characters"
        )
    return password.encode()[:_LONGEST]
