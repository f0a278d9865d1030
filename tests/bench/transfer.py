"""Figures of images on their way: through the proxy over direct, and with our settings over without; pairs in a run."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median

from localcluster.demo.archive import Archive
from localcluster.demo.cluster import find_ground
from localcluster.demo.dcmtk import Peer, program
from localcluster.demo.install import install_operator
from localcluster.demo.stack import Stack
from localcluster.demo.study import Instance, Study, many_images
from tests.bench.figure import figure
from tests.support.running import Running, reach, wait_ready
from tests.support.specs import resource, restricted_namespace

IMAGES = 80
"""Images an association; 512 x 512 pixels of 16 bits, half a MiB each."""
SIZE = 512
PAIRS = 3
STOW_BATCH = 30
_SEEDS = itertools.count()


@dataclass(frozen=True)
class Route:
    """One way to the archive: by DICOM and by HTTP."""

    dicom: Peer
    archive: Archive


@contextmanager
def _bench_stack() -> Iterator[tuple[Running, Route]]:
    """Bring up an archive that this machine also reaches behind its proxy; yield it and that direct way."""
    ground = find_ground()
    install_operator(ground)
    namespace = restricted_namespace("bench")
    ground.kubectl.apply([namespace])
    ours = ground.kubectl.within(namespace["metadata"]["name"])
    with tempfile.TemporaryDirectory() as directory:
        try:
            ours.apply([resource("bench", {"networkPolicy": {"enabled": False}})])
            stack = Stack(ours, "bench")
            wait_ready(stack)
            running = reach(stack, Path(directory))
            yield running, _direct(running)
        finally:
            ours.run("delete", "namespace", ours.namespace, "--wait=false")


def _direct(running: Running) -> Route:
    stack = running.stack
    address = stack.kubectl.require("service", f"{stack.name}-orthanc")["spec"]["clusterIP"]
    user, password = stack.secret("internal", "username"), stack.secret("internal", "password")
    archive = replace(running.archive, url=f"http://{address}:8042/", user=user, password=password, address=None)
    return Route(Peer(address, 4242, "ORTHANC"), archive)


def _images(count: int) -> list[Instance]:
    """Return images that no archive has seen yet."""
    return list(itertools.islice(many_images(f"bench-{os.getpid()}-{next(_SEEDS)}", SIZE), count))


def _cstore_rate(peer: Peer, associations: int) -> float:
    """Return images a second of so many storescu processes at once, none of them tuned."""
    batches = [_images(IMAGES) for _ in range(associations)]
    with tempfile.TemporaryDirectory() as directory:
        folders = [_written(batch, Path(directory) / str(number)) for number, batch in enumerate(batches)]
        environment = {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"}
        command = [program("storescu"), "-R", "-xe", *peer.arguments("MODALITY"), "+sd"]
        started = time.monotonic()
        processes = [subprocess.Popen([*command, folder], env=environment) for folder in folders]
        codes = [process.wait(600) for process in processes]
        seconds = time.monotonic() - started
    if any(codes):
        raise RuntimeError(f"storescu ended with {codes}: images were not acknowledged")
    return associations * IMAGES / seconds


def _written(batch: list[Instance], folder: Path) -> Path:
    Study("", "", "", "", tuple(batch)).write(folder)
    return folder


def _stow_rate(archive: Archive) -> float:
    batches = [_images(STOW_BATCH) for _ in range(3)]
    started = time.monotonic()
    for batch in batches:
        archive.stow(batch).raise_for_status()
    return 3 * STOW_BATCH / (time.monotonic() - started)


def _wado_rate(archive: Archive, study_uid: str, count: int) -> float:
    started = time.monotonic()
    found = archive.retrieve(f"studies/{study_uid}")
    if len(found) != count:
        raise RuntimeError(f"{len(found)} of {count} images came back")
    return count / (time.monotonic() - started)


def _ratio(first: Callable[[], float], second: Callable[[], float]) -> float:
    """Return the median over pairs, after one pair that only warms up."""
    pairs = [first() / second() for _ in range(PAIRS + 1)]
    return median(pairs[1:])


@cache
def ratios() -> dict[str, float]:
    """Measure all figures of this module on one archive."""
    with _bench_stack() as (running, direct):
        batch = _images(IMAGES)
        running.archive.stow(batch).raise_for_status()
        study = batch[0].study_uid
        found = {
            "cstore_proxy_1": _ratio(lambda: _cstore_rate(running.tls, 1), lambda: _cstore_rate(direct.dicom, 1)),
            "cstore_proxy_4": _ratio(lambda: _cstore_rate(running.tls, 4), lambda: _cstore_rate(direct.dicom, 4)),
            "stow_proxy": _ratio(lambda: _stow_rate(running.archive), lambda: _stow_rate(direct.archive)),
            "wado_proxy": _ratio(
                lambda: _wado_rate(running.archive, study, IMAGES), lambda: _wado_rate(direct.archive, study, IMAGES)
            ),
        }
        tuned = median(_cstore_rate(direct.dicom, 1) for _ in range(PAIRS))
        _untune(running)
        return {**found, "cstore_tuned": tuned / median(_cstore_rate(direct.dicom, 1) for _ in range(PAIRS))}


def _untune(running: Running) -> None:
    """Take TCP_NODELAY from Orthanc, behind the operator's back."""
    stack = running.stack
    stack.kubectl.run("patch", "pacs", stack.name, "--type=merge", "-p", '{"spec":{"paused":true}}')
    stack.kubectl.wait(f"pacs/{stack.name}", "jsonpath={.status.conditions[?(@.type=='Ready')].reason}=Paused", 60)
    stack.kubectl.run("set", "env", f"deployment/{stack.name}-orthanc", "TCP_NODELAY-")
    running.settle()


@figure("cstore_proxy_1", "ratio", ">= 0.9")
def cstore_proxy_1() -> float:
    """C-STORE over the TLS proxy, over direct to Orthanc, one association."""
    return ratios()["cstore_proxy_1"]


@figure("cstore_proxy_4", "ratio", ">= 0.9")
def cstore_proxy_4() -> float:
    """C-STORE over the TLS proxy, over direct to Orthanc, four associations."""
    return ratios()["cstore_proxy_4"]


@figure("cstore_tuned", "ratio", ">= 2")
def cstore_tuned() -> float:
    """C-STORE of an unmodified client, over the same Orthanc without our settings."""
    return ratios()["cstore_tuned"]


@figure("stow_proxy", "ratio", ">= 0.8")
def stow_proxy() -> float:
    """STOW-RS through the proxy, over direct to Orthanc."""
    return ratios()["stow_proxy"]


@figure("wado_proxy", "ratio", ">= 0.8")
def wado_proxy() -> float:
    """WADO-RS through the proxy, over direct to Orthanc."""
    return ratios()["wado_proxy"]
