"""What ends a start, with the exit codes of the real image."""

GENERATION_FAILED = 255
"""A plug-in cannot be installed, or ORTHANC_JSON is no JSON (-1 in the real image)."""

LEGACY_VARIABLE = 254
"""An environment variable or secret bears a name of 2020 and before (-2)."""

NO_USER = 253
"""Remote access and authentication are on, but nobody can log in (-3)."""

UNREADABLE_FILE = 1
"""A configuration file is no JSON, or gives a value where another file gives a section."""


class StartError(Exception):
    """The configuration cannot be made."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
