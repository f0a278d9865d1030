"""Logs: one JSON object a line, or text for people, each with the namespace and name of the stack it is about."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pacsstack.controller.queue import Key

_current: ContextVar[Key | None] = ContextVar("stack", default=None)


@contextmanager
def about(key: Key) -> Iterator[None]:
    """Mark all that is logged inside as being about this stack."""
    token = _current.set(key)
    try:
        yield
    finally:
        _current.reset(token)


def configure_logging(style: str) -> None:
    """Log to standard error, as `json` or as `text`. Kopf itself speaks up from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("kopf", "asyncio", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_place(record),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Time, level, stack and message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of an exception."""
        place = _place(record)
        about_what = f" {place['namespace']}/{place['name']}" if place else ""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{moment} {record.levelname.lower()}{about_what}: {record.getMessage()}{trace}"


def _place(record: logging.LogRecord) -> dict[str, str]:
    """Return namespace and name, from our own passes or from what Kopf says about an object."""
    key = _current.get()
    if key is not None:
        return {"namespace": key.namespace, "name": key.name}
    reference = getattr(record, "k8s_ref", None) or {}
    return {field: reference[field] for field in ("namespace", "name") if reference.get(field)}
