"""How the name of an environment variable or secret says where its value goes in orthanc.json."""

import json

PREFIX = "ORTHANC__"

_DATABASE_KEYS = "ENABLE_INDEX ENABLE_STORAGE HOST PORT DATABASE USERNAME PASSWORD LOCK"
_IRREGULAR = {
    "CASE_SENSITIVE_PN": ("CaseSensitivePN",),
    "HTTPS_CA_CERTIFICATES": ("HttpsCACertificates",),
    "STORE_MD5_FOR_ATTACHMENTS": ("StoreMD5ForAttachments",),
}
_DATABASES = {
    "POSTGRESQL": ("PostgreSQL", {*_DATABASE_KEYS.split(), "ENABLE_SSL"}),
    "MYSQL": ("MySQL", {*_DATABASE_KEYS.split(), "UNIX_SOCKET"}),
}


def path(name: str) -> tuple[str, ...]:
    """Where `ORTHANC__SECTION__CAMEL_CASE` goes: `("Section", "CamelCase")`.

    Only the database settings listed above find their section's odd spelling; any other key of those sections lands
    in `Postgresql` or `Mysql`, which Orthanc ignores: give it in a file.
    """
    name = name.removeprefix(PREFIX)
    irregular = _IRREGULAR.get(name)
    if irregular:
        return irregular
    first, _, rest = name.partition("__")
    section, keys = _DATABASES.get(first, ("", set[str]()))
    if rest in keys:
        return section, _camel_case(rest)
    return tuple(_camel_case(word) for word in name.split("__"))


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def value(text: str) -> object:
    """Read a value as JSON if it is JSON, so `1234` is a number, and a string otherwise."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def nested(keys: tuple[str, ...], content: object) -> dict[str, object]:
    """The configuration that holds only this value."""
    result = {keys[-1]: content}
    for key in reversed(keys[:-1]):
        result = {key: result}
    return result
