"""What goes wrong at the start, and what goes wrong with one request."""

# DICOM PS3.7 annex C and PS3.4 annexes B and C.
PROCESSING_FAILURE = 0x0110
NOT_AUTHORIZED = 0x0124
OUT_OF_RESOURCES = 0xA700
UNABLE_TO_COUNT_MATCHES = 0xA701
CANNOT_UNDERSTAND = 0xC000

LONGEST_COMMENT = 64
"""Characters of an Error Comment (0000,0902): its VR is LO (DICOM PS3.5, 6.2)."""


class FlagError(Exception):
    """The command line cannot be used; the process ends with 1."""


class CredentialError(Exception):
    """There are no application default credentials, or no token can be had with them."""


class DicomWebError(Exception):
    """The DICOMweb server refused, or could not be reached.

    Attributes:
        status: the DIMSE status to answer with.
    """

    def __init__(self, message: str, status: int = PROCESSING_FAILURE) -> None:
        super().__init__(message)
        self.status = status

    @property
    def comment(self) -> str:
        """The message as it fits into an Error Comment."""
        return str(self)[:LONGEST_COMMENT]
