"""Make a persistent volume for every claim of our StorageClass, and remove it with its data when the claim is gone.

The protocol between Kubernetes and a provisioner outside of it: Kubernetes enhancement "Volume provisioning", annotations
`volume.kubernetes.io/storage-provisioner` and `volume.kubernetes.io/selected-node`. Volumes are of type `local`, because the kubelet
applies a pod's fsGroup to those as it does to a cloud's disks, and not to hostPath.
"""

import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from kubernetes import client

from localcluster.errors import ClusterError
from localcluster.progress import say
from localcluster.settings import NODE_NAME, VOLUME_PROVISIONER
from localcluster.watching import connect, follow, ignoring

_WANTED_BY = "volume.kubernetes.io/storage-provisioner"
_NODE = "volume.kubernetes.io/selected-node"
_MADE_BY = "pv.kubernetes.io/provisioned-by"
_CONFLICT, _NOT_FOUND = 409, 404


def is_wanted(claim: Any) -> bool:
    """Whether it is up to us, now, to make a volume for this claim."""
    annotations = claim.metadata.annotations or {}
    ours = annotations.get(_WANTED_BY) == VOLUME_PROVISIONER and _NODE in annotations
    return ours and not claim.spec.volume_name and claim.metadata.deletion_timestamp is None


def is_finished(volume: Any) -> bool:
    """Whether it is up to us, now, to remove this volume and its data."""
    ours = (volume.metadata.annotations or {}).get(_MADE_BY) == VOLUME_PROVISIONER
    deleted = volume.spec.persistent_volume_reclaim_policy == "Delete" and volume.status.phase == "Released"
    return bool(ours and deleted)


def build_volume(claim: Any, path: Path, reclaim_policy: str) -> dict[str, Any]:
    """The PersistentVolume for a claim, bound to it from the start so that no other claim gets it."""
    metadata = claim.metadata
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": metadata.namespace}
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume_name(claim), "annotations": {_MADE_BY: VOLUME_PROVISIONER}},
        "spec": {
            "capacity": {"storage": claim.spec.resources.requests["storage"]},
            "accessModes": claim.spec.access_modes,
            "claimRef": {**reference, "name": metadata.name, "uid": metadata.uid},
            "persistentVolumeReclaimPolicy": reclaim_policy,
            "storageClassName": claim.spec.storage_class_name,
            "volumeMode": "Filesystem",
            "local": {"path": str(path)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [term]}]}},
        },
    }


def volume_name(claim: Any) -> str:
    """The volume's name: as unique as the claim, and never used again."""
    return f"pvc-{claim.metadata.uid}"


class Volumes:
    """The directories below one directory, each of them a volume."""

    def __init__(self, api: client.ApiClient, root: Path) -> None:
        self._core = client.CoreV1Api(api)
        self._storage = client.StorageV1Api(api)
        self._root = root

    def follow_claims(self) -> None:
        """Make volumes, for ever."""
        follow(self._core.list_persistent_volume_claim_for_all_namespaces, self._handle_claim)

    def follow_volumes(self) -> None:
        """Remove volumes, for ever."""
        follow(self._core.list_persistent_volume, self._handle_volume)

    def _handle_claim(self, event: str, claim: Any) -> None:
        if event == "DELETED" or not is_wanted(claim):
            return
        path = self._root / volume_name(claim)
        # As a fresh disk: root's, and the kubelet gives it to the pod's fsGroup.
        path.mkdir(parents=True, exist_ok=True, mode=0o755)
        policy = self._storage.read_storage_class(claim.spec.storage_class_name).reclaim_policy
        volume = build_volume(claim, path, policy)
        ignoring(_CONFLICT, lambda: self._core.create_persistent_volume(volume))
        say(f"{claim.metadata.namespace}/{claim.metadata.name}: {path.name}")

    def _handle_volume(self, event: str, volume: Any) -> None:
        if event == "DELETED" or not is_finished(volume):
            return
        self._remove_data(Path(volume.spec.local.path))
        ignoring(_NOT_FOUND, lambda: self._core.delete_persistent_volume(volume.metadata.name))
        say(f"{volume.metadata.name}: removed")

    def _remove_data(self, path: Path) -> None:
        if path.parent != self._root:
            raise ClusterError(f"{path} is not below {self._root}: refusing to remove it; correct the PersistentVolume")
        if path.exists():
            shutil.rmtree(path)


def _or_end(work: Any) -> None:
    # Half a provisioner would look like a whole one: when one of the two loops fails, the process ends.
    try:
        work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def main() -> None:
    """Run for ever; the arguments are the kubeconfig and the directory of the volumes."""
    volumes = Volumes(connect(sys.argv[1], "localcluster-provisioner"), Path(sys.argv[2]))
    threading.Thread(target=_or_end, args=(volumes.follow_volumes,), daemon=True).start()
    _or_end(volumes.follow_claims)


if __name__ == "__main__":
    main()
