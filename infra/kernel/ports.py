"""What the kernel stands on: four ports, each with a real side and one in memory that pass the same tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from contracts.directory import Directory

from .casebook import CaseRecord
from .effects import Effects, InboxRow, OutboxRow, ParkedRow
from .records import Outgoing, Place, Record

Handler = Callable[[Sequence[Record]], Awaitable[None]]
Positions = Callable[[Collection[Place]], Awaitable[Mapping[Place, int]]]


class Unavailable(Exception):
    """Kafka or PostgreSQL cannot be reached or did not answer: what was being done is tried again by itself."""


class DataRefused(Exception):
    """The database refused a value (SQLSTATE class 22 or 23): the batch is halved until the one record is found."""


class Clock(Protocol):
    """The wall clock, and a way to wait."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait this long."""
        ...


class Keyring(Protocol):
    """The directory as it is known now."""

    @property
    def directory(self) -> Directory:
        """The newest directory that has been read and checked."""
        ...


class Topics(Protocol):
    """Kafka, as far as the kernel needs it."""

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        """Write records, in order for each key. Returns the indexes of those that failed; what is left out is kept.

        Raises `Unavailable` when Kafka cannot be reached at all.
        """
        ...

    def subscribe(self, topics: Sequence[str], group: str, handler: Handler, positions: Positions) -> None:
        """Hand batches of these topics to `handler`, from `positions` on (0 where none is stored).

        The handler commits positions itself and raises only when the service is to stop.
        """
        ...

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset after the last record of each partition."""
        ...


class Transaction(Protocol):
    """One transaction of the store.

    Locks are taken in one order: positions, events, cases by id, mailbox numbers by agency.
    """

    async def positions(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Lock and return the next offset of each partition; a copy of this service that lags behind stops here."""
        ...

    async def claim(self, events: Collection[str]) -> None:
        """Keep these ids to this transaction until it ends: an id is one event's, whichever copy sees it first."""
        ...

    async def load(self, cases: Collection[str]) -> dict[str, CaseRecord]:
        """Lock and return the cases, making those that are new."""
        ...

    async def inbox(self, events: Collection[str]) -> dict[str, InboxRow]:
        """What has been decided already, by event id."""
        ...

    async def parked(self, cases: Collection[str]) -> dict[str, list[ParkedRow]]:
        """What waits in these cases, in the order in which it came."""
        ...

    async def held(self, events: Collection[str]) -> dict[str, str]:
        """The case in which each of these events waits, for those that do: an id is one event's, in whatever case."""
        ...

    async def accepted(self, cases: Collection[str]) -> dict[str, list[InboxRow]]:
        """The accepted events of these cases in their sequence, with to whom each was handed; without their bodies."""
        ...

    async def bodies(self, events: Collection[str]) -> dict[str, tuple[bytes, str]]:
        """The bytes of accepted events and their own headers (JSON), by event id."""
        ...

    async def numbers(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Take mailbox numbers: for each agency the first of as many as asked."""
        ...

    async def save(self, effects: Effects, timers: Mapping[str, datetime | None], outbox: Sequence[Outgoing]) -> None:
        """Write everything, one round trip a table."""
        ...


class Store(Protocol):
    """PostgreSQL, as far as the kernel needs it."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        ...

    async def stored_positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset of each partition, without a lock."""
        ...

    async def outbox(
        self, limit: int, topics: Collection[str] = (), keys: Collection[tuple[str, str]] = ()
    ) -> list[OutboxRow]:
        """What is to be written to Kafka, oldest first, without these topics and these keys (each with its topic)."""
        ...

    async def sent(self, positions: Sequence[int]) -> None:
        """These have been written: forget them."""
        ...

    def relay_lease(self) -> AbstractAsyncContextManager[Callable[[], Awaitable[bool]]]:
        """The right to relay: one copy of a service at a time. Calling it tells whether this copy has it."""
        ...

    async def due(self, before: datetime, limit: int) -> list[str]:
        """Cases in which something was due before this instant."""
        ...
