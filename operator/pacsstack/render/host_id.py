"""The host id of an Orthanc, from which DICOM unique identifiers are made."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack


def host_id(stack: PacsStack) -> str:
    """Return four characters that differ between stacks, for `/etc/hostid`.

    DCMTK makes an identifier from host id, process id, time and a counter. In containers the process id is always the
    same, and the image's own file, which a read-only root file system keeps as it is, is the same too: two archives
    could give one identifier to two images. gethostid(3) reads four bytes.
    """
    identity = f"{stack.metadata.namespace}/{stack.metadata.name}/{stack.metadata.uid}"
    return base64.b32encode(hashlib.sha256(identity.encode()).digest())[:4].decode()
