"""How one source of configuration is laid over, or under, the others."""

from collections.abc import Mapping
from typing import Any

from .errors import UNREADABLE_FILE, StartError


def overlay(configuration: dict[str, Any], addition: Mapping[str, Any]) -> list[str]:
    """Lay `addition` over `configuration`: sections are merged at every depth, lists and values are replaced.

    Returns:
        The dotted paths of the values that were replaced.

    Raises:
        StartError: one side has a section where the other has a value.
    """
    return _merge(configuration, addition, (), replace=True)


def underlay(configuration: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    """Add what is missing, at every depth.

    Raises:
        StartError: one side has a section where the other has a value.
    """
    _merge(configuration, defaults, (), replace=False)


def _merge(base: dict[str, Any], addition: Mapping[str, Any], where: tuple[str, ...], *, replace: bool) -> list[str]:
    replaced: list[str] = []
    for key, content in addition.items():
        here = (*where, key)
        if key not in base:
            base[key] = content
        elif isinstance(content, dict):
            replaced += _merge(_section(base[key], here), content, here, replace=replace)
        elif replace:
            base[key] = content
            replaced.append(".".join(here))
    return replaced


def _section(content: object, where: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(content, dict):
        return content
    raise StartError(f"{'.'.join(where)} is a value in one place and a section in another", UNREADABLE_FILE)
