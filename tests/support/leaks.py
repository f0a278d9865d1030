"""Look for credentials where none may be."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from localcluster.demo.kubectl import Kubectl, Object

PUBLIC_KEYS = {"username", "tls.crt", "ca.crt"}
"""Keys of Secrets whose values everybody may know."""

_HASH = re.compile(r"\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}")
_BASIC = re.compile(r"Basic ([A-Za-z0-9+/=]{8,})")
_KEY_LINE = re.compile(r"^[A-Za-z0-9+/]{64}$", re.MULTILINE)
_PASSWORD_LENGTH = range(8, 129)


def credentials_of(kubectl: Kubectl) -> dict[str, str]:
    """Every credential in the Secrets of a namespace: what it is called, and its text."""
    found: dict[str, str] = {}
    for secret in kubectl.list("secrets"):
        for key, encoded in secret.get("data", {}).items():
            for number, text in enumerate(_credentials_in(key, base64.b64decode(encoded).decode())):
                found[f"{secret['metadata']['name']}/{key}#{number}"] = text
    return found


def _credentials_in(key: str, value: str) -> Iterator[str]:
    if key in PUBLIC_KEYS:
        return
    yield from _HASH.findall(value)
    yield from _BASIC.findall(value)
    if "PRIVATE KEY" in value:
        yield from _KEY_LINE.findall(value.replace("\\n", "\n"))
    elif "\n" not in value and len(value) in _PASSWORD_LENGTH:
        yield value


def leaks(credentials: Mapping[str, str], places: Mapping[str, str]) -> list[str]:
    """Name each credential that is in a place, in clear or in base64; never its value."""
    return [
        f"{name} is in {place}"
        for place, text in places.items()
        for name, credential in credentials.items()
        if any(form in text for form in _forms(credential))
    ]


def _forms(credential: str) -> tuple[str, ...]:
    return credential, base64.b64encode(credential.encode()).decode().rstrip("=")


def public_places(kubectl: Kubectl) -> dict[str, str]:
    """Everything in a namespace that is no Secret's content: objects, events, logs, and the Secrets' own metadata."""
    return {**_objects(kubectl), **_logs(kubectl)}


def _objects(kubectl: Kubectl) -> dict[str, str]:
    kinds = kubectl.run("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
    texts = {
        kind: kubectl.run("get", kind, "-o", "yaml", "--show-managed-fields") for kind in kinds if kind != "secrets"
    }
    metadata: list[Object] = [secret["metadata"] for secret in kubectl.list("secrets", "--show-managed-fields")]
    return {**texts, "metadata of secrets": json.dumps(metadata)}


def _logs(kubectl: Kubectl) -> dict[str, str]:
    return {f"log of {pod['metadata']['name']}": _log(kubectl, pod["metadata"]["name"]) for pod in kubectl.list("pods")}


def _log(kubectl: Kubectl, pod: str) -> str:
    now = kubectl.run("logs", pod, "--all-containers")
    return now + kubectl.process("logs", pod, "--all-containers", "--previous").stdout


def process_arguments() -> dict[str, str]:
    """The arguments of every process on this machine, pods' included."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found[f"arguments of process {path.parent.name}"] = (
                path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended while we looked.
    return found
