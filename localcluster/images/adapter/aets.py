"""The AE titles that images may be moved to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import FlagError
from .flags import Flags

_VARIABLE = "ENV_AETS_JSON"


@dataclass(frozen=True)
class Peer:
    """An application entity and where it listens."""

    name: str
    host: str
    port: int


def dictionary(flags: Flags, environment: Mapping[str, str]) -> dict[str, Peer]:
    """The known peers by AE title; the inline flag wins over the file, the file over the environment.

    Raises:
        FlagError: the list cannot be read.
    """
    try:
        path = flags.aet_dictionary
        text = flags.aet_dictionary_inline or (Path(path).read_text() if path else environment.get(_VARIABLE, "[]"))
        return {item["name"]: Peer(item["name"], item["host"], int(item["port"])) for item in json.loads(text)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FlagError(f"the AET dictionary must be a JSON array of name, host and port: {error}") from error
