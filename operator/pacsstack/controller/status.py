"""Put together what the status of a PacsStack says. Pure; the time is given.

Source of the form: kubernetes/community, "API Conventions", typical status properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacsstack.controller.components import Verdict
from pacsstack.controller.resources import PACSSTACK, Object
from pacsstack.spec.status import ConditionType, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pacsstack.controller.problems import Problem

Condition = dict[str, Any]

LONGEST_MESSAGE = 4096
"""Characters of a message; the API conventions allow 32768, but nobody reads them."""

VALID = Verdict("True", Reason.AS_DESIRED, "the spec is valid")
CREDENTIALS_FINE = Verdict("True", Reason.AS_DESIRED, "all passwords and certificates are there and valid")
ALL_READY = Verdict("True", Reason.AS_DESIRED, "the archive works")
_KNOWN_TYPES = frozenset(ConditionType)
_KNOWN_REASONS = frozenset(Reason)
_EXPECTED_AT_FIRST = frozenset({Reason.AS_DESIRED, Reason.PROGRESSING, Reason.WAITING_FOR_POSTGRES})
PAUSED = Verdict("Unknown", Reason.PAUSED, "the operator leaves this stack alone: set `spec.paused: false` to go on")


@dataclass(frozen=True)
class Standing:
    """How a stack stands: a verdict for each condition, and what else the status tells."""

    verdicts: Mapping[ConditionType, Verdict]
    endpoints: Mapping[str, str]
    versions: Mapping[str, str]


def with_problems(
    verdicts: Mapping[ConditionType, Verdict], problems: Iterable[Problem]
) -> dict[ConditionType, Verdict]:
    """Return the verdicts with each problem's condition false; several problems of one condition share its message."""
    combined = dict(verdicts)
    for kind, found in _by_condition(problems).items():
        combined[kind] = Verdict("False", found[0].reason, "; ".join(one.message for one in found)[:LONGEST_MESSAGE])
    return combined


def with_ready(verdicts: Mapping[ConditionType, Verdict], *, paused: bool) -> dict[ConditionType, Verdict]:
    """Return the verdicts with `Ready`, which is true when all are and else has the first one's reason."""
    if paused:
        return {ConditionType.READY: PAUSED, **verdicts}
    first = next(((kind, verdict) for kind, verdict in verdicts.items() if verdict.status != "True"), None)
    if ConditionType.READY in verdicts or first is None:
        return {ConditionType.READY: verdicts.get(ConditionType.READY, ALL_READY), **verdicts}
    kind, verdict = first
    return {ConditionType.READY: Verdict("False", verdict.reason, f"{kind}: {verdict.message}"), **verdicts}


def unknown_verdicts(previous: Sequence[Condition]) -> dict[ConditionType, Verdict]:
    """Return what was last known of each condition but `Ready`, the spec's own first."""
    known = {
        ConditionType(one["type"]): Verdict(one["status"], Reason(one["reason"]), one["message"])
        for one in previous
        if one["type"] in _KNOWN_TYPES and one["reason"] in _KNOWN_REASONS
    }
    known.pop(ConditionType.READY, None)
    return {ConditionType.SPEC_VALID: VALID, **known}


def status_of(standing: Standing, generation: int, previous: Sequence[Condition], now: datetime) -> Object:
    """Return the whole status; a condition whose status stays keeps its time of transition."""
    before = {condition["type"]: condition for condition in previous}
    conditions = [
        _condition(kind, verdict, generation, before.get(kind.value), now)
        for kind, verdict in standing.verdicts.items()
    ]
    return {
        "observedGeneration": generation,
        "conditions": conditions,
        "endpoints": dict(standing.endpoints),
        "versions": dict(standing.versions),
    }


def status_patch(stack: Object, status: Object) -> Object:
    """Return the object that sets the status by server-side apply."""
    metadata = {"name": stack["metadata"]["name"], "namespace": stack["metadata"]["namespace"]}
    return {"apiVersion": PACSSTACK.api_version, "kind": PACSSTACK.kind, "metadata": metadata, "status": status}


def transitions(previous: Sequence[Condition], status: Object) -> list[Condition]:
    """Return the conditions that tell something new: another status or reason than before.

    That a new stack is not ready at first is no news.
    """
    before = {condition["type"]: (condition["status"], condition["reason"]) for condition in previous}
    return [one for one in status["conditions"] if _is_news(one, before.get(one["type"]))]


def _is_news(condition: Condition, before: tuple[str, str] | None) -> bool:
    if before is None:
        return condition["reason"] not in _EXPECTED_AT_FIRST
    return before != (condition["status"], condition["reason"])


def _by_condition(problems: Iterable[Problem]) -> dict[ConditionType, list[Problem]]:
    grouped: dict[ConditionType, list[Problem]] = {}
    for problem in problems:
        grouped.setdefault(problem.condition, []).append(problem)
    return grouped


def _condition(
    kind: ConditionType, verdict: Verdict, generation: int, before: Condition | None, now: datetime
) -> Condition:
    same = before is not None and before["status"] == verdict.status
    return {
        "type": kind.value,
        "status": verdict.status,
        "observedGeneration": generation,
        "lastTransitionTime": before["lastTransitionTime"] if same and before else now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": verdict.reason.value,
        "message": verdict.message[:LONGEST_MESSAGE],
    }
