"""Try a TLS handshake with versions of one's choice, also those that the local OpenSSL is shy of."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT = 10


def negotiated(host: str, port: int, newest: ssl.TLSVersion) -> str | None:
    """Return the TLS version that a client gets that knows nothing newer than `newest`, or None when it is refused."""
    context = _permissive(ssl.PROTOCOL_TLS_CLIENT, newest)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), TIMEOUT) as plain, context.wrap_socket(plain) as secured:
            return secured.version()
    except (ssl.SSLError, ConnectionResetError):
        return None


@contextlib.contextmanager
def permissive_server(certificate: Path, key: Path) -> Iterator[int]:
    """Run a server that agrees to any TLS version, and yield its port: the proof that `negotiated` can succeed."""
    context = _permissive(ssl.PROTOCOL_TLS_SERVER, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve_one, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1]


def _serve_one(listener: socket.socket, context: ssl.SSLContext) -> None:
    plain, _ = listener.accept()
    with plain, contextlib.suppress(ssl.SSLError, OSError), context.wrap_socket(plain, server_side=True) as secured:
        secured.recv(1)


def _permissive(protocol: int, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
    return context
