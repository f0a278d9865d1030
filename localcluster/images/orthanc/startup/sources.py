"""Where configuration comes from, in the order in which it counts: files, then environment, then secrets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import GENERATION_FAILED, UNREADABLE_FILE, StartError
from .legacy import LEGACY_NAMES
from .merging import overlay
from .text import substitute, without_comments
from .variables import PREFIX, nested, path, value

_INDIRECT = "_SECRET"


@dataclass
class Gathered:
    """What has been read so far."""

    configuration: dict[str, Any] = field(default_factory=dict)
    legacy: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, content: Mapping[str, Any], source: str) -> None:
        """Lay one source over what is there."""
        self.warnings += [
            f"{key} is given again by {source}, which wins" for key in overlay(self.configuration, content)
        ]

    def add_setting(self, name: str, text: str, source: str) -> None:
        """Lay one variable or secret over what is there; names that are no setting count for nothing."""
        if name in LEGACY_NAMES:
            self.legacy.append(name)
        elif name.startswith(PREFIX):
            self.add(nested(path(name), value(text)), source)


def gather(root: Path, environment: Mapping[str, str]) -> Gathered:
    """Read everything.

    Args:
        root: `/`, or the directory that stands for it in a test.
        environment: the process's environment.

    Raises:
        StartError: a file or ORTHANC_JSON is no JSON, or two sources contradict each other in shape.
    """
    gathered = Gathered()
    secrets = root / "run/secrets"
    for directory in (root / "etc/orthanc", secrets):
        for file in directory.glob("*.json"):
            gathered.add(_read(file, environment), str(file))
    for name, text in environment.items():
        _add_variable(gathered, name, text)
    _add_secrets(gathered, secrets, environment)
    return gathered


def _read(file: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    text = without_comments(substitute(file.read_text(), environment))
    return _parse(text, str(file), UNREADABLE_FILE)


def _parse(text: str, source: str, exit_code: int) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise StartError(f"{source} is no JSON: {error}", exit_code) from error
    if not isinstance(content, dict):
        raise StartError(f"{source} holds no JSON object", exit_code)
    return content


def _add_variable(gathered: Gathered, name: str, text: str) -> None:
    if name == "ORTHANC_JSON":
        gathered.add(_parse(without_comments(text), name, GENERATION_FAILED), name)
    elif not name.endswith(_INDIRECT):
        gathered.add_setting(name, text, f"the variable {name}")


def _add_secrets(gathered: Gathered, directory: Path, environment: Mapping[str, str]) -> None:
    renamed = {file: name.removesuffix(_INDIRECT) for name, file in environment.items() if name.endswith(_INDIRECT)}
    for file in directory.glob("*"):
        name = renamed.get(file.name, file.name)
        if file.is_file() and (name.startswith(PREFIX) or name in LEGACY_NAMES):
            gathered.add_setting(name, file.read_text().rstrip("\n"), f"the secret {file.name}")
