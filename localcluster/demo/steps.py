"""The steps of the demo, each of them something that a person would do by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from localcluster.demo import dicomstore
from localcluster.demo.accountkey import account_key_secret
from localcluster.demo.cluster import ROOT
from localcluster.demo.dcmtk import Peer, Tls, send, store
from localcluster.demo.stack import TLS, Stack
from localcluster.demo.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from localcluster.demo.archive import Archive
    from localcluster.demo.kubectl import Kubectl
    from localcluster.demo.study import Study

NAMESPACE = "pacs-demo"
KEY_SECRET = "adapter-key"  # noqa: S105 -- the name of a Secret
EXAMPLE = ROOT / "examples" / "demo.yaml"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Counts:
    """How many images were sent, and how many were found again."""

    sent: int
    found: int
    forwarded: int


def prepare_namespace(kubectl: Kubectl, image: str) -> None:
    """Make the namespace, the DICOM store behind the adapter, and the key that the adapter starts with."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    kubectl.apply([namespace])
    inside = kubectl.within(NAMESPACE)
    inside.apply(dicomstore.objects(image))
    if inside.get("secret", KEY_SECRET) is None:
        inside.apply([account_key_secret(KEY_SECRET)])


def bring_up_stack(kubectl: Kubectl, tell: Tell, timeout: float) -> Stack:
    """Apply the example and wait until it is Ready, and the store behind the adapter too.

    Raises:
        TimeoutError: it was not Ready within `timeout` seconds.
    """
    resource = yaml.safe_load(EXAMPLE.read_text())
    kubectl.apply([resource])
    stack = Stack(kubectl, resource["metadata"]["name"])
    stack.wait_ready(timeout, tell)
    kubectl.wait(f"deployment/{dicomstore.NAME}", "condition=Available", timeout)
    return stack


def send_over_tls(stack: Stack, study: Study, authority: Path) -> None:
    """Send the study over DICOM TLS, as a modality would."""
    store(Peer.at(stack.endpoint(TLS), "ORTHANC", Tls(authority)), study)


def find_over_https(archive: Archive, study: Study) -> int:
    """Find the study by QIDO-RS and return how many of its images are there.

    Raises:
        RuntimeError: some are missing.
    """
    return _all_found(archive.instance_uids(study.uid), study, f"the archive at {archive.url}")


def forward(stack: Stack, study: Study) -> tuple[str, int]:
    """Send the study to the adapter; return the status summary, and how many images the store behind it has.

    Raises:
        TimeoutError: some did not arrive.
    """
    printed = send(Peer.at(stack.endpoint("adapter"), "IMPORTADAPTER"), study)
    wanted = {instance.sop_instance_uid for instance in study.instances}
    until(lambda: wanted <= dicomstore.stored_uids(stack.kubectl), "the study in the store behind the adapter", 30, 1)
    return status_summary(printed), _all_found(dicomstore.stored_uids(stack.kubectl), study, "the store")


def status_summary(printed: str) -> str:
    """Return the status summary that ends what `dcmsend --verbose` prints.

    Raises:
        ValueError: there is none.
    """
    _, found, summary = printed.partition("Status Summary")
    if not found:
        raise ValueError(f"dcmsend printed no status summary:\n{printed}")
    lines = (line.removeprefix("I:").rstrip() for line in summary.splitlines())
    return "\n".join(line for line in lines if line.strip(" -"))


def _all_found(found: set[str], study: Study, where: str) -> int:
    wanted = {instance.sop_instance_uid for instance in study.instances}
    if missing := wanted - found:
        raise RuntimeError(f"{len(missing)} of {len(wanted)} images are not in {where}: look at its log")
    return len(wanted)
