"""Which image plays which part."""

from localcluster.images.catalog import images

PARTS = {
    "orthanc": "orthanc",
    "postgres": "postgres",
    "nginx": "nginx",
    "adapter-import": "adapter-import",
    "operator": "operator",
    "dicomstore": "orthanc",
}
"""Parts and the image of each; the Cloud Healthcare DICOM store is played by a second Orthanc."""


def names() -> dict[str, str]:
    """The full image reference of every part.

    A reference changes with what goes into the image, so ask again after a change.
    """
    built = images()
    return {part: built[image].reference for part, image in PARTS.items()}
