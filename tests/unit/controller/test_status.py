from __future__ import annotations

from datetime import timedelta

from pacsstack.controller.components import READY as FINE
from pacsstack.controller.components import Verdict
from pacsstack.controller.problems import Problem, credentials_problem
from pacsstack.controller.resources import Object
from pacsstack.controller.status import (
    VALID,
    Standing,
    status_of,
    transitions,
    unknown_verdicts,
    with_problems,
    with_ready,
)
from pacsstack.spec.status import ConditionType, Reason
from tests.unit.controller.builders import NOW

STARTING = Verdict("False", Reason.PROGRESSING, "starting")


def status(**verdicts: Verdict) -> Object:
    kinds = {ConditionType(name): verdict for name, verdict in verdicts.items()}
    return status_of(Standing(with_ready(kinds, paused=False), {}, {}), 3, [], NOW)


def test_ready_is_the_and_of_all_with_the_first_reason() -> None:
    ready = with_ready({ConditionType.POSTGRES_READY: STARTING, ConditionType.PROXY_READY: STARTING}, paused=False)
    assert ready[ConditionType.READY] == Verdict("False", Reason.PROGRESSING, "PostgresReady: starting")
    assert with_ready({ConditionType.PROXY_READY: FINE}, paused=False)[ConditionType.READY].status == "True"


def test_a_paused_stack_is_neither_ready_nor_not() -> None:
    ready = with_ready({ConditionType.PROXY_READY: FINE}, paused=True)[ConditionType.READY]
    assert (ready.status, ready.reason) == ("Unknown", Reason.PAUSED)


def test_a_problem_overrides_what_the_pods_say() -> None:
    problem = Problem(ConditionType.PROXY_READY, Reason.APPLY_REFUSED, "refused", blocking=False)
    assert with_problems({ConditionType.PROXY_READY: FINE}, [problem])[ConditionType.PROXY_READY].message == "refused"


def test_problems_of_one_condition_are_told_together() -> None:
    problems = [credentials_problem(Reason.SECRET_NOT_FOUND, "one"), credentials_problem(Reason.SECRET_INVALID, "two")]
    verdict = with_problems({}, problems)[ConditionType.CREDENTIALS_READY]
    assert verdict == Verdict("False", Reason.SECRET_NOT_FOUND, "one; two")


def test_an_object_of_no_component_that_is_refused_makes_ready_false_by_itself() -> None:
    problem = Problem(ConditionType.READY, Reason.APPLY_REFUSED, "refused", blocking=False)
    verdicts = with_ready(with_problems({ConditionType.PROXY_READY: FINE}, [problem]), paused=False)
    assert verdicts[ConditionType.READY].reason == Reason.APPLY_REFUSED


def test_a_transitions_time_stays_until_the_status_changes() -> None:
    before = status(ProxyReady=STARTING)["conditions"]
    later = NOW + timedelta(minutes=5)
    same = status_of(Standing({ConditionType.PROXY_READY: STARTING}, {}, {}), 4, before, later)["conditions"][0]
    assert (same["lastTransitionTime"], same["observedGeneration"]) == ("2026-03-01T00:00:00Z", 4)
    changed = status_of(Standing({ConditionType.PROXY_READY: FINE}, {}, {}), 4, before, later)["conditions"][0]
    assert changed["lastTransitionTime"] == "2026-03-01T00:05:00Z"


def test_the_same_standing_gives_the_same_status() -> None:
    first = status(ProxyReady=STARTING)
    again = status_of(
        Standing(with_ready({ConditionType.PROXY_READY: STARTING}, paused=False), {}, {}),
        3,
        first["conditions"],
        NOW + timedelta(days=1),
    )
    assert again == first


def test_transitions_are_news_only_once_and_not_at_first() -> None:
    first = status(ProxyReady=STARTING)
    assert transitions([], first) == []
    ready = status(ProxyReady=FINE)
    assert [one["type"] for one in transitions(first["conditions"], ready)] == ["Ready", "ProxyReady"]
    assert transitions(ready["conditions"], ready) == []


def test_a_new_stack_that_cannot_work_is_news() -> None:
    broken = status(CredentialsReady=Verdict("False", Reason.SECRET_NOT_FOUND, "x"))
    assert [one["reason"] for one in transitions([], broken)] == ["SecretNotFound", "SecretNotFound"]


def test_what_was_known_outlives_an_invalid_spec() -> None:
    known = unknown_verdicts(status(ProxyReady=FINE, SpecValid=VALID)["conditions"])
    assert known == {ConditionType.SPEC_VALID: VALID, ConditionType.PROXY_READY: FINE}
