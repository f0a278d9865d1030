"""Wait for something that has no watch, with a bound and a clear error."""

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from localcluster.errors import ClusterError

_INTERVAL_SECONDS = 0.1


def wait_for(
    condition: Callable[[], bool], what: str, seconds: float, while_true: Callable[[], None] = lambda: None
) -> None:
    """Return once the condition holds.

    Args:
        condition: what is asked again and again.
        what: the condition in words, for the error.
        seconds: how long to ask.
        while_true: raises when there is no use in going on, such as a process that has ended.

    Raises:
        ClusterError: the condition did not hold in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        while_true()
        if time.monotonic() > end:
            raise ClusterError(f"{what}: not so after {seconds:.0f} s; read .local/*/logs, then `make cluster-down`")
        time.sleep(_INTERVAL_SECONDS)


def answers(url: str, context: ssl.SSLContext | None = None) -> bool:
    """Whether a GET of this URL is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2, context=context) as response:  # noqa: S310 (our own URLs)
            return bool(response.status == 200)  # noqa: PLR2004 (HTTP OK)
    except (urllib.error.URLError, OSError):
        return False
