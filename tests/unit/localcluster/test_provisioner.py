from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from localcluster.errors import ClusterError
from localcluster.provisioner import build_volume, is_finished, is_wanted, remove_data

CLAIM: dict[str, Any] = {
    "metadata": {
        "namespace": "n",
        "name": "data",
        "uid": "1234",
        "annotations": {
            "volume.kubernetes.io/storage-provisioner": "pacsstack.io/local-path",
            "volume.kubernetes.io/selected-node": "pacs-local",
        },
    },
    "spec": {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "local-path",
    },
}


def test_a_scheduled_claim_of_our_class_is_wanted() -> None:
    assert is_wanted(CLAIM)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("metadata", "annotations"), {"volume.kubernetes.io/storage-provisioner": "pacsstack.io/local-path"}),
        (("metadata", "annotations"), {"volume.kubernetes.io/selected-node": "pacs-local"}),
        (("metadata", "deletionTimestamp"), "2024-01-01T00:00:00Z"),
        (("spec", "volumeName"), "pvc-1234"),
    ],
    ids=["no pod yet", "another provisioner", "being deleted", "has a volume"],
)
def test_other_claims_are_not(place: tuple[str, str], value: object) -> None:
    claim = deepcopy(CLAIM)
    claim[place[0]][place[1]] = value
    assert not is_wanted(claim)


def test_a_volume_belongs_to_the_very_claim() -> None:
    volume = build_volume(CLAIM, Path("/volumes/pvc-1234"), "Delete")
    reference = volume["spec"]["claimRef"]
    assert (reference["namespace"], reference["name"], reference["uid"]) == ("n", "data", "1234")
    assert volume["spec"]["local"] == {"path": "/volumes/pvc-1234"}


@pytest.mark.parametrize(
    ("policy", "phase", "finished"),
    [("Delete", "Released", True), ("Delete", "Bound", False), ("Retain", "Released", False)],
)
def test_only_a_released_volume_that_is_to_be_deleted_is_finished(policy: str, phase: str, finished: bool) -> None:
    volume = build_volume(CLAIM, Path("/volumes/pvc-1234"), policy) | {"status": {"phase": phase}}
    assert is_finished(volume) is finished


def test_somebody_else_s_volume_is_never_finished() -> None:
    volume = build_volume(CLAIM, Path("/volumes/pvc-1234"), "Delete") | {"status": {"phase": "Released"}}
    volume["metadata"]["annotations"] = {}
    assert not is_finished(volume)


def test_data_is_removed(tmp_path: Path) -> None:
    volume = tmp_path / "pvc-1"
    (volume / "deep").mkdir(parents=True)
    remove_data(volume, tmp_path)
    remove_data(volume, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_outside_the_volumes_is_removed(tmp_path: Path) -> None:
    (tmp_path / "volumes").mkdir()
    (tmp_path / "precious").mkdir()
    for path in (tmp_path / "precious", tmp_path / "volumes" / "..", tmp_path / "volumes" / "a" / "b"):
        with pytest.raises(ClusterError, match="correct the PersistentVolume"):
            remove_data(path, tmp_path / "volumes")
    assert (tmp_path / "precious").is_dir()
