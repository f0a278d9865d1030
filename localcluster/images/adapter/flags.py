"""The command line, read as JCommander reads the real adapter's.

A value follows its flag or an equals sign; a boolean flag is bare, so `--verbose=true` leaves a stray `true`; no flag
comes twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import FlagError

_BOOLEAN = {"--verbose", "--fuzzy_matching", "--help", "-h"}
_TEXT = {
    *("--dimse_aet", "--dimse_cmove_aet", "--dicomweb_address", "--dicomweb_addr", "--dicomweb_stow_path"),
    *("--oauth_scopes", "--aet_dictionary", "--aet_dictionary_inline", "--monitoring_project_id"),
}
_INTEGER = {"--dimse_port"}

_REFUSED = {
    "--auto_ack_cstore": False,
    "--send_to_all_matching_destinations": False,
    "--stow_http2": False,
    "--destination_config_inline": True,
    "--destination_config_path": True,
    "--gcs_backup_project_id": True,
    "--http_error_codes_to_retry": True,
    "--max_waiting_time_between_uploads": True,
    "--min_upload_delay": True,
    "--persistent_file_storage_location": True,
    "--persistent_file_upload_retry_amount": True,
    "--redact_filter_profile": True,
    "--redact_keep_list": True,
    "--redact_remove_list": True,
    "--store_compress_to_transfer_syntax": True,
}
"""Flags of the real adapter that this one would have to ignore, and whether each takes a value."""

_DESTINATIONS_VARIABLE = "ENV_DESTINATION_CONFIG_JSON"


@dataclass(frozen=True)
class Flags:
    """What was asked for. `--monitoring_project_id` is taken and sends nothing: there is no Cloud Monitoring here."""

    dimse_aet: str = ""
    dimse_port: int = 0
    dimse_cmove_aet: str = ""
    dicomweb_address: str = ""
    dicomweb_addr: str = ""
    dicomweb_stow_path: str = ""
    oauth_scopes: tuple[str, ...] = ()
    aet_dictionary: str = ""
    aet_dictionary_inline: str = ""
    verbose: bool = False
    fuzzy_matching: bool = False
    help: bool = False

    @property
    def move_aet(self) -> str:
        """The AE title that C-MOVE sub-operations are sent from."""
        return self.dimse_cmove_aet or self.dimse_aet


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> Flags:
    """Read the command line.

    Raises:
        FlagError: the real adapter would end here too, or this one cannot do what is asked.
    """
    values = _values(arguments)
    refused = sorted(set(values) & set(_REFUSED))
    if "--stow_overwrite" in values:
        raise FlagError(
            "--stow_overwrite requires --persistent_file_storage_location, "
            "--persistent_file_upload_retry_amount >= 1 and --send_to_all_matching_destinations"
        )
    if environment.get(_DESTINATIONS_VARIABLE):
        refused.append(_DESTINATIONS_VARIABLE)
    if refused:
        raise FlagError(
            f"this stand-in does not do what {', '.join(refused)} asks for; leave it out, or use Google's image"
        )
    return _flags(values)


def _values(arguments: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    waiting = list(_split(arguments))
    while waiting:
        name = waiting.pop(0)
        if name in values:
            raise FlagError(f"can only specify option {name} once")
        if not _takes_value(name):
            values[name] = "true"
        elif waiting:
            values[name] = waiting.pop(0)
        else:
            raise FlagError(f"expected a value after parameter {name}")
    return values


def _split(arguments: Sequence[str]) -> list[str]:
    words: list[str] = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        words += [name, value] if equals and _known(name) else [argument]
    return words


def _known(name: str) -> bool:
    return name in _BOOLEAN | _TEXT | _INTEGER | {"--stow_overwrite"} or name in _REFUSED


def _takes_value(name: str) -> bool:
    if not _known(name):
        raise FlagError(f"was passed main parameter '{name}' but no main parameter was defined")
    return name in _TEXT or name in _INTEGER or _REFUSED.get(name, False)


def _flags(values: Mapping[str, str]) -> Flags:
    text = {name.removeprefix("--"): value for name, value in values.items() if name in _TEXT}
    text.pop("monitoring_project_id", None)
    scopes = tuple(filter(None, text.pop("oauth_scopes", "").split(",")))
    return Flags(
        dimse_port=_port(values.get("--dimse_port", "0")),
        oauth_scopes=scopes,
        verbose="--verbose" in values,
        fuzzy_matching="--fuzzy_matching" in values,
        help="--help" in values or "-h" in values,
        **text,
    )


def _port(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise FlagError(f'"--dimse_port": couldn\'t convert "{text}" to an integer') from error


USAGE = "Usage: import_adapter [options]\n" + "".join(
    f"    {name}\n" for name in sorted(_BOOLEAN | _TEXT | _INTEGER | {"--stow_overwrite"} | set(_REFUSED))
)
