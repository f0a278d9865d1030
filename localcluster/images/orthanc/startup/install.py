"""Puts the libraries of enabled plug-ins where Orthanc looks for them."""

import errno
import os
import shutil
from pathlib import Path

from .errors import GENERATION_FAILED, StartError
from .plugins import Plugin

AVAILABLE = "usr/share/orthanc/plugins-available"


def has_libraries(plugin: Plugin, root: Path) -> bool:
    """Whether the image brings the plug-in along."""
    return all((root / AVAILABLE / library).exists() for library in plugin.libraries)


def install(plugin: Plugin, root: Path) -> None:
    """Link, or copy across file systems, the plug-in's libraries.

    Raises:
        StartError: a library is missing or its target cannot be written.
    """
    writable = root / "run/orthanc/plugins"
    target = writable if writable.is_dir() else root / "usr/share/orthanc/plugins"
    for library in plugin.libraries:
        try:
            _place(root / AVAILABLE / library, target / library)
        except OSError as error:
            raise StartError(
                f"failed to install {library} of the plug-in {plugin.name}: {error}; the image has no such plug-in, or "
                "/run/orthanc/plugins is not writable (mount an emptyDir there)",
                GENERATION_FAILED,
            ) from error


def _place(source: Path, target: Path) -> None:
    if target.is_file():
        return  # the container was restarted
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copy(source, target)
