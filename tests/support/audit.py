"""The API server's audit log as a witness of who wrote what (kubernetes.io, "Auditing")."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcluster.demo.cluster import ROOT
from localcluster.demo.install import OPERATOR_NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

    from localcluster.demo.kubectl import Object

LOG = ROOT / ".local" / "cluster" / "audit.log"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}


@dataclass(frozen=True)
class Mark:
    """A place in the audit log; what is asked for came after it."""

    inode: int
    offset: int

    @classmethod
    def now(cls, log: Path = LOG) -> Mark:
        found = log.stat()
        return cls(found.st_ino, found.st_size)

    def operator_requests(self, namespace: str, log: Path = LOG) -> list[Object]:
        """Everything that the operator has asked for in a namespace since then, and was answered."""
        if log.stat().st_ino != self.inode:
            raise RuntimeError(f"{log} was rotated during the test: raise the API server's --audit-log-maxsize")
        return [entry for entry in entries_since(self.offset, log) if _is_operators(entry, namespace)]

    def operator_writes(self, namespace: str) -> list[str]:
        """Every write of the operator in a namespace since then, as `verb resource/name`."""
        return [
            f"{entry['verb']} {entry['objectRef']['resource']}/{entry['objectRef'].get('name', '')}"
            for entry in self.operator_requests(namespace)
            if entry["verb"] in WRITES
        ]


def entries_since(offset: int, log: Path) -> list[Object]:
    """Every entry that began to be written at or after a place in the log, and is complete."""
    with log.open("rb") as file:
        file.seek(max(offset - 1, 0))
        if offset:
            # The rest of an entry that was being written when the place was noted; just its end if it was complete.
            file.readline()
        return [json.loads(line) for line in file if line.endswith(b"\n")]


def _is_operators(entry: Object, namespace: str) -> bool:
    user = entry.get("user", {}).get("username", "")
    return (
        entry.get("stage") == "ResponseComplete"
        and user.startswith(f"system:serviceaccount:{OPERATOR_NAMESPACE}:")
        and entry.get("objectRef", {}).get("namespace") == namespace
    )
