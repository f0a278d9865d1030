"""Turn a refusal of the API server into the error that says what helps. Pure.

Source: kubernetes/community, "API Conventions", HTTP status codes.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from pacsstack.controller.errors import (
    AlreadyExistsError,
    ApiError,
    ExpiredError,
    NotFoundError,
    RefusedError,
    TransientError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_FINAL = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_MESSAGE_LIMIT = 600


def error_of(status: int, body: str | bytes | None, headers: Mapping[str, str]) -> ApiError:
    """Return the error for an HTTP status and the `Status` object in its body."""
    message, reason = _explanation(status, body)
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(message)
    if status == HTTPStatus.GONE:
        return ExpiredError(message)
    if status == HTTPStatus.CONFLICT and reason == "AlreadyExists":
        return AlreadyExistsError(message)
    if status in _FINAL:
        return RefusedError(message)
    return TransientError(message, _seconds(headers.get("Retry-After", "")))


def _explanation(status: int, body: str | bytes | None) -> tuple[str, str]:
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        parsed = json.loads(text)
    except ValueError:
        return _shortened(f"HTTP {status}: {text}"), ""
    if not isinstance(parsed, dict):
        return _shortened(f"HTTP {status}: {text}"), ""
    return _shortened(str(parsed.get("message") or f"HTTP {status}")), str(parsed.get("reason") or "")


def _shortened(message: str) -> str:
    return message if len(message) <= _MESSAGE_LIMIT else message[: _MESSAGE_LIMIT - 1] + "…"


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdigit() else 0.0
