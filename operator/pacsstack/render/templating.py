"""Text from templates. What a template receives is checked where it is inserted, whatever the models allowed."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined

_WORD = re.compile(r"[A-Za-z0-9._~:/@-]+")


def word(value: str) -> str:
    """Return a value that needs no quoting in any configuration file of ours.

    Raises:
        ValueError: it holds a character that could end a directive, such as a space, quote or semicolon.
    """
    if not _WORD.fullmatch(value):
        raise ValueError(f"{value!r} cannot stand in a configuration file: use letters, digits and . _ ~ : / @ - only")
    return value


@cache
def _environment() -> Environment:
    # The output is nginx.conf, not HTML: escaping for HTML would corrupt it. `word` guards what is inserted instead.
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    environment.filters["word"] = word
    return environment


@cache
def template_text(name: str) -> str:
    """Return a file of the folder `templates` as it is."""
    return resources.files("pacsstack.render").joinpath("templates", name).read_text(encoding="utf-8")


def fill(name: str, **values: object) -> str:
    """Return a template with its values filled in.

    Raises:
        jinja2.UndefinedError: the template uses a value that was not given.
    """
    return _environment().from_string(template_text(name)).render(**values) + "\n"
