"""Writes /tmp/orthanc.json, or says why not and ends with the real image's exit code."""

import json
import os
import sys
from pathlib import Path

from .errors import StartError
from .generate import generate

_TARGET = Path("/tmp/orthanc.json")


def main() -> int:
    """Make the configuration; the exit code is 0 when it was written."""
    try:
        gathered = generate(Path("/"), os.environ)
    except StartError as error:
        sys.stdout.write(f"ERROR: {error}\n")
        return error.exit_code
    for warning in gathered.warnings:
        sys.stdout.write(f"WARNING: {warning}\n")
    text = json.dumps(gathered.configuration, indent=2)
    if os.environ.get("VERBOSE_STARTUP", "false") in {"", "true"}:
        sys.stdout.write(f"generated configuration file: {text}\n")
    _TARGET.write_text(text)
    return 0


sys.exit(main())
