"""Which DICOMweb addresses are accepted."""

import re

from .errors import FlagError
from .flags import Flags

_GOOGLE = "https://healthcare.googleapis.com"
_STORE = re.compile(
    r"https://healthcare\.googleapis\.com/.*?/projects/.*?/locations/.*?/datasets/.*?/dicomStores/.*?/dicomWeb"
)


def address(flags: Flags) -> str:
    """The DICOMweb root for queries and C-MOVE, without a slash at the end.

    Raises:
        FlagError: it lies in the Cloud Healthcare API but is no DICOM store's DICOMweb root.
    """
    root = flags.dicomweb_address.strip().rstrip("/")
    if root.startswith(_GOOGLE) and not _STORE.fullmatch(root):
        raise FlagError(f"path: {root} is not a valid Google Healthcare Api dicomWeb root path")
    return root


def store_address(flags: Flags) -> str:
    """Where STOW-RS requests go.

    Raises:
        FlagError: no address is given, or the address is not valid.
    """
    root = address(flags)
    if root:
        return f"{root}/studies"
    if flags.dicomweb_addr:
        return f"{flags.dicomweb_addr.rstrip('/')}/{flags.dicomweb_stow_path.strip('/')}"
    raise FlagError("--dicomweb_address flag must be set")
