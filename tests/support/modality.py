"""A modality that keeps sending, whatever happens to the archive, and remembers what was acknowledged."""

from __future__ import annotations

import hashlib
import threading
from io import BytesIO
from typing import TYPE_CHECKING, Self

from pydicom import dcmread
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE

from localcluster.demo.study import Instance, many_images

if TYPE_CHECKING:
    from pynetdicom.association import Association

    from localcluster.demo.dcmtk import Peer

SUCCESS = 0x0000


class BusyModality:
    """Sends one image after the other from a thread of its own until it is left.

    An image that is not acknowledged is sent again on a new association, as a modality with a queue does.
    """

    def __init__(self, peer: Peer, seed: str) -> None:
        self.acknowledged: dict[str, str] = {}
        self.study_uid = next(many_images(seed)).study_uid
        self._images = many_images(seed)
        self._peer = peer
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"modality {seed}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _work(self) -> None:
        image = next(self._images)
        while not self._done.is_set():
            association = self._associate()
            while association.is_established and not self._done.is_set():
                if not self._send(association, image):
                    association.abort()
                    break
                image = next(self._images)
            if association.is_established:
                association.release()
            self._done.wait(0.2)

    def _associate(self) -> Association:
        entity = AE("BUSY")
        entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
        entity.acse_timeout = entity.connection_timeout = 5
        entity.dimse_timeout = entity.network_timeout = 20
        return entity.associate(self._peer.host, self._peer.port, ae_title=self._peer.ae_title)

    def _send(self, association: Association, image: Instance) -> bool:
        try:
            answer = association.send_c_store(dcmread(BytesIO(image.content)))
        except (RuntimeError, ValueError):
            return False  # The association went away between two images.
        if getattr(answer, "Status", None) != SUCCESS:
            return False
        self.acknowledged[image.sop_instance_uid] = hashlib.sha256(image.dataset).hexdigest()
        return True
