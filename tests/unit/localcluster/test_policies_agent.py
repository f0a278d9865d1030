from __future__ import annotations

from queue import SimpleQueue
from typing import Any

import pytest

from localcluster.policies.agent import NAMESPACES, PODS, POLICIES, Agent, Inbox, Known
from tests.unit.localcluster.policy_objects import namespace, pod, policy

WEB = pod("home/web", "10.244.0.2")
LISTED = {PODS: [WEB], NAMESPACES: [namespace("home")], POLICIES: [policy("home/deny", ingress=[])]}


def listed(kind: str) -> Any:
    return lambda known: known.replace(kind, LISTED[kind])


def changed(event: str, kind: str, item: dict[str, Any]) -> Any:
    return lambda known: known.change(kind, event, item)


def with_all_kinds() -> tuple[Agent, Inbox, list[str]]:
    inbox: Inbox = SimpleQueue()
    written: list[str] = []
    agent = Agent(inbox, written.append)
    for kind in LISTED:
        inbox.put(listed(kind))
    agent.step()
    return agent, inbox, written


def test_nothing_is_written_before_every_kind_is_known() -> None:
    known = Known()
    for kind in LISTED:
        assert known.table() is None
        listed(kind)(known)
    assert "chain ingress-10.244.0.2" in str(known.table())


def test_what_comes_in_together_is_written_once() -> None:
    _, _, written = with_all_kinds()
    assert len(written) == 1


def test_news_that_change_nothing_are_not_written() -> None:
    agent, inbox, written = with_all_kinds()
    inbox.put(changed("MODIFIED", PODS, WEB))
    agent.step()
    assert len(written) == 1


def test_a_policy_that_is_deleted_isolates_nobody() -> None:
    agent, inbox, written = with_all_kinds()
    inbox.put(changed("DELETED", POLICIES, LISTED[POLICIES][0]))
    agent.step()
    assert "chain ingress-" not in written[-1]


def test_a_list_replaces_what_was_deleted_unseen() -> None:
    agent, inbox, written = with_all_kinds()
    inbox.put(lambda known: known.replace(PODS, []))
    agent.step()
    assert "10.244.0.2" not in written[-1]


def test_a_watch_that_ends_ends_the_agent() -> None:
    agent, inbox, _ = with_all_kinds()
    inbox.put(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        agent.step()
