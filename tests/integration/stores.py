"""Both sides of the kernel's store, and rows to put into them, for the tests of what both promise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from infra.embedded.cluster import Endpoints
from infra.kernel.effects import Effects, InboxRow, ParkedRow
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.ports import Store
from infra.kernel.records import Outgoing, Place
from infra.postgres.bootstrap import KERNEL, migrations, role
from infra.postgres.migrate import migrate, read
from infra.postgres.store import PostgresStore

NOW = datetime(2026, 7, 1, 9, 30, 0, 250_000, tzinfo=UTC)
CASES = tuple(f"0197c5a0-0000-7000-8000-00000000000{number}" for number in range(4))
EVENTS = tuple(f"0197c5a0-0000-7000-9000-00000000000{number}" for number in range(6))
CASE, EVENT = CASES[0], EVENTS[0]
PLACE, OTHER = Place("intake.submissions.v1", 0), Place("intake.submissions.v1", 1)


class Failed(Exception):
    """What a block raises that is to leave nothing."""


@dataclass
class Side:
    """One side. `copy` is another copy of the service, on the same tables; `cut` takes the first one's away from it."""

    copy: Callable[[], Store]
    cut: Callable[[], Awaitable[None]]

    def __post_init__(self) -> None:
        self.store = self.copy()

    async def save(
        self,
        effects: Effects | None = None,
        timers: Mapping[str, datetime | None] | None = None,
        outbox: Sequence[Outgoing] = (),
    ) -> None:
        """Write all this in a transaction that holds the locks for it."""
        written = effects or Effects()
        async with self.store.transaction() as transaction:
            await transaction.positions(written.positions)
            await transaction.load(written.cases)
            await transaction.save(written, timers or {}, outbox)

    async def ask(self, what: str, *arguments: Any) -> Any:
        """One question in a transaction of its own."""
        async with self.store.transaction() as transaction:
            return await getattr(transaction, what)(*arguments)


@asynccontextmanager
async def schema(cluster: Endpoints, service: str | None) -> AsyncIterator[str]:
    """A schema with the kernel's tables, and a service's own beside them."""
    name = f"store_{uuid4().hex}"
    owner = await asyncpg.connect(cluster.superuser())
    try:
        if service and not await owner.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role(service)):
            await owner.execute(f"CREATE ROLE {role(service)}")
        await owner.execute(f"CREATE SCHEMA {name}")
        await migrate(owner, name, migrations(service) if service else read("kernel", KERNEL))
        yield name
    finally:
        await owner.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        await owner.close()


async def _leave(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Nothing is reset."""


@asynccontextmanager
async def opened(side: str, cluster: Endpoints, service: str | None = None) -> AsyncIterator[Side]:
    """The side in memory, or the one on PostgreSQL, empty; with a service's own tables where one is named."""
    if side == "memory":
        tables, copies = Tables(), list[MemoryStore]()

        def copy() -> MemoryStore:
            copies.append(MemoryStore(tables, lambda: asyncio.sleep(0)))
            return copies[-1]

        async def crash() -> None:
            copies[0].dead = True

        yield Side(copy, crash)
        return
    async with schema(cluster, service) as name:
        settings = {"search_path": name, "application_name": name}
        # As a service's own pool, it resets nothing: what is not given back stays taken.
        async with asyncpg.create_pool(
            cluster.superuser(), min_size=1, max_size=4, server_settings=settings, reset=_leave
        ) as pool:

            async def terminate() -> None:
                owner = await asyncpg.connect(cluster.superuser())
                await owner.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1", name
                )
                await owner.close()

            yield Side(lambda: PostgresStore(pool), terminate)


def inbox(event: str, case: str = CASE, **changes: Any) -> InboxRow:
    row = InboxRow(event, "digest", case, "intake", "intake.report-received", "kh-mosvy", "accepted")
    return replace(row, **changes)


def accepted(event: str, sequence: int, case: str = CASE, **changes: Any) -> InboxRow:
    told = {"sequence": sequence, "accepted": NOW, "named": ("a", "b"), "delivered": ("a",)}
    return inbox(
        event, case, **{**told, "problems": '["one"]', "body": b"\x00\xff", "headers": '{"jws":"x"}', **changes}
    )


def parked(event: str, case: str = CASE, **changes: Any) -> ParkedRow:
    row = ParkedRow(event, "d", case, "intake", *PLACE, 2**40, "intake.case-closed", NOW, b"\x00\xff", '{"jws":"x"}')
    return replace(row, **changes)
