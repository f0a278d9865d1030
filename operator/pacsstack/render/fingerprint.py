"""A fingerprint of the files that a pod mounts: it changes when a file does, and then the pod is replaced."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

ANNOTATION = "pacsstack.io/config-hash"


def fingerprint(key: str, files: Mapping[str, str]) -> str:
    """Return 16 hexadecimal digits that stand for the files' names and contents.

    The digest is keyed with a secret, since anyone who may read a pod may read its annotations: a plain digest would
    let a weak password among the files be guessed.
    """
    digest = hmac.new(key.encode(), digestmod=hashlib.sha256)
    for name in sorted(files):
        for part in (name.encode(), files[name].encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:16]
