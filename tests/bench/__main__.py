"""`python -m tests.bench [FIGURE …]`: measure all figures, or the named ones. Exits with 1 when one falls short."""

from __future__ import annotations

import sys

from tests.bench import fleet, transfer  # noqa: F401  (importing a module registers its figures)
from tests.bench.figure import FIGURES


def main(names: list[str]) -> int:
    """Measure and print; return the exit code."""
    unknown = set(names) - set(FIGURES)
    if unknown:
        print(f"no figure is called {', '.join(sorted(unknown))}; there are: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    held = [_measure(name) for name in names or FIGURES]
    return 0 if all(held) else 1


def _measure(name: str) -> bool:
    each = FIGURES[name]
    print(f"measuring {name}", file=sys.stderr)
    value = each.measure()
    print(each.line(value), flush=True)
    return each.holds(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
