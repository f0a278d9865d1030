"""What a figure is, how it is judged, and the register of all of them."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass

_COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True)
class Figure:
    """One figure: its name, its unit, what it must reach (such as `<= 1.0`), and what measures it."""

    name: str
    unit: str
    must: str
    measure: Callable[[], float]

    def holds(self, value: float) -> bool:
        """Tell whether a measured value reaches what it must."""
        sign, bound = self.must.split()
        return _COMPARE[sign](value, float(bound))

    def line(self, value: float) -> str:
        """Return the JSON line of a measured value."""
        return json.dumps(
            {
                "figure": self.name,
                "value": round(value, 3),
                "unit": self.unit,
                "must": self.must,
                "ok": self.holds(value),
            }
        )


FIGURES: dict[str, Figure] = {}


def figure(name: str, unit: str, must: str) -> Callable[[Callable[[], float]], Callable[[], float]]:
    """Register a function as what measures a figure."""

    def register(measure: Callable[[], float]) -> Callable[[], float]:
        FIGURES[name] = Figure(name, unit, must, measure)
        return measure

    return register
