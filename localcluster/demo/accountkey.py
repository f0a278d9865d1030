"""A Google service account key that opens nothing: the adapter wants one at its start, whatever it sends to.

Its form is that of Google Cloud's documentation, "Create and delete service account keys".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from localcluster.demo.kubectl import Object


def account_key_secret(name: str) -> Object:
    """Return a Secret whose key `key.json` is a fresh key of a service account that exists nowhere."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": {"key.json": json.dumps(_account())},
    }


def _account() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    address = "adapter@pacsstack-demo.iam.gserviceaccount.com"
    return {
        "type": "service_account",
        "project_id": "pacsstack-demo",
        "private_key_id": "0" * 40,
        "private_key": pem,
        "client_email": address,
        "client_id": "1" * 21,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
