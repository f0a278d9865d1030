"""Runs the adapter until it is told to stop."""

import logging
import os
import signal
import sys

from .errors import CredentialError, FlagError
from .flags import USAGE, parse
from .service import start

_LINE = "%(asctime)s [%(threadName)s] %(levelname)s %(name)s - %(message)s"
_ENDING = (signal.SIGTERM, signal.SIGINT)
_TERMINATED = 128 + signal.SIGTERM


def main() -> int:
    """Serve until SIGTERM or SIGINT; ends with 1 and one line when it cannot begin."""
    # Blocked and waited for, in this thread and all later ones: a handler could run in the middle of any call.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        flags = parse(sys.argv[1:], os.environ)
        if flags.help:
            sys.stdout.write(USAGE)
            return 0
        _log(verbose=flags.verbose)
        start(flags, os.environ)
    except (FlagError, CredentialError, OSError) as error:
        sys.stderr.write(f"import adapter: {error}\n")
        return 1
    signal.sigwait(_ENDING)
    # The real one ends at once too: what it has not acknowledged, the sender sends again.
    sys.stdout.flush()
    os._exit(_TERMINATED)


def _log(*, verbose: bool) -> None:
    """ERROR, or DEBUG when verbose; the real adapter knows nothing between."""
    level = logging.DEBUG if verbose else logging.ERROR
    logging.basicConfig(stream=sys.stdout, level=level, format=_LINE)
    # pynetdicom brings a level and a handler of its own.
    library = logging.getLogger("pynetdicom")
    library.handlers.clear()
    library.setLevel(level)


if __name__ == "__main__":
    sys.exit(main())
