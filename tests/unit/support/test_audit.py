from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import Mark

if TYPE_CHECKING:
    from pathlib import Path

OPERATOR = "system:serviceaccount:pacsstack-system:pacsstack-operator"


def line(verb: str, user: str = OPERATOR, namespace: str = "a") -> str:
    reference = {"resource": "services", "namespace": namespace, "name": "x"}
    entry = {"stage": "ResponseComplete", "verb": verb, "user": {"username": user}, "objectRef": reference}
    return json.dumps(entry) + "\n"


def test_only_the_operators_requests_after_the_mark_count(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(line("patch"))
    mark = Mark.now(log)
    with log.open("a") as file:
        file.write(line("get") + line("create", user="kubernetes-admin") + line("delete", namespace="b"))
    assert [entry["verb"] for entry in mark.operator_requests("a", log)] == ["get"]


def test_a_rotated_log_is_no_proof_of_silence(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text("")
    mark = Mark(log.stat().st_ino + 1, 0)
    with pytest.raises(RuntimeError, match="rotated"):
        mark.operator_requests("a", log)


def test_an_entry_that_was_half_written_at_the_mark_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(line("patch")[:20])
    mark = Mark.now(log)
    with log.open("a") as file:
        file.write(line("patch")[20:] + line("get"))
    assert [entry["verb"] for entry in mark.operator_requests("a", log)] == ["get"]
