"""Say what is going on, and how long it has been going on."""

import sys
import time

_STARTED = time.monotonic()


def say(message: str) -> None:
    """Print one progress line with the seconds since the program began; on stderr, for stdout is for answers."""
    sys.stderr.write(f"cluster {time.monotonic() - _STARTED:5.1f}s  {message}\n")
    sys.stderr.flush()
