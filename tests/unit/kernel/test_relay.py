"""The relay writes what can be written: what cannot holds back its own key, for a growing while, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.kernel.clock import WallClock
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.ports import Unavailable
from infra.kernel.records import Outgoing
from infra.kernel.relay import BATCH, Held, relay, relay_once

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = [f"key-{n}" for n in range(4)]


class Hand:
    """A clock that only sleepers move."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """While others sleep."""
        for _ in range(10_000):
            if holds():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never comes")


class Kafka:
    """Takes everything but what is refused: topics by name, keys of any topic; later ones of a refused key as well."""

    def __init__(self, clock: Hand) -> None:
        self.refused: set[str] = set()
        self.away = False
        self.log: list[Outgoing] = []
        self.tries: list[tuple[timedelta, int]] = []
        self._clock = clock

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        if self.away:
            raise Unavailable("KafkaConnectionError")
        failed = [n for n, record in enumerate(records) if self.refused & {record.topic, record.key}]
        self.tries.append((self._clock.at - START, len(failed)))
        self.log += [record for n, record in enumerate(records) if n not in failed]
        return failed


class Desk:
    """An outbox, a Kafka, and a relay that goes one step at a time."""

    def __init__(self) -> None:
        self.clock, self.tables, self.held = Hand(), Tables(), Held()
        self.kafka = Kafka(self.clock)
        self.topics: Any = self.kafka
        self.store = MemoryStore(self.tables)

    async def post(self, *records: Outgoing) -> None:
        async with self.store.transaction() as transaction:
            await transaction.post(records)

    async def step(self, seconds: float = 0) -> bool:
        self.clock.at += timedelta(seconds=seconds)
        return await relay_once(self.store, self.topics, self.clock, self.held)

    def written(self, topic: str) -> list[bytes]:
        return [record.value for record in self.kafka.log if record.topic == topic]


def letters(topic: str, count: int, keys: int) -> list[Outgoing]:
    return [Outgoing(topic, f"key-{n % keys}", b"%d" % n) for n in range(count)]


async def test_more_than_a_batch_for_a_topic_that_does_not_exist_stops_nobody() -> None:
    desk = Desk()
    desk.kafka.refused = {"nowhere"}
    await desk.post(*letters("nowhere", BATCH + 500, 1500), *letters("events", 50, 5))
    assert await desk.step()
    assert await desk.step()
    assert desk.written("events") == [b"%d" % n for n in range(50)]
    assert not await desk.step(), "what is held back is not even looked at"
    desk.kafka.refused = set()
    while await desk.step(1):
        pass
    assert desk.written("nowhere") == [b"%d" % n for n in range(BATCH + 500)]
    assert desk.tables.outbox == {}


async def test_a_key_is_passed_over_for_a_while_that_grows_to_a_minute() -> None:
    desk = Desk()
    desk.kafka.refused = {"key-1"}
    await desk.post(*letters("events", 8, 4))
    for second in range(400):
        await desk.post(Outgoing("events", "key-0", b"+%d" % second))
        while await desk.step():
            pass
        desk.clock.at += timedelta(seconds=1)
    tried = [int(at.total_seconds()) for at, failed in desk.kafka.tries if failed]
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]
    assert [value for value in desk.written("events") if value.startswith(b"+")] == [b"+%d" % n for n in range(400)]
    assert [record.key for record in desk.tables.outbox.values()] == ["key-1", "key-1"]
    desk.kafka.refused = set()
    await desk.step(60)
    assert desk.written("events")[-2:] == [b"1", b"5"]
    desk.kafka.refused = {"key-1"}
    await desk.post(Outgoing("events", "key-1", b"9"))
    await desk.step()
    assert not await desk.step(0.9)
    assert await desk.step(0.2), "what went is forgotten: the while begins anew"


async def test_each_key_stays_in_order_whatever_fails() -> None:
    desk = Desk()
    numbers = dict.fromkeys(KEYS, 0)
    for turn in range(200):
        desk.kafka.refused = {KEYS[turn % 4]} if turn % 3 else {"events"} if turn % 5 else set()
        for key in KEYS:
            await desk.post(Outgoing("events", key, b"%d" % numbers[key]))
            numbers[key] += 1
        await desk.step(0.4)
    desk.kafka.refused = set()
    await desk.step(61)
    await desk.step()
    assert desk.tables.outbox == {}
    for key in KEYS:
        assert [r.value for r in desk.kafka.log if r.key == key] == [b"%d" % n for n in range(200)]


async def test_what_was_sent_by_another_copy_is_forgotten() -> None:
    desk = Desk()
    desk.kafka.refused = {"events"}
    await desk.post(*letters("events", 300, 300))
    await desk.step()
    assert desk.held.now(desk.clock.at) == (["events"], [])
    desk.tables.outbox.clear()
    assert not await desk.step(2)
    assert desk.held.now(START) == ([], [])


@pytest.mark.parametrize("outage", [0.0, 300.0])
async def test_when_kafka_itself_is_away_no_key_is_to_blame(outage: float) -> None:
    """Everything goes soon after it has come back, however long it was away."""
    desk = Desk()
    desk.kafka.away = outage > 0
    await desk.post(*letters("events", 20, 5))
    task = asyncio.create_task(relay(desk.store, desk.topics, desk.clock, asyncio.Event()))
    try:
        await desk.clock.until(lambda: desk.clock.at - START >= timedelta(seconds=outage))
        desk.kafka.away = False
        back = desk.clock.at
        await desk.clock.until(lambda: not desk.tables.outbox)
        assert desk.clock.at - back <= timedelta(seconds=1)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_it_ends_when_it_is_cancelled_whatever_it_waits_for() -> None:
    for steps in range(60):
        wake = asyncio.Event()
        task = asyncio.create_task(relay(MemoryStore(Tables()), Quiet(), WallClock(), wake, 0.2))
        for step in range(steps):
            if step % 7 == 3:
                wake.set()
            await asyncio.sleep(0)
        task.cancel()
        _, late = await asyncio.wait({task}, timeout=1)
        assert not late, f"cancelled at step {steps}, and it went on"


class Quiet:
    """Topics to which nothing is written."""

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        return []

    def subscribe(self, topics: object, group: object, handler: object, positions: object) -> None:
        raise NotImplementedError

    async def end_offsets(self, topics: object) -> dict[Any, int]:
        return {}
