"""Read nginx.conf as nginx does: directives, blocks, quotes, comments."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    r'\s+|#[^\n]*|"((?:\\.|[^"\\])*)"|\'((?:\\.|[^\'\\])*)\'|([{};])|((?:\\.|\$\{|[^\s;{}"\'])[^\s;{}]*)', re.S
)


@dataclass
class Directive:
    """A directive, its arguments, and what is inside its braces."""

    name: str
    arguments: list[str]
    block: list[Directive] = field(default_factory=list)


def parse(text: str) -> list[Directive]:
    """Return the directives of a file.

    Raises:
        ValueError: braces do not match, or a directive does not end.
    """
    tokens = deque(_tokens(text))
    directives = _block(tokens)
    if tokens:
        raise ValueError(f"one brace too many before {list(tokens)[:5]}")
    return directives


def walk(directives: list[Directive]) -> Iterator[Directive]:
    """Give every directive, outer ones first."""
    for one in directives:
        yield one
        yield from walk(one.block)


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Give each word or sign; the flag says whether it is a sign."""
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"cannot read {text[position : position + 30]!r}")
        position = match.end()
        double, single, sign, plain = match.groups()
        if sign:
            yield sign, True
        elif (word := next((each for each in (double, single, plain) if each is not None), None)) is not None:
            yield word, False


def _block(tokens: deque[tuple[str, bool]]) -> list[Directive]:
    directives, words = [], []
    while tokens:
        token, sign = tokens.popleft()
        if not sign:
            words.append(token)
        elif token == "}" and not words:
            return directives
        elif token in (";", "{"):
            inside = _block(tokens) if token == "{" else []
            directives.append(Directive(words[0], words[1:], inside))
            words = []
        else:
            raise ValueError(f"a directive does not end: {words}")
    if words:
        raise ValueError(f"a directive does not end: {words}")
    return directives
