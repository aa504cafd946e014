"""Kafka in memory: logs with partitions and offsets, groups that rebalance, and everything that goes wrong with them.

What a caller may rely on is what the real side promises too (both pass tests/integration/test_port_topics.py): order
within a key, at least once, a batch is handed over again until its handler has stored its position. What it may not
rely on happens on purpose and by chance: small batches, delays, records handed over twice, a write that was made but
reported as failed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from infra.kernel.ports import Handler, Positions, Unavailable
from infra.kernel.records import Outgoing, Place, Record

IDLE = 1.0
"""Seconds of virtual time after which a reader with nothing to read looks again."""
LARGEST = 262_144
"""Bytes of the largest record that is taken, with about what Kafka adds to it."""
Pause = Callable[[], Awaitable[None]]
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass
class Faults:
    """How often each thing goes wrong, as a probability at each chance for it."""

    redeliver: float = 0.05
    false_failure: float = 0.02
    failure: float = 0.02


@dataclass
class Broker:
    """What survives every client: the logs, and who is in which group."""

    partitions: int = 2
    logs: dict[Place, list[Record]] = field(default_factory=dict)
    members: dict[str, list[MemoryTopics]] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    happened: Counter[str] = field(default_factory=Counter)
    """How often each fault was made: a run in which none happened shows nothing."""

    def count(self, topic: str) -> int:
        """How many partitions a topic has."""
        return 1 if topic.startswith(("mailbox.", "directory.")) else self.partitions

    def places(self, topic: str) -> list[Place]:
        """The topic's partitions."""
        return [Place(topic, partition) for partition in range(self.count(topic))]

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Place:
        """Append a record to the partition of its key."""
        place = Place(topic, crc32(key or b"") % self.count(topic))
        log = self.logs.setdefault(place, [])
        log.append(Record(topic, place.partition, len(log), key, value, headers, 0))
        self.arrived.set()
        return place

    def log(self, place: Place) -> list[Record]:
        """All records of a partition."""
        return self.logs.get(place, [])


class MemoryTopics:
    """One client of the broker, with its subscriptions; dead once `cut`."""

    def __init__(self, broker: Broker, chance: Random, pause: Pause, faults: Faults | None = None) -> None:
        self._broker = broker
        self._chance = chance
        self._pause = pause
        self._faults = faults if faults is not None else Faults(0, 0, 0)
        self._subscriptions: list[tuple[tuple[str, ...], str, Handler, Positions]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.dead = False

    def subscribe(self, topics: Sequence[str], group: str, handler: Handler, positions: Positions) -> None:
        """Hand batches of these topics to `handler`, each partition from its stored position on."""
        self._subscriptions.append((tuple(topics), group, handler, positions))

    async def start(self) -> None:
        """Join the groups and begin to read."""
        for topics, group, handler, positions in self._subscriptions:
            self._broker.members.setdefault(group, []).append(self)
            self.tasks.append(asyncio.create_task(self._consume(topics, group, handler, positions)))

    async def stop(self) -> None:
        """Leave the groups."""
        self.cut()
        for task in self.tasks:
            with suppress(asyncio.CancelledError, Unavailable):
                await task

    def cut(self) -> None:
        """Crash: nothing more is read or written by this client."""
        self.dead = True
        for _, group, _, _ in self._subscriptions:
            with suppress(ValueError):
                self._broker.members.get(group, []).remove(self)
        for task in self.tasks:
            task.cancel()

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        """Write records in order for each key; returns the indexes of those reported as failed."""
        failed: list[int] = []
        stuck: set[tuple[str, str]] = set()
        for index, record in enumerate(records):
            if self._chance.random() < 0.2:
                await self._step()
            headers = tuple((name, value.encode()) for name, value in record.headers.items())
            size = 100 + len(record.key.encode()) + len(record.value) + sum(len(n) + len(v or b"") for n, v in headers)
            held = (record.topic, record.key) in stuck or size > LARGEST
            if held or self._happens("failed write", self._faults.failure):
                stuck.add((record.topic, record.key))
                failed.append(index)
                continue
            self._broker.append(record.topic, record.key.encode(), record.value, headers)
            if self._happens("write reported as failed", self._faults.false_failure):
                stuck.add((record.topic, record.key))
                failed.append(index)
        await self._step()
        return failed

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset after the last record of each partition."""
        await self._step()
        return {place: len(self._broker.log(place)) for topic in topics for place in self._broker.places(topic)}

    def _happens(self, fault: str, rate: float) -> bool:
        happens = self._chance.random() < rate
        self._broker.happened[fault] += happens
        return happens

    async def _step(self) -> None:
        await self._pause()
        if self.dead:
            raise Unavailable("cut off")

    def _mine(self, topics: Sequence[str], group: str) -> list[Place]:
        members = self._broker.members[group]
        share, index = len(members), members.index(self)
        places = [place for topic in topics for place in self._broker.places(topic)]
        return [place for number, place in enumerate(places) if number % share == index]

    async def _consume(self, topics: Sequence[str], group: str, handler: Handler, positions: Positions) -> None:
        at: dict[Place, int] = {}
        held: set[Place] = set()
        while True:
            await self._step()
            mine = self._mine(topics, group)
            if set(mine) != held:
                stored = await positions(mine)
                at = {place: stored.get(place, 0) for place in mine}
                held = set(mine)
            batch: list[Record] = []
            for place in mine:
                if at[place] and self._happens("redelivery", self._faults.redeliver):
                    at[place] = max(0, at[place] - self._chance.randint(1, 3))
                take = self._chance.randint(1, 8)
                batch += self._broker.log(place)[at[place] : at[place] + take]
            if not batch:
                self._broker.arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._broker.arrived.wait(), IDLE)
                continue
            await handler(batch)
            for record in batch:
                at[record.place] = max(at.get(record.place, 0), record.offset + 1)
