#!/usr/bin/env python3
"""Ends with 0 when Orthanc answers a question that needs its database, with the first user of /tmp/orthanc.json."""

import argparse
import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

_CONFIGURATION = Path("/tmp/orthanc.json")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask Orthanc for its last change.")
    parser.add_argument("--http_port", type=int)
    for name in ("--http_scheme", "--user", "--pwd", "--certfile", "--keyfile", "--keypwd"):
        parser.add_argument(name)
    return parser.parse_args()


def _configuration() -> dict[str, Any]:
    if not _CONFIGURATION.exists():
        return {}
    content: dict[str, Any] = json.loads(_CONFIGURATION.read_text())
    return content


def _credential(options: argparse.Namespace, configuration: dict[str, Any]) -> tuple[str, str] | None:
    users: dict[str, str] = configuration.get("RegisteredUsers") or {}
    user = options.user or next(iter(users), None)
    password = options.pwd or users.get(user or "")
    return (user, password) if user and password else None


def _request(options: argparse.Namespace, configuration: dict[str, Any]) -> urllib.request.Request:
    secured = options.certfile or configuration.get("SslEnabled")
    scheme = options.http_scheme or ("https" if secured else "http")
    port = options.http_port or configuration.get("HttpPort", 8042)
    request = urllib.request.Request(f"{scheme}://localhost:{port}/changes?last")  # noqa: S310  # the scheme is http or https
    credential = _credential(options, configuration)
    if credential:
        request.add_header("Authorization", "Basic " + base64.b64encode(":".join(credential).encode()).decode())
    return request


def _context(options: argparse.Namespace) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = (
        False,
        ssl.CERT_NONE,
    )  # the certificate names the Service, not localhost
    if options.certfile:
        context.load_cert_chain(options.certfile, options.keyfile, options.keypwd)
    return context


def main() -> int:
    """Ask once; the exit code is the answer."""
    options = _options()
    try:
        with urllib.request.urlopen(_request(options, _configuration()), context=_context(options)) as answer:  # noqa: S310
            return 0 if answer.status == HTTPStatus.OK else 1
    except (OSError, ValueError) as error:
        sys.stderr.write(f"Orthanc does not answer: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
