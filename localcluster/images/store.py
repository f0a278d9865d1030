"""Builds what is missing and hands it to containerd."""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from localcluster.containerd import ctr, image_names, import_image
from localcluster.errors import ClusterError
from localcluster.images.archive import layer_digest, write_archive
from localcluster.images.catalog import images
from localcluster.images.debian import Debian
from localcluster.images.layer import Image, Layer
from localcluster.images.python import LockedPackages
from localcluster.packages import ensure_packages
from localcluster.progress import say
from localcluster.settings import LOCAL

STORE = LOCAL / "images"
_LAYERS = STORE / "layers"
_WORKERS = 2
"""Layers built at a time: half of a build waits for the mirror, half for a processor."""


def ensure(names: Sequence[str] = ()) -> dict[str, str]:
    """Make sure that containerd has the images as the checkout describes them; about a second when it has.

    Args:
        names: the images; all when empty.

    Returns:
        The full reference of each.

    Raises:
        ClusterError: an image cannot be built or imported, a name is unknown, or containerd does not answer.
    """
    wanted = _select(names)
    present = image_names()
    missing = [image for image in wanted if image.reference not in present]
    if missing:
        with _alone():
            _build_layers(missing)
            for image in missing:
                _timed(f"importing {image.reference}", partial(_import, image))
    return {image.name: image.reference for image in wanted}


def build_archives(names: Sequence[str] = ()) -> list[Path]:
    """Build the images as OCI archives, for a containerd that is not the local cluster's; returns where they are.

    Raises:
        ClusterError: an image cannot be built, or a name is unknown.
    """
    wanted = _select(names)
    with _alone():
        _build_layers(wanted)
        return [_archive(image) for image in wanted]


def _archive(image: Image) -> Path:
    target = STORE / f"{image.name}-{image.tag}.tar"
    unfinished = target.with_name(f"unfinished-{target.name}")
    write_archive(image, [_tar(layer) for layer in image.layers], unfinished)
    _forget(STORE, image.name)
    return unfinished.rename(target)


def _import(image: Image) -> None:
    """Hand an image to containerd, with only those layers that it has not got."""
    archive = STORE / f"unfinished-{image.name}.tar"
    write_archive(image, [_tar(layer) for layer in image.layers], archive, set(ctr("content", "ls", "--quiet").split()))
    import_image(archive)
    archive.unlink()


def _build_layers(wanted: Sequence[Image]) -> None:
    layers = {layer.key: layer for image in wanted for layer in image.layers if not _tar(layer).exists()}
    if layers:
        ensure_packages()
    # What somebody may be editing comes first: an edit between taking a layer's key and building it ends the build.
    ordered = sorted(layers.values(), key=lambda layer: isinstance(layer, Debian | LockedPackages))
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(_build_layer, ordered))


def _select(names: Sequence[str]) -> list[Image]:
    known = images()
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ClusterError(f"no image is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def _tar(layer: Layer) -> Path:
    return _LAYERS / f"{layer.key}.tar"


def _build_layer(layer: Layer) -> None:
    target = _tar(layer)
    unfinished = target.with_name(f"unfinished-{target.name}")
    _timed(f"building {layer.name}", lambda: layer.write(unfinished))
    _forget(_LAYERS, layer.name)
    unfinished.rename(target)
    layer_digest(target)


def _forget(directory: Path, name: str) -> None:
    """Remove earlier builds: the digest at the end of a name tells them apart."""
    for file in directory.glob(f"{name}-*"):
        if "-" not in file.name.removeprefix(f"{name}-"):
            file.unlink()


def _timed(what: str, work: Callable[[], None]) -> None:
    say(what)
    began = time.monotonic()
    work()
    say(f"{what}: done in {time.monotonic() - began:.1f} s")


@contextmanager
def _alone() -> Iterator[None]:
    """Keep a second build of the same checkout waiting."""
    _LAYERS.mkdir(parents=True, exist_ok=True)
    with (STORE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in STORE.rglob("unfinished-*"):  # of a build that was killed
            leftover.unlink()
        yield
