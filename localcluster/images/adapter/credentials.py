"""Application default credentials, of the one kind that works without Google: a service account key file."""

import base64
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from .errors import CredentialError

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
_REQUIRED = ("client_id", "client_email", "private_key", "private_key_id")
_LIFETIME = 3600
"""Seconds that a signed assertion holds, the most that Google takes."""
_MARGIN = 300
"""Seconds before its end at which a token is made again."""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Credentials(Protocol):
    """Whatever can authorise a request."""

    def bearer(self, url: str) -> str:
        """A bearer token for a request to `url`."""


@dataclass(frozen=True)
class Key:
    """A service account's key."""

    email: str
    identity: str
    private: RSAPrivateKey
    token_url: str

    def assertion(self, claims: Mapping[str, Any]) -> str:
        """A JSON web token (RFC 7519) signed with the key, RS256."""
        now = int(time.time())
        header = {"alg": "RS256", "typ": "JWT", "kid": self.identity}
        body = {"iss": self.email, "iat": now, "exp": now + _LIFETIME, **claims}
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, body))
        signature = self.private.sign(signed.encode(), PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encoded(signature)}"


@dataclass
class SelfSigned:
    """Tokens that the key signs itself, one per server; nobody is asked. Used when there are no scopes."""

    key: Key
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def bearer(self, url: str) -> str:
        """A token for the server of `url`."""
        parts = urllib.parse.urlsplit(url)
        audience = f"{parts.scheme}://{parts.netloc}/"
        token, end = self._tokens.get(audience, ("", 0.0))
        if time.time() > end - _MARGIN:
            token = self.key.assertion({"sub": self.key.email, "aud": audience})
            self._tokens[audience] = (token, time.time() + _LIFETIME)
        return token


@dataclass
class Scoped:
    """Tokens that the key's token server gives for some scopes."""

    key: Key
    scopes: Sequence[str]
    _token: str = ""
    _end: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bearer(self, url: str) -> str:
        """A token for any server; `url` does not matter.

        Raises:
            CredentialError: the token server refuses or cannot be reached.
        """
        del url
        with self._lock:
            if time.time() > self._end - _MARGIN:
                answer = self._ask()
                self._token = str(answer["access_token"])
                self._end = time.time() + float(answer.get("expires_in", _LIFETIME))
            return self._token

    def _ask(self) -> dict[str, Any]:
        assertion = self.key.assertion({"aud": self.key.token_url, "scope": " ".join(self.scopes)})
        form = urllib.parse.urlencode({"grant_type": _GRANT, "assertion": assertion}).encode()
        try:
            # S310: the key file, which only an administrator writes, names the server.
            with urllib.request.urlopen(self.key.token_url, form, timeout=20) as answer:  # noqa: S310
                content: dict[str, Any] = json.load(answer)
        except (OSError, ValueError) as error:
            raise CredentialError(
                f"Error getting access token for service account: {error}, iss: {self.key.email}"
            ) from error
        return content


def application_default(environment: Mapping[str, str], scopes: Sequence[str]) -> Credentials:
    """The credentials that the environment points to. The real adapter wants them whatever server it sends to.

    Raises:
        CredentialError: there are none, or they are no service account key.
    """
    place = environment.get(VARIABLE)
    if not place:
        raise CredentialError(
            f"application default credentials are not available: point {VARIABLE} at a service account key file"
            " (Google Compute Engine, where they come from the metadata server, is not here)"
        )
    key = _read(Path(place))
    return Scoped(key, scopes) if scopes else SelfSigned(key)


def _read(path: Path) -> Key:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CredentialError(f"error reading credential file from {VARIABLE}, value {path}: {error}") from error
    missing = [name for name in _REQUIRED if not content.get(name)]
    if content.get("type") != "service_account" or missing:
        raise CredentialError(
            f"{path} is no service account key: expecting type service_account and {', '.join(_REQUIRED)}"
        )
    return Key(
        content["client_email"],
        content["private_key_id"],
        _private_key(content["private_key"], path),
        content.get("token_uri") or "https://oauth2.googleapis.com/token",
    )


def _private_key(text: str, path: Path) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except ValueError as error:
        raise CredentialError(f"the private_key of {path} is no PKCS#8 key") from error
    if not isinstance(key, RSAPrivateKey):
        raise CredentialError(f"the private_key of {path} is no RSA key")
    return key


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
