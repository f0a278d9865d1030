"""How objects are printed: YAML or JSON that `kubectl apply -f -` takes, the same text for the same objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import click
import yaml


class Format(StrEnum):
    """The languages in which objects are printed."""

    YAML = "yaml"
    JSON = "json"


def _format(_context: click.Context, _parameter: click.Parameter, value: str) -> Format:
    return Format(value)


output_option = click.option(
    "-o",
    "--output",
    type=click.Choice([str(each) for each in Format]),
    default=str(Format.YAML),
    show_default=True,
    callback=_format,
    help="The language of what is printed.",
)
"""The option `-o yaml|json`."""


class _Dumper(yaml.SafeDumper):
    """A dumper without anchors, which readers of a diff cannot follow, and with blocks for longer text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_UNICODE_BREAKS = "\x85\u2028\u2029"
"""Line breaks to a YAML reader (YAML 1.1, section 5.4) that only a quoted scalar can escape."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    if any(each in value for each in _UNICODE_BREAKS):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def print_objects(objects: Sequence[Any], output: Format) -> str:
    """Return objects as YAML documents, or as one JSON object: a List when there are several."""
    if output is Format.YAML:
        return "---\n".join(to_yaml(each) for each in objects)
    whole = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    return json.dumps(whole, indent=2) + "\n"


def to_yaml(value: object) -> str:
    """Return one YAML document, keys in the order given."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)
