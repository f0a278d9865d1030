"""The operator is killed at each write, before and after the API server has acted, and its successor ends the work.

Every `CRASH_EVERY`th place is tried; `CRASH_EVERY=1` tries all of them, which takes some minutes.
"""

from __future__ import annotations

import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.controlplane.api import ApiServer, Object
from tests.controlplane.forked_operator import ForkedOperator
from tests.controlplane.stage import Stage
from tests.support.faulty_api import Drop, Exchange, Fault, FaultyApi, Rule, well

EVERY = int(os.environ.get("CRASH_EVERY", "4"))
MOMENTS = pytest.mark.parametrize("acted", [False, True], ids=["before-it-acts", "after-it-acted"])
ADAPTER = {"adapter": {"import": {"dicomwebURL": "http://store.example/dicom-web"}}}
PLAIN: Object = {}
CHANGED: Object = {
    "proxy": {"path": "/orthanc/", "replicas": 2},
    "postgres": {"managed": {"parameters": {"work_mem": "8MB"}}},
}


class Crashes:
    """Kills the operator at one write, and lets nothing of what it has already sent reach the API server after that."""

    def __init__(self, front: FaultyApi, operator: ForkedOperator) -> None:
        self.front = front
        self.operator = operator

    def at(self, number: int, *, acted: bool) -> Rule:
        count = 0

        def rule(exchange: Exchange) -> Fault | None:
            nonlocal count
            if count >= number:
                return Drop()
            count += exchange.is_write
            return Drop(acted=acted, then=self.operator.kill) if count == number else None

        return rule

    def run(self, stage: Stage, number: int, *, acted: bool, spec: Object) -> bool:
        """Change the spec, have the operator killed at that write, start it again; False if it never wrote so often."""
        self.front.rule = self.at(number, acted=acted)
        stage.apply(spec)
        stage.comes_to_rest(self.operator.alive)
        killed = not self.operator.alive()
        self.front.rule = well
        if killed:
            assert self.operator.wait() == -signal.SIGKILL
            self.operator.start()
        stage.comes_to_rest()
        return killed


@contextmanager
def in_namespace(api: ApiServer) -> Iterator[str]:
    name = f"crash-{uuid.uuid4().hex[:8]}"
    api.apply("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


@contextmanager
def on_stage(api: ApiServer, kubeconfig: Path, namespace: str, log: Path) -> Iterator[tuple[Stage, Crashes]]:
    with FaultyApi(kubeconfig) as front, ForkedOperator(front.kubeconfig, namespace, log) as operator:
        yield Stage(api, front, namespace), Crashes(front, operator)


@pytest.fixture
def scene(
    established: ApiServer, control_plane: Path, namespace: str, tmp_path: Path
) -> Iterator[tuple[Stage, Crashes]]:
    with on_stage(established, control_plane, namespace, tmp_path / "operator.log") as found:
        yield found


@dataclass(frozen=True)
class Undisturbed:
    """What a run without any crash writes and ends in."""

    writes: list[str]
    result: dict[str, Object]

    @classmethod
    def watch(cls, stage: Stage, spec: Object) -> Undisturbed:
        before = len(stage.writes())
        stage.apply(spec)
        stage.comes_to_rest()
        return cls(stage.written()[before:], stage.normalised())

    def places(self) -> range:
        """Return which writes to crash at, counted from one; the last one is always among them."""
        return range((len(self.writes) - 1) % EVERY + 1, len(self.writes) + 1, EVERY)


def objects(writes: list[str]) -> Counter[str]:
    """Count the writes of each object; the status may pass through more than one state."""
    return Counter(one for one in writes if not one.endswith("/status"))


@MOMENTS
def test_creation(established: ApiServer, control_plane: Path, tmp_path: Path, *, acted: bool) -> None:
    @contextmanager
    def fresh(number: int) -> Iterator[tuple[Stage, Crashes]]:
        with (
            in_namespace(established) as namespace,
            on_stage(established, control_plane, namespace, tmp_path / f"{number}.log") as found,
        ):
            yield found

    with fresh(0) as (stage, _):
        undisturbed = Undisturbed.watch(stage, PLAIN)
    for number in undisturbed.places():
        with fresh(number) as (stage, crashes):
            assert crashes.run(stage, number, acted=acted, spec=PLAIN), f"there was no write {number}"
            assert stage.normalised() == undisturbed.result, f"after a crash at write {number}"
            assert objects(acted_on(stage)) == objects(undisturbed.writes), f"after a crash at write {number}"


@MOMENTS
@pytest.mark.parametrize("spec", [CHANGED, ADAPTER], ids=["change", "component"])
def test_a_change_and_its_undoing(scene: tuple[Stage, Crashes], spec: Object, *, acted: bool) -> None:
    """With the adapter, the undoing is the deletion of a component."""
    stage, crashes = scene
    Undisturbed.watch(stage, PLAIN)
    there, back = Undisturbed.watch(stage, spec), Undisturbed.watch(stage, PLAIN)
    for number in there.places():
        crash_once(stage, crashes, there, number, spec, acted=acted)
        Undisturbed.watch(stage, PLAIN)
    Undisturbed.watch(stage, spec)
    for number in back.places():
        crash_once(stage, crashes, back, number, PLAIN, acted=acted)
        Undisturbed.watch(stage, spec)


def crash_once(  # noqa: PLR0913  (one crash is told by all of them)
    stage: Stage, crashes: Crashes, undisturbed: Undisturbed, number: int, spec: Object, *, acted: bool
) -> None:
    before = len(acted_on(stage))
    assert crashes.run(stage, number, acted=acted, spec=spec), f"there was no write {number}"
    assert stage.normalised() == undisturbed.result, f"after a crash at write {number}"
    assert objects(acted_on(stage)[before:]) == objects(undisturbed.writes), f"after a crash at write {number}"


def acted_on(stage: Stage) -> list[str]:
    return [one for one, exchange in zip(stage.written(), stage.writes(), strict=True) if exchange.acted]
