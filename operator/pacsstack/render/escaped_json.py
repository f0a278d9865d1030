"""JSON that survives what the Orthanc image does to its files before it parses them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def escaped_json(value: Mapping[str, Any]) -> str:
    """Return JSON text without any `$` or `/`.

    The image replaces `$NAME` by environment variables and removes `//` and `/* */` comments in the raw text. Both
    characters occur only inside JSON strings, where an escape means the same (RFC 8259, section 7).
    """
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True)
    return text.replace("$", "\\u0024").replace("/", "\\u002f") + "\n"
