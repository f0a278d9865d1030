"""Kubernetes quantities in the form that the API server gives back, so that comparison finds no difference.

Source: kubernetes.io, "Quantity", canonical form.
"""

from __future__ import annotations

import re

_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = ("", "k", "M", "G", "T", "P", "E")


def memory_amount(quantity: str) -> int:
    """Return how many bytes `512Mi` or `20G` are."""
    number, unit = _parts(quantity)
    if unit.endswith("i"):
        return int(number * 1024 ** _BINARY.index(unit))
    return int(number * 1000 ** _DECIMAL.index(unit))


def cpu_amount(quantity: str) -> int:
    """Return how many thousandths of a processor `2` or `500m` are."""
    number, unit = _parts(quantity)
    return number if unit == "m" else number * 1000


def canonical_memory(quantity: str) -> str:
    """Return the same amount with the largest unit that leaves a whole number: `1024Mi` is `1Gi`."""
    number, unit = _parts(quantity)
    units, base = (_BINARY, 1024) if unit.endswith("i") else (_DECIMAL, 1000)
    position = units.index(unit)
    while number % base == 0 and position + 1 < len(units):
        number, position = number // base, position + 1
    return f"{number}{units[position]}"


def canonical_cpu(quantity: str) -> str:
    """Return the same amount in whole processors where it can be: `2000m` is `2`."""
    thousandths = cpu_amount(quantity)
    if thousandths % 1000:
        return f"{thousandths}m"
    return canonical_memory(str(thousandths // 1000))


def _parts(quantity: str) -> tuple[int, str]:
    match = re.fullmatch(r"([0-9]+)([A-Za-z]*)", quantity)
    if match is None:
        raise ValueError(f"{quantity!r} is no quantity: write a whole number and a unit, such as 512Mi or 500m")
    return int(match.group(1)), match.group(2)
