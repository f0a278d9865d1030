from __future__ import annotations

import asyncio

import pytest

from pacsstack.controller.queue import FIRST_BACKOFF, LONGEST_BACKOFF, SETTLE, Key, WorkQueue

ONE, OTHER = Key("a", "one"), Key("a", "other")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> WorkQueue:
    return WorkQueue(clock, jitter=lambda: 0.5)


def take(queue: WorkQueue) -> Key | None:
    async def get() -> Key | None:
        task = asyncio.ensure_future(queue.get())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if task.done():
            return task.result()
        task.cancel()
        return None

    return asyncio.run(get())


def test_the_same_key_wanted_often_is_handed_out_once(queue: WorkQueue) -> None:
    for _ in range(20):
        queue.add(ONE)
    assert take(queue) == ONE
    assert take(queue) is None


def test_a_key_under_way_is_not_handed_out_again_until_it_is_done(queue: WorkQueue, clock: Clock) -> None:
    queue.add(ONE)
    assert take(queue) == ONE
    queue.add(ONE)
    clock.now += 10
    assert take(queue) is None
    queue.done(ONE)
    clock.now += SETTLE
    assert take(queue) == ONE


def test_other_keys_go_on_while_one_is_under_way(queue: WorkQueue) -> None:
    queue.add(ONE)
    take(queue)
    queue.add(OTHER)
    assert take(queue) == OTHER


def test_an_event_brings_a_later_resync_forward(queue: WorkQueue) -> None:
    queue.add(ONE, 300)
    assert take(queue) is None
    queue.add(ONE)
    assert take(queue) == ONE


def test_a_later_wish_does_not_put_an_earlier_one_off(queue: WorkQueue) -> None:
    queue.add(ONE)
    queue.add(ONE, 300)
    assert take(queue) == ONE


def test_the_echo_of_a_pass_waits_a_moment(queue: WorkQueue, clock: Clock) -> None:
    queue.add(ONE)
    take(queue)
    queue.done(ONE)
    queue.add(ONE)
    assert take(queue) is None
    clock.now += SETTLE
    assert take(queue) == ONE


def test_pauses_after_failures_double_up_to_a_limit_and_start_anew_after_a_success(queue: WorkQueue) -> None:
    pauses = [queue.failed(ONE) for _ in range(12)]
    assert pauses[:3] == [FIRST_BACKOFF, FIRST_BACKOFF * 2, FIRST_BACKOFF * 4]
    assert pauses[-1] == LONGEST_BACKOFF
    queue.succeeded(ONE)
    assert queue.failed(ONE) == FIRST_BACKOFF


def test_the_servers_own_wish_for_a_pause_counts(queue: WorkQueue) -> None:
    assert queue.failed(ONE, at_least=17) == 17


def test_a_waiting_worker_wakes_when_a_key_comes() -> None:
    async def scenario() -> Key:
        queue = WorkQueue(asyncio.get_running_loop().time)
        waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
        await asyncio.sleep(0)
        queue.add(ONE)
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        assert len(done) == 1
        return done.pop().result()

    assert asyncio.run(scenario()) == ONE
