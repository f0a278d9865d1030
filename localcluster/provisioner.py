"""Make a persistent volume for every claim of our StorageClass, and remove it with its data when the claim is gone.

How Kubernetes asks a provisioner outside of it: Kubernetes documentation, "Well-Known Labels, Annotations and Taints"
(`volume.kubernetes.io/storage-provisioner`, `volume.kubernetes.io/selected-node`). Volumes are of type `local`, because
the kubelet applies a pod's fsGroup to those as it does to a cloud's disks, and not to hostPath.
"""

import os
import shutil
import sys
import threading
from pathlib import Path
from typing import cast

from kubernetes import client

from localcluster.errors import ClusterError
from localcluster.progress import say
from localcluster.settings import NODE_NAME, VOLUME_PROVISIONER
from localcluster.watching import KubernetesObject, connect, follow, ignoring

_WANTED_BY = "volume.kubernetes.io/storage-provisioner"
_NODE = "volume.kubernetes.io/selected-node"
_MADE_BY = "pv.kubernetes.io/provisioned-by"
_CONFLICT, _NOT_FOUND = 409, 404


def is_wanted(claim: KubernetesObject) -> bool:
    """Whether it is up to us, now, to make a volume for this claim."""
    metadata = claim["metadata"]
    annotations = metadata.get("annotations", {})
    ours = annotations.get(_WANTED_BY) == VOLUME_PROVISIONER and _NODE in annotations
    return ours and not claim["spec"].get("volumeName") and "deletionTimestamp" not in metadata


def is_finished(volume: KubernetesObject) -> bool:
    """Whether it is up to us, now, to remove this volume and its data."""
    ours = volume["metadata"].get("annotations", {}).get(_MADE_BY) == VOLUME_PROVISIONER
    deleted = volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
    return bool(ours and deleted and volume.get("status", {}).get("phase") == "Released")


def build_volume(claim: KubernetesObject, path: Path, reclaim_policy: str) -> KubernetesObject:
    """The PersistentVolume for a claim, bound to it from the start so that no other claim gets it."""
    wanted = claim["spec"]
    identity = {key: claim["metadata"][key] for key in ("namespace", "name", "uid")}
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume_name(claim), "annotations": {_MADE_BY: VOLUME_PROVISIONER}},
        "spec": {
            "capacity": {"storage": wanted["resources"]["requests"]["storage"]},
            "accessModes": wanted["accessModes"],
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **identity},
            "persistentVolumeReclaimPolicy": reclaim_policy,
            "storageClassName": wanted["storageClassName"],
            "volumeMode": "Filesystem",
            "local": {"path": str(path)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        },
    }


def volume_name(claim: KubernetesObject) -> str:
    """The volume's name: as unique as the claim, and never used again."""
    return f"pvc-{claim['metadata']['uid']}"


def remove_data(path: Path, root: Path) -> None:
    """Remove the directory of one volume.

    Raises:
        ClusterError: it is not directly below the volumes' directory.
    """
    if path.parent != root or path.name in ("", ".", ".."):
        raise ClusterError(f"{path} is not a directory in {root}: not removing it; correct the PersistentVolume")
    if path.exists():
        shutil.rmtree(path)


class Volumes:
    """The directories below one directory, each of them a volume."""

    def __init__(self, api: client.ApiClient, root: Path) -> None:
        self._api = api
        self._core = client.CoreV1Api(api)
        self._storage = client.StorageV1Api(api)
        self._root = root

    def follow_claims(self) -> None:
        """Make volumes, for ever."""
        follow(self._api, self._core.list_persistent_volume_claim_for_all_namespaces, self._handle_claim)

    def follow_volumes(self) -> None:
        """Remove volumes, for ever."""
        follow(self._api, self._core.list_persistent_volume, self._handle_volume)

    def _handle_claim(self, event: str, claim: KubernetesObject) -> None:
        if event == "DELETED" or not is_wanted(claim):
            return
        path = self._root / volume_name(claim)
        # As a fresh disk: root's, and the kubelet gives it to the pod's fsGroup.
        path.mkdir(parents=True, exist_ok=True, mode=0o755)
        policy = self._storage.read_storage_class(claim["spec"]["storageClassName"]).reclaim_policy
        volume = build_volume(claim, path, policy or "Delete")
        # The library serializes a dictionary as it is; its signature names only its own classes.
        ignoring(_CONFLICT, lambda: self._core.create_persistent_volume(cast("client.V1PersistentVolume", volume)))
        say(f"{claim['metadata']['namespace']}/{claim['metadata']['name']}: {path.name}")

    def _handle_volume(self, event: str, volume: KubernetesObject) -> None:
        if event == "DELETED" or not is_finished(volume):
            return
        name = volume["metadata"]["name"]
        remove_data(Path(volume["spec"]["local"]["path"]), self._root)
        ignoring(_NOT_FOUND, lambda: self._core.delete_persistent_volume(name))
        say(f"{name}: removed")


def _end_process(failure: threading.ExceptHookArgs) -> None:
    # Half a provisioner would look like a whole one: when one of the two loops fails, the process ends.
    threading.__excepthook__(failure)
    os._exit(1)


def main() -> None:
    """Run for ever; the arguments are the kubeconfig and the directory of the volumes."""
    volumes = Volumes(connect(sys.argv[1], "localcluster-provisioner"), Path(sys.argv[2]))
    threading.excepthook = _end_process
    threading.Thread(target=volumes.follow_volumes, daemon=True).start()
    volumes.follow_claims()


if __name__ == "__main__":
    main()
