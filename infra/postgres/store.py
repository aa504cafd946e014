"""The kernel's store on PostgreSQL: every method is one round trip for a whole batch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from pydantic_core import PydanticSerializationError, from_json, to_json

from infra.kernel.casebook import CaseRecord
from infra.kernel.effects import Effects, InboxRow, OutboxRow, ParkedRow
from infra.kernel.ports import DataRefused, Unavailable
from infra.kernel.records import Outgoing, Place

from .queries import load

if TYPE_CHECKING:
    from asyncpg import Record as Row
    from asyncpg.pool import PoolConnectionProxy

SQL = load(Path(__file__).with_name("kernel.sql"))
PASSING = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"})
"""Classes of SQLSTATE that pass by themselves: connections, deadlocks, resources, a server that starts or stops."""


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """The driver's errors as the kernel's: data that is refused, or a server that does not answer."""
    try:
        yield
    except asyncpg.PostgresError as error:
        kind = (error.sqlstate or "")[:2]
        if kind in ("22", "23"):
            raise DataRefused(error.sqlstate) from error
        if kind in PASSING:
            raise Unavailable(error.sqlstate) from error
        raise  # a table or a right is missing: trying again mends nothing, whoever runs it has to know
    except PydanticSerializationError as error:
        raise DataRefused("no UTF-8") from error
    except (asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Unavailable(type(error).__name__) from error


class PostgresStore:
    """One service's schema. The pool's connections have it as their search path."""

    def __init__(self, pool: asyncpg.Pool[Row]) -> None:
        self._pool = pool
        self._kept = Kept()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        """A transaction under READ COMMITTED: the row locks do the rest."""
        async with translated(), self._pool.acquire() as connection:
            transaction = PostgresTransaction(connection, self._kept)
            async with connection.transaction():
                yield transaction
            self._kept.keep(transaction.saved)

    async def stored_positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset of each partition, without a lock."""
        async with translated():
            rows = await self._pool.fetch(SQL["read_positions"], *_places(places))
        return {Place(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def outbox(
        self, limit: int, topics: Collection[str] = (), keys: Collection[tuple[str, str]] = ()
    ) -> list[OutboxRow]:
        """What is to be written to Kafka, oldest first, without these topics and these keys."""
        held = [topic for topic, _ in keys], [key for _, key in keys]
        async with translated():
            rows = await self._pool.fetch(SQL["read_outbox"], limit, list(topics), *held)
        return [
            OutboxRow(row["position"], Outgoing(row["topic"], row["key"], row["value"], from_json(row["headers"])))
            for row in rows
        ]

    async def sent(self, positions: Sequence[int]) -> None:
        """These have been written: forget them."""
        async with translated():
            await self._pool.execute(SQL["delete_outbox"], positions)

    @asynccontextmanager
    async def relay_lease(self) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """A session advisory lock on a connection of its own: when that connection is lost, so is the lease."""
        async with translated(), self._pool.acquire() as connection:
            held = False

            async def holds() -> bool:
                nonlocal held
                async with translated():
                    if held:
                        await connection.execute("SELECT")
                    else:
                        held = bool(await connection.fetchval(SQL["try_lease"]))
                return held

            try:
                yield holds
            finally:
                if held and not connection.is_closed():
                    await connection.execute(SQL["end_lease"])

    async def due(self, before: datetime, limit: int) -> list[str]:
        """Cases in which something was due before this instant."""
        async with translated():
            return [row["case_id"] for row in await self._pool.fetch(SQL["due"], before, limit)]


class Kept:
    """Records of cases as they were last committed here, so that a row whose text is the same need not be read again.

    A record is taken out when it is loaded and comes back when its transaction has been committed: one that was changed
    in vain is never seen again. What another copy of the service wrote has another text.
    """

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._records: dict[str, tuple[str, CaseRecord]] = {}

    def take(self, case: str, text: str) -> CaseRecord:
        """The record that this text says."""
        kept = self._records.pop(case, None)
        return kept[1] if kept is not None and kept[0] == text else CaseRecord.from_json(text)

    def keep(self, saved: Mapping[str, tuple[str, CaseRecord]]) -> None:
        """These have been committed. The ones that were not used for longest make room."""
        self._records |= saved
        while len(self._records) > self._size:
            del self._records[next(iter(self._records))]


class PostgresTransaction:
    """The kernel's transaction on one connection. `saved` is what it wrote of cases, for when it has been committed."""

    def __init__(self, connection: PoolConnectionProxy[Row], kept: Kept) -> None:
        self.connection = connection
        self.saved: dict[str, tuple[str, CaseRecord]] = {}
        self._kept = kept

    async def positions(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Lock and return the next offset of each partition."""
        arguments = _places(places)
        rows = await self.connection.fetch(SQL["lock_positions"], *arguments)
        if len(rows) < len(arguments[0]):
            await self.connection.execute(SQL["insert_positions"], *arguments)
            rows = await self.connection.fetch(SQL["lock_positions"], *arguments)
        return {Place(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def claim(self, events: Collection[str]) -> None:
        """Keep these ids to this transaction until it ends."""
        await self.connection.execute(SQL["claim_events"], sorted(events))

    async def load(self, cases: Collection[str]) -> dict[str, CaseRecord]:
        """Lock and return the cases, making those that are new."""
        ids = sorted(cases)
        rows = await self.connection.fetch(SQL["lock_cases"], ids)
        if len(rows) < len(ids):
            await self.connection.execute(SQL["insert_cases"], ids)
            rows = await self.connection.fetch(SQL["lock_cases"], ids)
        return {
            row["case_id"]: self._kept.take(row["case_id"], row["record"])
            if row["record"]
            else CaseRecord(row["case_id"])
            for row in rows
        }

    async def inbox(self, events: Collection[str]) -> dict[str, InboxRow]:
        """What has been decided already, by event id."""
        rows = await self.connection.fetch(SQL["read_inbox"], sorted(events))
        return {row["event_id"]: _inbox_row(row) for row in rows}

    async def held(self, events: Collection[str]) -> dict[str, str]:
        """The case in which each of these events waits."""
        rows = await self.connection.fetch(SQL["held"], sorted(events))
        return {row["event_id"]: row["case_id"] for row in rows}

    async def accepted(self, cases: Collection[str]) -> dict[str, list[InboxRow]]:
        """The accepted events of these cases in their sequence, without their bodies."""
        found: dict[str, list[InboxRow]] = {}
        for row in await self.connection.fetch(SQL["accepted"], sorted(cases)):
            found.setdefault(row["case_id"], []).append(_inbox_row(row))
        return found

    async def bodies(self, events: Collection[str]) -> dict[str, tuple[bytes, str]]:
        """The bytes of accepted events and their own headers, by event id."""
        rows = await self.connection.fetch(SQL["bodies"], sorted(events))
        return {row["event_id"]: (row["body"], row["headers"]) for row in rows if row["body"] is not None}

    async def parked(self, cases: Collection[str]) -> dict[str, list[ParkedRow]]:
        """What waits in these cases, in the order in which it came."""
        found: dict[str, list[ParkedRow]] = {}
        for row in await self.connection.fetch(SQL["read_parked"], sorted(cases)):
            fields = dict(row.items())
            found.setdefault(row["case_id"], []).append(ParkedRow(case=fields.pop("case_id"), **fields))
        return found

    async def numbers(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Take mailbox numbers: for each agency the first of as many as asked."""
        if not counts:
            return {}
        agencies = sorted(counts)
        rows = await self.connection.fetch(SQL["take_numbers"], agencies, [counts[agency] for agency in agencies])
        return {row["agency"]: row["last"] - counts[row["agency"]] + 1 for row in rows}

    async def save(self, effects: Effects, timers: Mapping[str, datetime | None], outbox: Sequence[Outgoing]) -> None:
        """Write everything, one round trip a table."""
        execute = self.connection.execute
        if effects.cases:
            self.saved = {case: (record.to_json(), record) for case, record in effects.cases.items()}
            await execute(SQL["save_cases"], list(self.saved), [text for text, _ in self.saved.values()])
        running = {case: due for case, due in timers.items() if due is not None}
        if running:
            await execute(SQL["set_timers"], list(running), list(running.values()))
        if len(running) < len(timers):
            await execute(SQL["clear_timers"], [case for case in timers if case not in running])
        if effects.unparked:
            await execute(SQL["delete_parked"], sorted(effects.unparked))
        if effects.parked:
            await execute(SQL["insert_parked"], *columns([_parked_values(row) for row in effects.parked.values()]))
        if effects.inbox:
            await execute(SQL["insert_inbox"], *columns([_inbox_values(row) for row in effects.inbox.values()]))
        if effects.redelivered:
            delivered = [" ".join(agencies) for agencies in effects.redelivered.values()]
            await execute(SQL["set_delivered"], list(effects.redelivered), delivered)
        await self.post(outbox)
        if effects.positions:
            places = sorted(effects.positions)
            await execute(SQL["save_positions"], *_places(places), [effects.positions[place] for place in places])

    async def post(self, outbox: Sequence[Outgoing]) -> None:
        """Put records into the outbox, in order."""
        if outbox:
            rows = [(item.topic, item.key, item.value, to_json(item.headers).decode()) for item in outbox]
            await self.connection.execute(SQL["insert_outbox"], *columns(rows))


def _places(places: Iterable[Place]) -> tuple[list[str], list[int]]:
    ordered = sorted(places)
    return [place.topic for place in ordered], [place.partition for place in ordered]


def columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)]


def _inbox_values(row: InboxRow) -> tuple[Any, ...]:
    return (
        row.event_id,
        row.digest,
        row.case,
        row.family,
        row.name,
        row.actor,
        row.outcome,
        row.problems,
        row.sequence,
        row.accepted,
        " ".join(row.named),
        " ".join(row.delivered),
        row.body,
        row.headers,
    )


def _inbox_row(row: Row) -> InboxRow:
    fields = dict(row.items())
    named, delivered = tuple(fields.pop("named").split()), tuple(fields.pop("delivered").split())
    return InboxRow(case=fields.pop("case_id"), named=named, delivered=delivered, **fields)


def _parked_values(row: ParkedRow) -> tuple[Any, ...]:
    return (
        row.event_id,
        row.digest,
        row.case,
        row.family,
        row.topic,
        row.partition,
        row.offset,
        row.waiting_for,
        row.until,
        row.body,
        row.headers,
    )
