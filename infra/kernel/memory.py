"""The kernel's store in memory: the same promises as PostgreSQL's, for tests and simulation.

One transaction at a time; nothing it wrote is seen unless its block ends well. What PostgreSQL would refuse is refused
here. A store that was `cut` (its service crashed) refuses everything that its old owner still tries.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import compress

from pydantic_core import PydanticSerializationError

from .casebook import CaseRecord
from .effects import Effects, InboxRow, OutboxRow, ParkedRow
from .ports import DataRefused, Unavailable
from .records import Outgoing, Place


@dataclass
class Tables:
    """What survives a crash."""

    positions: dict[Place, int] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    timers: dict[str, datetime] = field(default_factory=dict)
    inbox: dict[str, InboxRow] = field(default_factory=dict)
    sequences: set[tuple[str, str, int]] = field(default_factory=set)
    parked: dict[str, ParkedRow] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    outbox: dict[int, Outgoing] = field(default_factory=dict)
    next_position: int = 1
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    lease: object | None = None


class MemoryStore:
    """One service copy's view of its tables. `pause` is awaited wherever PostgreSQL would be asked.

    `open` while one of its transactions is under way; `dead` once its node has crashed.
    """

    def __init__(self, tables: Tables, pause: Callable[[], Awaitable[None]] | None = None) -> None:
        self.tables = tables
        self.dead = False
        self.open = False
        self._pause = pause

    async def step(self) -> None:
        """A round trip: others run meanwhile, and a crashed copy gets no further."""
        if self._pause is not None:
            await self._pause()
        if self.dead:
            raise Unavailable("cut off")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        """A transaction: committed when the block ends, nothing when it raises."""
        async with self.tables.lock:
            transaction = MemoryTransaction(self)
            self.open = True
            try:
                yield transaction
                await self.step()
                transaction.commit()
            finally:
                self.open = False

    async def stored_positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset of each partition, without a lock."""
        await self.step()
        return {place: self.tables.positions[place] for place in places if place in self.tables.positions}

    async def outbox(
        self, limit: int, topics: Collection[str] = (), keys: Collection[tuple[str, str]] = ()
    ) -> list[OutboxRow]:
        """What is to be written to Kafka, oldest first, without these topics and these keys."""
        await self.step()
        held = set(keys)
        rows = [OutboxRow(position, self.tables.outbox[position]) for position in sorted(self.tables.outbox)]
        wanted = [row.record.topic not in topics and (row.record.topic, row.record.key) not in held for row in rows]
        return list(compress(rows, wanted))[:limit]

    async def sent(self, positions: Sequence[int]) -> None:
        """These have been written: forget them."""
        await self.step()
        for position in positions:
            self.tables.outbox.pop(position, None)

    @asynccontextmanager
    async def relay_lease(self) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """The right to relay: one copy of a service at a time."""
        await self.step()

        async def holds() -> bool:
            await self.step()
            holder = self.tables.lease
            if holder is None or (isinstance(holder, MemoryStore) and holder.dead):
                self.tables.lease = self
            return self.tables.lease is self

        try:
            yield holds
        finally:
            if self.tables.lease is self:
                self.tables.lease = None

    async def due(self, before: datetime, limit: int) -> list[str]:
        """Cases in which something was due before this instant."""
        await self.step()
        found = sorted((due, case) for case, due in self.tables.timers.items() if due <= before)
        return [case for _, case in found[:limit]]


class MemoryTransaction:
    """One transaction's reads, and what it will write when its block ends."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._tables = store.tables
        self._numbers: dict[str, int] = {}
        self._outbox: list[Outgoing] = []
        self._acts: list[Callable[[], None]] = []

    def on_commit(self, act: Callable[[], None]) -> None:
        """Do this with everything else, when the block ends well."""
        self._acts.append(act)

    async def positions(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """The next offset of each partition."""
        await self._store.step()
        return {place: self._tables.positions.get(place, 0) for place in places}

    async def claim(self, events: Collection[str]) -> None:
        """Nothing to do: here one transaction ends before the next begins."""
        await self._store.step()

    async def load(self, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The cases, new ones made."""
        await self._store.step()
        stored = self._tables.cases
        return {
            case: CaseRecord.from_json(stored[case]) if case in stored else CaseRecord(case) for case in sorted(cases)
        }

    async def inbox(self, events: Collection[str]) -> dict[str, InboxRow]:
        """What has been decided already, by event id."""
        await self._store.step()
        return {event: _told(self._tables.inbox[event]) for event in events if event in self._tables.inbox}

    async def accepted(self, cases: Collection[str]) -> dict[str, list[InboxRow]]:
        """The accepted events of these cases in their sequence, without their bodies."""
        await self._store.step()
        rows = [row for row in self._tables.inbox.values() if row.case in cases and row.sequence is not None]
        found: dict[str, list[InboxRow]] = {}
        for row in sorted(rows, key=lambda row: (row.case, row.family, row.sequence or 0)):
            found.setdefault(row.case, []).append(_told(row))
        return found

    async def bodies(self, events: Collection[str]) -> dict[str, tuple[bytes, str]]:
        """The bytes of accepted events and their own headers, by event id."""
        await self._store.step()
        rows = [self._tables.inbox[event] for event in events if event in self._tables.inbox]
        return {row.event_id: (row.body, row.headers) for row in rows if row.body is not None}

    async def held(self, events: Collection[str]) -> dict[str, str]:
        """The case in which each of these events waits."""
        await self._store.step()
        return {event: self._tables.parked[event].case for event in sorted(events) if event in self._tables.parked}

    async def parked(self, cases: Collection[str]) -> dict[str, list[ParkedRow]]:
        """What waits in these cases, in the order in which it came."""
        await self._store.step()
        found: dict[str, list[ParkedRow]] = {}
        for row in self._tables.parked.values():
            if row.case in cases:
                found.setdefault(row.case, []).append(row)
        return found

    async def numbers(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Take mailbox numbers: for each agency the first of as many as asked."""
        await self._store.step()
        first = {}
        for agency, count in counts.items():
            last = self._numbers.get(agency, self._tables.numbers.get(agency, 0))
            first[agency] = last + 1
            self._numbers[agency] = last + count
        return first

    async def save(self, effects: Effects, timers: Mapping[str, datetime | None], outbox: Sequence[Outgoing]) -> None:
        """Keep what is to be written for the end of the block; raises `DataRefused`."""
        await self._store.step()
        self._check(effects)
        try:
            cases = {case: record.to_json() for case, record in effects.cases.items()}
        except PydanticSerializationError as error:
            raise DataRefused("22021") from error
        self.on_commit(partial(self._write, effects, cases, timers))
        self._put(outbox)

    async def post(self, outbox: Sequence[Outgoing]) -> None:
        """Put records into the outbox, in order; raises `DataRefused`."""
        await self._store.step()
        self._put(outbox)

    def _check(self, effects: Effects) -> None:
        new: set[tuple[str, str, int]] = set()
        for row in effects.inbox.values():
            _storable(row.digest, row.name, row.actor, row.outcome, row.problems, row.headers, *row.named)
            _once(row.event_id, self._tables.inbox)
            if row.sequence is not None:
                place = (row.case, row.family, row.sequence)
                _once(place, new)
                _once(place, self._tables.sequences)
                new.add(place)
        for waiting in effects.parked.values():
            _storable(waiting.digest, waiting.topic, waiting.waiting_for, waiting.headers)
            if waiting.event_id not in effects.unparked:
                _once(waiting.event_id, self._tables.parked)

    def _put(self, outbox: Sequence[Outgoing]) -> None:
        for record in outbox:
            _storable(record.topic, record.key)
            _utf8(*record.headers, *record.headers.values())
        self._outbox += outbox

    def _write(self, effects: Effects, cases: Mapping[str, str], timers: Mapping[str, datetime | None]) -> None:
        tables = self._tables
        tables.positions |= effects.positions
        tables.cases |= cases
        for case, due in timers.items():
            if due is None:
                tables.timers.pop(case, None)
            else:
                tables.timers[case] = due
        for event in effects.unparked:
            tables.parked.pop(event, None)
        tables.parked |= effects.parked
        tables.inbox |= effects.inbox
        rows = effects.inbox.values()
        tables.sequences |= {(row.case, row.family, row.sequence) for row in rows if row.sequence is not None}
        for event, delivered in effects.redelivered.items():
            if event in tables.inbox:
                tables.inbox[event] = replace(tables.inbox[event], delivered=delivered)

    def commit(self) -> None:
        """All of it at once."""
        tables = self._tables
        tables.numbers |= self._numbers
        for record in self._outbox:
            tables.outbox[tables.next_position] = record
            tables.next_position += 1
        for act in self._acts:
            act()


def _told(row: InboxRow) -> InboxRow:
    """A row as it is read with many others: without its body and its own headers."""
    return replace(row, body=None, headers="{}")


def _once(key: object, taken: Collection[object]) -> None:
    if key in taken:
        raise DataRefused("23505")


def _storable(*texts: str) -> None:
    """A text of PostgreSQL is UTF-8 without NUL."""
    if any("\x00" in text for text in texts):
        raise DataRefused("22021")
    _utf8(*texts)


def _utf8(*texts: str) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise DataRefused("22021") from error
