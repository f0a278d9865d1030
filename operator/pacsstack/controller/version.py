"""Which operator this is."""

from __future__ import annotations

from importlib.metadata import version

OPERATOR_VERSION = version("pacsstack")
