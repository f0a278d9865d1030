"""Keep credentials out of messages. Pure."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacsstack.controller.resources import Object

_SHORTEST = 4
"""Characters below which a value is no secret worth hiding, and too likely to be part of a word."""


def redacted(message: str, item: Object) -> str:
    """Return the message without the values of a Secret, encoded or decoded."""
    if item["kind"] != "Secret":
        return message
    for value in sorted(_values(item), key=len, reverse=True):
        message = message.replace(value, "…")
    return message


def _values(item: Object) -> set[str]:
    encoded = {value for value in item.get("data", {}).values() if value}
    return {value for value in encoded | {_decoded(value) for value in encoded} if len(value) >= _SHORTEST}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except binascii.Error:
        return ""
