from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pacsstack.controller.errors import AlreadyExistsError, TransientError
from pacsstack.controller.lease import Candidate, Election, Mandate
from pacsstack.controller.periods import Periods

PERIODS = Periods()


class Store:
    """An API server that knows one Lease and refuses what was not written on its newest version."""

    def __init__(self) -> None:
        self.lease: dict[str, Any] | None = None
        self.away = False

    async def get(self, *_: object) -> dict[str, Any] | None:
        self._answer()
        return self.lease

    async def create(self, item: dict[str, Any]) -> dict[str, Any]:
        self._answer()
        if self.lease is not None:
            raise AlreadyExistsError("there is one")
        return self._keep(item, 1)

    async def apply(self, item: dict[str, Any]) -> dict[str, Any]:
        self._answer()
        assert self.lease is not None
        version = self.lease["metadata"]["resourceVersion"]
        if item["metadata"]["resourceVersion"] != version:
            raise TransientError("conflict")
        return self._keep(item, int(version) + 1)

    def holder(self) -> str:
        assert self.lease is not None
        return str(self.lease["spec"]["holderIdentity"])

    def _answer(self) -> None:
        if self.away:
            raise TransientError("no answer")

    def _keep(self, item: dict[str, Any], version: int) -> dict[str, Any]:
        self.lease = {**item, "metadata": {**item["metadata"], "resourceVersion": str(version)}}
        return self.lease


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Rival:
    """One operator's side of the election."""

    def __init__(self, store: Store, clock: Clock, name: str) -> None:
        self.mandate = Mandate()
        self.election = Election(store, Candidate("a", "lease", name), self.mandate, PERIODS, clock)  # type: ignore[arg-type]

    async def step(self) -> bool:
        await self.election._step()
        return self.mandate.held


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rivals(store: Store, clock: Clock) -> tuple[Rival, Rival]:
    return Rival(store, clock, "first"), Rival(store, clock, "second")


pytestmark = pytest.mark.asyncio


async def test_the_first_works_and_the_second_waits_as_long_as_it_renews(
    rivals: tuple[Rival, Rival], clock: Clock
) -> None:
    first, second = rivals
    for _ in range(20):
        assert await first.step()
        assert not await second.step()
        clock.now += PERIODS.renewal


async def test_the_second_takes_over_when_the_first_is_gone_for_the_leases_duration(
    rivals: tuple[Rival, Rival], clock: Clock, store: Store
) -> None:
    first, second = rivals
    await first.step()
    await second.step()
    clock.now += PERIODS.lease - 0.1
    assert not await second.step()
    clock.now += 0.1
    assert await second.step()
    assert store.holder() == "second"
    assert store.lease is not None
    assert store.lease["spec"]["leaseTransitions"] == 1


async def test_who_was_overtaken_while_asleep_stops(rivals: tuple[Rival, Rival], clock: Clock) -> None:
    first, second = rivals
    await first.step()
    await second.step()
    clock.now += PERIODS.lease
    await second.step()
    assert not await first.step()


async def test_a_released_lease_is_taken_at_once(rivals: tuple[Rival, Rival]) -> None:
    first, second = rivals
    await first.step()
    await second.step()
    await first.election.release()
    assert not first.mandate.held
    assert await second.step()


async def test_a_lease_of_somebody_else_is_not_released(
    rivals: tuple[Rival, Rival], clock: Clock, store: Store
) -> None:
    first, second = rivals
    await first.step()
    await second.step()
    clock.now += PERIODS.lease
    await second.step()
    await first.election.release()
    assert store.holder() == "second"


async def test_without_the_api_server_the_holder_goes_on_for_its_term_only(
    rivals: tuple[Rival, Rival], clock: Clock, store: Store
) -> None:
    first, _ = rivals
    await first.step()
    store.away = True
    clock.now += PERIODS.term - 0.1
    assert await first.step()
    clock.now += 0.2
    assert not await first.step()
    store.away = False
    assert await first.step()


async def test_the_term_ends_before_anybody_may_take_the_lease() -> None:
    assert PERIODS.renewal < PERIODS.term < PERIODS.lease


async def test_of_two_that_take_it_at_once_one_gets_it(rivals: tuple[Rival, Rival]) -> None:
    first, second = rivals
    assert sorted(await asyncio.gather(first.step(), second.step())) == [False, True]


async def test_a_pass_is_broken_off_when_the_mandate_ends() -> None:
    mandate = Mandate()
    mandate.grant()

    async def work() -> None:
        async with mandate.in_force():
            mandate.withdraw()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()
    with pytest.raises(TimeoutError):
        async with mandate.in_force():
            pytest.fail("a pass began without a mandate")
