"""Figures that the README quotes: each a ratio in one run, or a count, printed as one JSON line."""
