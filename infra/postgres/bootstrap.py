"""The database, its roles and schemas: one schema and one role a service, and no service reads another's.

`safepassage_owner` owns everything and runs migrations; it cannot log in but through the superuser. A service's role
may use its schema's tables and change no structure. The audit role gets each right from the migrations themselves: on
the log's tables it may only read and append.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import asyncpg

from infra.kafka.topology import SERVICES
from infra.postgres.migrate import Migration, migrate, read

OWNER = "safepassage_owner"
KERNEL = Path(__file__).resolve().parent.parent / "kernel" / "sql"
OFFICES = Path(__file__).resolve().parent.parent.parent / "services"


def role(service: str) -> str:
    """A service's role."""
    return f"svc_{service}"


async def bootstrap(superuser: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make the database, roles and schemas that are not there yet. `superuser` is a DSN, `passwords` by role."""
    connection = await asyncpg.connect(superuser)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f'CREATE DATABASE "{database}"')
        await connection.execute(f'REVOKE ALL ON DATABASE "{database}", "postgres", "template1" FROM PUBLIC')
        for name in (OWNER, *passwords):
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
                await connection.execute(f'CREATE ROLE "{name}"')
        for name, password in passwords.items():
            literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
            await connection.execute(f'ALTER ROLE "{name}" LOGIN PASSWORD {literal}')
            await connection.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{name}"')
    finally:
        await connection.close()


async def prepare(superuser: str) -> dict[str, list[Migration]]:
    """Schemas, rights and migrations, in the database that this DSN names. Returns what was applied, by schema."""
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        applied = {}
        for service in SERVICES:
            await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{service}" AUTHORIZATION {OWNER}')
            await connection.execute(f'GRANT USAGE ON SCHEMA "{service}" TO {role(service)}')
            await connection.execute(f"SET ROLE {OWNER}")
            applied[service] = await migrate(connection, service, migrations(service))
            await _grant(connection, service)
            await connection.execute("RESET ROLE")
        return applied
    finally:
        await connection.close()


def migrations(service: str) -> list[Migration]:
    """The kernel's migrations, then the service's own."""
    return [*read("kernel", KERNEL), *read(service, OFFICES / service)]


async def _grant(connection: asyncpg.Connection[asyncpg.Record], service: str) -> None:
    """The kernel's tables in every schema; a service's own tables too, but the audit's, which grant for themselves."""
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", service)
    own = {row["tablename"] for row in rows} - {"schema_migration"}
    kernel = {"position", "case_record", "timer", "inbox", "parked", "mailbox_number", "outbox"}
    for table in sorted(own & kernel if service == "audit" else own):
        await connection.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{service}"."{table}" TO {role(service)}')
