from __future__ import annotations

from pacsstack.controller.delivery import Delivery
from pacsstack.controller.queue import Key

GRACE = 60.0


def stack(name: str, version: str) -> dict[str, str]:
    return {"uid": f"uid-{name}", "namespace": "a", "name": name, "resourceVersion": version}


def test_a_watch_that_has_told_everything_is_well() -> None:
    delivery = Delivery(GRACE)
    delivery.delivered(stack("one", "1"), deleted=False)
    assert delivery.compare([stack("one", "1")], 0) == []
    assert delivery.stalled(1000) is None


def test_what_the_watch_has_not_told_is_looked_at_at_once_and_fails_after_the_grace() -> None:
    delivery = Delivery(GRACE)
    delivery.delivered(stack("one", "1"), deleted=False)
    assert delivery.compare([stack("one", "2")], 0) == [Key("a", "one")]
    assert delivery.stalled(GRACE) is None
    delivery.compare([stack("one", "2")], GRACE)
    assert delivery.stalled(GRACE + 1) is not None


def test_a_new_and_a_vanished_stack_that_were_not_told_count_too() -> None:
    delivery = Delivery(GRACE)
    delivery.delivered(stack("gone", "1"), deleted=False)
    assert delivery.compare([stack("new", "5")], 0) == [Key("a", "gone"), Key("a", "new")]


def test_an_event_that_overtook_the_list_is_no_stall() -> None:
    delivery = Delivery(GRACE)
    delivery.delivered(stack("one", "3"), deleted=False)
    assert delivery.compare([stack("one", "2")], 0) == [Key("a", "one")]
    assert delivery.compare([stack("one", "3")], 20) == []
    assert delivery.stalled(1000) is None


def test_any_event_shows_that_the_watch_lives() -> None:
    delivery = Delivery(GRACE)
    delivery.compare([stack("one", "1")], 0)
    delivery.delivered(stack("one", "1"), deleted=False)
    assert delivery.stalled(1000) is None


def test_a_told_deletion_is_no_stall() -> None:
    delivery = Delivery(GRACE)
    delivery.delivered(stack("one", "1"), deleted=False)
    delivery.delivered(stack("one", "2"), deleted=True)
    assert delivery.compare([], 0) == []
