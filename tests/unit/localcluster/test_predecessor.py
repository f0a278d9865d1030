"""A cluster of another checkout that was killed gives its addresses up; one that lives keeps them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from localcluster import predecessor
from localcluster.errors import ClusterError
from localcluster.processes import Processes, Program
from localcluster.settings import FULL, Settings


@pytest.fixture
def other(tmp_path: Path) -> Settings:
    return replace(FULL, state=tmp_path / "other" / "cluster")


@pytest.fixture
def removed(other: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    done: list[Path] = []
    monkeypatch.setattr(predecessor, "interface_owner", lambda: str(other.state))
    for step in ("end_pods", "remove_traces", "remove_network"):
        monkeypatch.setattr(predecessor, step, lambda settings: done.append(settings.state))
    return done


@pytest.fixture
def part(other: Settings) -> Iterator[Processes]:
    processes = Processes(other.records, other.logs)
    processes.ensure(Program("kubelet", ("sleep", "61")))
    yield processes
    processes.stop("kubelet")


def test_what_a_killed_cluster_left_is_removed(other: Settings, removed: list[Path], part: Processes) -> None:
    part.stop("kubelet")
    predecessor.remove_dead_predecessor(FULL)
    assert removed == [other.state] * 3


def test_a_living_cluster_keeps_its_addresses(removed: list[Path], part: Processes) -> None:
    assert part.is_alive("kubelet")
    with pytest.raises(ClusterError, match="kubelet still run: run `make cluster-down` there"):
        predecessor.remove_dead_predecessor(FULL)
    assert not removed


def test_ones_own_interface_is_left_alone(removed: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predecessor, "interface_owner", lambda: str(FULL.state))
    predecessor.remove_dead_predecessor(FULL)
    assert not removed
