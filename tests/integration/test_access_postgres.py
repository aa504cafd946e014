"""Who may do what in PostgreSQL, tried with real credentials: every schema × table × operation × role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from infra.embedded.cluster import DATABASE, Endpoints
from infra.kafka.topology import SERVICES
from infra.postgres.bootstrap import OWNER, role

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

SELECT, INSERT, UPDATE, DELETE, TRUNCATE = "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"
EVERYTHING_A_SERVICE_MAY = {SELECT, INSERT, UPDATE, DELETE}
LOG = {"entry", "node", "head", "checkpoint", "record"}
"""The tables of the audit's log: they only grow."""


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Each service."""
    return str(request.param)


@pytest.fixture
async def connection(service: str, cluster: Endpoints, passwords: dict[str, str]) -> AsyncIterator[Connection]:
    """That service's own connection."""
    opened = await asyncpg.connect(cluster.dsn(role(service), passwords[role(service)]))
    yield opened
    await opened.close()


async def permitted(connection: Connection, statement: str) -> bool:
    """Whether the server lets it happen; what it did is undone."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.IntegrityConstraintViolationError:
        return True  # it may, and these values were wrong: rights are looked at first
    finally:
        await transaction.rollback()
    return True


async def rights(connection: Connection, table: str, column: str) -> set[str]:
    """What this role can really do with a table."""
    statements = {
        SELECT: f"SELECT * FROM {table} LIMIT 1",
        INSERT: f"INSERT INTO {table} DEFAULT VALUES",
        UPDATE: f'UPDATE {table} SET "{column}" = DEFAULT WHERE false',
        DELETE: f"DELETE FROM {table} WHERE false",
        TRUNCATE: f"TRUNCATE {table}",
    }
    return {operation for operation, statement in statements.items() if await permitted(connection, statement)}


async def test_a_role_uses_the_tables_of_its_own_schema_and_of_no_other(
    service: str, connection: Connection, owner: Connection
) -> None:
    columns = await owner.fetch(
        "SELECT table_schema AS schema, table_name AS name, max(column_name::text) AS column"
        " FROM information_schema.columns WHERE table_schema = ANY($1::text[]) GROUP BY 1, 2",
        list(SERVICES),
    )
    assert {row["schema"] for row in columns} == set(SERVICES)
    found = {
        (row["schema"], row["name"]): await rights(connection, f'"{row["schema"]}"."{row["name"]}"', row["column"])
        for row in columns
    }
    for (schema, table), may in found.items():
        if schema != service or table == "schema_migration":
            assert may == set(), (schema, table)
        elif schema != "audit":
            assert may == EVERYTHING_A_SERVICE_MAY, (schema, table)
        elif table in LOG:
            assert may == {SELECT, INSERT}, table
        else:
            assert TRUNCATE not in may, table
            assert SELECT in may, table


async def test_only_the_lock_of_the_log_can_be_changed_by_the_audit_role(
    cluster: Endpoints, passwords: dict[str, str], owner: Connection
) -> None:
    """Column rights too: a right to change one column would not show in an UPDATE of another."""
    changeable = await owner.fetch(
        "SELECT DISTINCT table_name AS name, column_name AS column FROM information_schema.columns"
        " WHERE table_schema = 'audit' AND table_name = ANY($1::text[])"
        " AND has_column_privilege('svc_audit', format('audit.%I', table_name), column_name, 'UPDATE')",
        [*LOG, "sequencer"],
    )
    assert [tuple(row) for row in changeable] == [("sequencer", "epoch")]
    connection = await asyncpg.connect(cluster.dsn("svc_audit", passwords["svc_audit"]))
    try:
        for statement in (
            "UPDATE audit.sequencer SET epoch = epoch WHERE false",
            "SELECT 1 FROM audit.sequencer FOR UPDATE",
        ):
            assert await permitted(connection, statement)
    finally:
        await connection.close()


async def test_no_role_changes_structure_or_takes_more_rights(service: str, connection: Connection) -> None:
    other = next(name for name in SERVICES if name != service)
    for statement in (
        f'CREATE TABLE "{service}".extra (a int)',
        f'CREATE FUNCTION "{service}".extra() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
        f'ALTER TABLE "{service}".outbox ADD COLUMN extra int',
        f'ALTER TABLE "{service}".outbox DISABLE TRIGGER ALL',
        f'DROP TABLE "{service}".outbox',
        f'DROP SCHEMA "{service}" CASCADE',
        f"SET ROLE {OWNER}",
        f"SET ROLE {role(other)}",
        f"ALTER ROLE {role(other)} PASSWORD 'known'",
        f"ALTER ROLE {role(service)} SUPERUSER",
        "SET session_replication_role = replica",
        "CREATE SCHEMA extra",
        "CREATE TABLE public.extra (a int)",
        "CREATE TEMPORARY TABLE extra (a int)",
        "CREATE ROLE extra",
        "SELECT * FROM pg_authid",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        assert not await permitted(connection, statement), statement
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # this one cannot be tried inside a transaction
        await connection.execute("ALTER SYSTEM SET synchronous_commit = off")


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_a_role_opens_the_networks_database_alone(
    database: str, service: str, cluster: Endpoints, passwords: dict[str, str]
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(cluster.dsn(role(service), passwords[role(service)], database))


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("name", ["postgres", OWNER, *(role(service) for service in SERVICES), "nobody"])
async def test_it_opens_to_no_one_without_the_password(
    name: str,
    password: str,
    cluster: Endpoints,
    passwords: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InterfaceError)):
        await asyncpg.connect(cluster.dsn(name, password, DATABASE), passfile="/nonexistent")


async def test_there_is_no_other_door(owner: Connection, cluster: Endpoints, passwords: dict[str, str]) -> None:
    lines = await owner.fetch("SELECT type, address, auth_method, error FROM pg_hba_file_rules")
    assert {row["auth_method"] for row in lines} == {"scram-sha-256"}
    assert {row["error"] for row in lines} == {None}
    logins = {row["rolname"] for row in await owner.fetch("SELECT rolname FROM pg_roles WHERE rolcanlogin")}
    assert logins == {"postgres", *(role(service) for service in SERVICES)}
    assert await owner.fetchval("SHOW synchronous_commit") == "on"
