"""Schemas move forward: numbered SQL files, each applied once, in one transaction, and never edited afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg import Record as Row

_FILE = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")
LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migration (
    source text NOT NULL, number integer NOT NULL, name text NOT NULL, sha256 text NOT NULL,
    applied timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (source, number)
)"""


class MigrationRefused(Exception):
    """Schema and migration files do not belong together: nothing was changed, and the message says which differs."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of one source (the kernel's, or a service's own)."""

    source: str
    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of its text."""
        return sha256(self.text.encode()).hexdigest()


def read(source: str, folder: Path) -> list[Migration]:
    """The numbered files of a folder, in order; raises `MigrationRefused` where a number is missing or doubled."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE.match(path.name)
        if match is not None:
            found.append(Migration(source, int(match[1]), match[2], path.read_text(encoding="utf-8")))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(numbers) + 1)):
        raise MigrationRefused(f"{folder}: files are numbered 0001, 0002, … without a gap; found {numbers}")
    return found


async def migrate(connection: asyncpg.Connection[Row], schema: str, migrations: list[Migration]) -> list[Migration]:
    """Apply what has not been applied in this schema; returns what was. Two at once: the second waits."""
    await connection.execute("SELECT pg_advisory_lock(hashtext($1))", f"migrate {schema}")
    try:
        await connection.execute(f'SET search_path = "{schema}"')
        await connection.execute(LEDGER)
        done = {
            (row["source"], row["number"]): row["sha256"]
            for row in await connection.fetch("SELECT source, number, sha256 FROM schema_migration")
        }
        _check(schema, done, migrations)
        new = [migration for migration in migrations if (migration.source, migration.number) not in done]
        for migration in new:
            async with connection.transaction():
                await connection.execute(migration.text)
                await connection.execute(
                    "INSERT INTO schema_migration (source, number, name, sha256) VALUES ($1, $2, $3, $4)",
                    migration.source,
                    migration.number,
                    migration.name,
                    migration.digest,
                )
        return new
    finally:
        await connection.execute("RESET search_path")
        await connection.execute("SELECT pg_advisory_unlock(hashtext($1))", f"migrate {schema}")


def _check(schema: str, done: dict[tuple[str, int], str], migrations: list[Migration]) -> None:
    known = {(migration.source, migration.number): migration for migration in migrations}
    for place, digest in sorted(done.items()):
        if place not in known:
            raise MigrationRefused(f"schema {schema} is newer than this release: {place[0]} {place[1]:04} is not here")
        if known[place].digest != digest:
            raise MigrationRefused(f"{place[0]} {place[1]:04} was edited after it had been applied to schema {schema}")
