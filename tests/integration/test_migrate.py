"""Schemas move forward only: each numbered file is applied once and whole, and is never edited afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest

from infra.embedded.cluster import Endpoints
from infra.kafka.topology import SERVICES
from infra.postgres.bootstrap import migrations
from infra.postgres.migrate import Migration, MigrationRefused, migrate, read

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

FIRST = Migration("kernel", 1, "first", "CREATE TABLE one (a int); INSERT INTO one VALUES (1)")
SECOND = Migration("kernel", 2, "second", "INSERT INTO one VALUES (2); CREATE TABLE two (a int)")


@pytest.fixture
async def schema(cluster: Endpoints) -> AsyncIterator[tuple[Connection, str]]:
    """An empty schema and a connection to it."""
    name = f"moved_{uuid4().hex}"
    connection = await asyncpg.connect(cluster.superuser())
    await connection.execute(f"CREATE SCHEMA {name}")
    yield connection, name
    await connection.execute(f"DROP SCHEMA {name} CASCADE")
    await connection.close()


async def test_each_is_applied_once_in_order(schema: tuple[Connection, str]) -> None:
    connection, name = schema
    assert await migrate(connection, name, [FIRST]) == [FIRST]
    assert await migrate(connection, name, [FIRST, SECOND]) == [SECOND]
    assert await migrate(connection, name, [FIRST, SECOND]) == []
    assert await connection.fetchval(f"SELECT array_agg(a ORDER BY a) FROM {name}.one") == [1, 2]


async def test_two_at_once_apply_it_once(schema: tuple[Connection, str], cluster: Endpoints) -> None:
    connection, name = schema
    other = await asyncpg.connect(cluster.superuser())
    applied = await asyncio.gather(migrate(connection, name, [FIRST, SECOND]), migrate(other, name, [FIRST, SECOND]))
    await other.close()
    assert sorted(map(len, applied)) == [0, 2]


async def test_an_edited_or_missing_one_is_refused_and_nothing_changes(schema: tuple[Connection, str]) -> None:
    connection, name = schema
    await migrate(connection, name, [FIRST])
    edited = Migration(FIRST.source, FIRST.number, FIRST.name, FIRST.text + " ")
    with pytest.raises(MigrationRefused, match="kernel 0001 was edited"):
        await migrate(connection, name, [edited, SECOND])
    with pytest.raises(MigrationRefused, match=f"{name} is newer"):
        await migrate(connection, name, [Migration("intake", 1, "own", "CREATE TABLE own (a int)")])
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = $1", name) == 2


async def test_one_that_fails_leaves_nothing_and_can_be_mended(schema: tuple[Connection, str]) -> None:
    connection, name = schema
    broken = Migration("kernel", 2, "second", "INSERT INTO one VALUES (2); CREATE TABLE one (a int)")
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate(connection, name, [FIRST, broken])
    assert await connection.fetchval(f"SELECT count(*) FROM {name}.one") == 1
    assert await migrate(connection, name, [FIRST, SECOND]) == [SECOND]


def test_files_are_numbered_without_a_gap(tmp_path: Path) -> None:
    for number in (1, 3):
        (tmp_path / f"000{number}_part.sql").write_text("SELECT 1", encoding="utf-8")
    (tmp_path / "queries.sql").write_text("-- not a migration", encoding="utf-8")
    with pytest.raises(MigrationRefused, match="found \\[1, 3\\]"):
        read("intake", tmp_path)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_begins_with_the_kernels(service: str) -> None:
    assert migrations(service)[0].source == "kernel"
