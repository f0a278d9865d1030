"""Reading PacsStack documents from files and standard input, as kubectl would read them."""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from pacsstack.spec.base import API_GROUP, KIND


class UnreadableInputError(click.ClickException):
    """Input that is no YAML or JSON document at all."""

    exit_code = 2


@dataclass(frozen=True)
class Document:
    """One document, and where it was found."""

    source: str
    content: dict[str, Any]

    @property
    def is_ours(self) -> bool:
        """Whether it is, or was meant to be, a PacsStack."""
        group = str(self.content.get("apiVersion")).partition("/")[0]
        return group == API_GROUP or self.content.get("kind") == KIND

    @property
    def title(self) -> str:
        """Kind and name, for messages."""
        metadata = self.content.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return f"{self.content.get('kind', 'document')} {name or '(unnamed)'}"


class _Loader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: a date is text, `2.0` a whole number, and a key that is there twice an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` is there twice", node.start_mark)
        content = super().construct_mapping(node, deep=deep)
        return {key if isinstance(key, str) else yaml.safe_dump(key).split("\n")[0]: content[key] for key in content}


def _number(loader: _Loader, node: yaml.ScalarNode) -> float | int:
    number = loader.construct_yaml_float(node)
    if not math.isfinite(number):
        raise yaml.constructor.ConstructorError(None, None, f"`{node.value}` is no number of JSON", node.start_mark)
    return int(number) if number.is_integer() else number


_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def read_documents(files: Iterable[str]) -> list[Document]:
    """Read every document of every file; `-` is standard input, and a List counts as its items.

    Raises:
        UnreadableInputError: when a file cannot be read or is no YAML.
    """
    return [document for file in files for document in _documents(file)]


def _documents(file: str) -> list[Document]:
    try:
        contents = list(yaml.load_all(_text(file), Loader=_Loader))
    except yaml.YAMLError as error:
        raise UnreadableInputError(f"{file}: cannot be read as YAML: {error}") from error
    flat = [item for content in contents if content is not None for item in _items(file, content)]
    several = len(flat) > 1
    return [Document(f"{file} document {n}" if several else file, content) for n, content in enumerate(flat, 1)]


def _text(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.read()
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{file}: cannot be read: {error}") from error


def _items(file: str, content: object) -> Iterator[dict[str, Any]]:
    if not isinstance(content, dict):
        raise UnreadableInputError(
            f"{file}: a document must be an object with apiVersion and kind, not {content!r:.60}"
        )
    if str(content.get("kind")).endswith("List") and isinstance(content.get("items"), list):
        for item in content["items"]:
            yield from _items(file, item)
    else:
        yield content
