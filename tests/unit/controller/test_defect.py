"""A fault of the operator's own on one stack is told there, without the words of the fault, and ends nothing else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from pacsstack.controller import reconcile
from pacsstack.controller.errors import DefectError
from pacsstack.controller.queue import Key
from pacsstack.controller.reconcile import Reconciler
from pacsstack.controller.references import ReferenceIndex
from pacsstack.render.inputs import Images
from tests.unit.controller.builders import raw_stack

PASSWORD = "hunter2hunter2"


class Recorder:
    """Knows one stack, and keeps what is written."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    async def get(self, *_: object) -> dict[str, Any]:
        return raw_stack()

    async def apply(self, item: dict[str, Any], *_: object) -> dict[str, Any]:
        self.written.append(item)
        return item

    async def create(self, item: dict[str, Any]) -> dict[str, Any]:
        self.written.append(item)
        return item


async def _broken(*_: object) -> None:
    raise KeyError(PASSWORD)


def test_a_defect_is_reported_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "observe", _broken)
    recorder = Recorder()
    reconciler = Reconciler(recorder, Images(), ReferenceIndex(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    with pytest.raises(DefectError, match=r"KeyError in _broken, test_defect\.py:"):
        asyncio.run(reconciler.reconcile(Key("default", "demo")))
    conditions = {one["type"]: one for one in recorder.written[0]["status"]["conditions"]}
    assert conditions["Ready"]["reason"] == "OperatorDefect"
    assert "KeyError in _broken" in conditions["SpecValid"]["message"]
    assert PASSWORD not in str(recorder.written)
