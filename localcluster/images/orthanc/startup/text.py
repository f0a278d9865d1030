"""What happens to the text of a configuration file before it is read as JSON."""

import re
from collections.abc import Mapping

_COMMENT_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
_PLAIN = re.compile(r"(?<!\\)\$([A-Za-z0-9_]+)")
_BRACED = re.compile(r"(?<!\\)\$\{([A-Za-z0-9_]+)(?:(:?-)([^}]+))?\}")


def substitute(text: str, environment: Mapping[str, str]) -> str:
    r"""Replace `$NAME`, `${NAME}`, `${NAME-default}` and `${NAME:-default}`; an unset name becomes nothing.

    A `$` of a password is replaced like any other, which is the reason to write it as `\u0024` in JSON.
    """
    plain = _PLAIN.sub(lambda found: environment.get(found[1], ""), text)
    return _BRACED.sub(lambda found: _braced(found, environment), plain)


def _braced(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name, operator, default = found[1], found[2], found[3] or ""
    value = environment.get(name)
    if value is None or (operator == ":-" and not value):
        return default
    return value


def without_comments(text: str) -> str:
    """Remove C and C++ comments, leaving strings alone."""
    return _COMMENT_OR_STRING.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
