"""How long the operator waits for what, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Periods:
    """All of the operator's patience in one place; nothing but tests needs other values."""

    request: float = 30.0
    """For an answer of the API server, which itself gives up after 60."""

    one_pass: float = 120.0
    """For a pass over one stack; then it is given up and repeated."""

    resync: float = 300.0
    """Until a stack is looked at although nothing happened, such as for a certificate that grows old."""

    unready_resync: float = 30.0
    """The same for a stack that is not ready: that something takes too long is no event."""

    comparison: float = 20.0
    """Between two lists that prove that the watch lives."""

    late: float = 60.0
    """That an event may be late before the watch counts as dead. A silent stream is reopened earlier; see `silence`."""

    silence: float = 70.0
    """Without even a bookmark, which the server sends each minute, after which a watch is opened again."""

    lease: float = 15.0
    """After which an operator that does not renew its Lease is taken for gone."""

    renewal: float = 5.0
    """Between two renewals of the Lease."""

    candidacy: float = 2.0
    """Between two looks of a waiting operator at the Lease."""

    @property
    def term(self) -> float:
        """For how long after a renewal the holder goes on: well before anybody else may take the Lease."""
        return self.lease * 2 / 3
