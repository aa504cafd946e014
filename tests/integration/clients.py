"""Both sides of the kernel's topics, and a service that reads them, for the tests of what both promise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from infra.embedded.cluster import Endpoints
from infra.kafka.admin import Admin
from infra.kafka.producer import partition
from infra.kafka.topics import KafkaTopics
from infra.kafka.topology import Topic
from infra.kernel.records import Place, Record
from infra.simulation.memory_kafka import Broker, Faults, MemoryTopics

WITHIN = 20.0
"""Seconds in which everything that is waited for must have come."""
Headers = Sequence[tuple[str, bytes | None]]


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it, and no longer than all must have come."""
    for _ in range(int(WITHIN * 100)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {WITHIN:.0f} s")


class Failed(Exception):
    """What a handler raises when its service is to stop."""


@dataclass
class Reader:
    """A service that keeps what it was handed, and its positions with it."""

    records: list[Record] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    stored: dict[Place, int] = field(default_factory=dict)
    asked: list[Place] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    fails: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    async def batch(self, batch: Sequence[Record]) -> None:
        """The handler."""
        assert batch
        kept = list(batch)
        self.waiting = len(kept)
        await self.gate.wait()
        self.waiting = 0
        self.batches.append(len(kept))
        if self.fails:
            raise Failed
        self.records += kept
        for record in kept:
            self.stored[record.place] = max(self.stored.get(record.place, 0), record.offset + 1)

    async def positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """Where it goes on."""
        self.asked += places
        return {place: self.stored[place] for place in places if place in self.stored}

    async def has(self, number: int) -> list[Record]:
        """What it was handed once that is so many records; there are no more."""
        await until(lambda: len(self.records) >= number)
        await asyncio.sleep(0.1)
        assert len(self.records) == number
        return self.records

    def values(self, key: str) -> list[bytes | None]:
        """The values of a key's records, in the order in which they came."""
        return [record.value for record in self.records if record.key == key.encode()]


Reading = tuple[Sequence[str], str, Reader]


@dataclass
class Side:
    """One side. `open` gives a client that has started; `raw` writes what no sender of ours would."""

    open: Callable[..., Any]
    raw: Callable[[str, bytes | None, bytes | None, Headers], Any]
    make: Callable[[str], None]
    _numbers: Any = field(default_factory=count)

    async def topic(self) -> str:
        """A new topic of two partitions."""
        name = f"port-{uuid4().hex}.{next(self._numbers)}"
        await asyncio.to_thread(self.make, name)
        return name


@asynccontextmanager
async def in_memory() -> AsyncIterator[Side]:
    broker = Broker()

    @asynccontextmanager
    async def client(*readings: Reading, copy: str = "1") -> AsyncIterator[MemoryTopics]:
        made = MemoryTopics(broker, Random(1), lambda: asyncio.sleep(0), Faults(0, 0, 0))
        for topics, group, reader in readings:
            made.subscribe(topics, group, reader.batch, reader.positions)
        await made.start()
        try:
            yield made
        finally:
            with suppress(Failed):
                await made.stop()

    async def raw(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        broker.append(topic, key, value, tuple(headers))

    yield Side(client, raw, lambda name: None)


@asynccontextmanager
async def on_kafka(cluster: Endpoints) -> AsyncIterator[Side]:
    settings, admin = cluster.admin(), Admin(cluster.admin())
    producer = AIOKafkaProducer(**settings.aiokafka(), partitioner=partition)
    await producer.start()

    @asynccontextmanager
    async def client(*readings: Reading, copy: str = "1") -> AsyncIterator[KafkaTopics]:
        made = KafkaTopics(settings, f"port-{copy}", copy)
        for topics, group, reader in readings:
            made.subscribe(topics, group, reader.batch, reader.positions)
        await made.start()
        try:
            yield made
        finally:
            await made.stop()
            with suppress(asyncio.CancelledError, Failed):
                made.failed.cancel()
                await made.failed

    async def raw(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        await producer.send_and_wait(topic, value, key, headers=list(headers))

    yield Side(client, raw, lambda name: admin.make_topics([Topic(name, 2)]))
    await producer.stop()
