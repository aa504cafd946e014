"""``safepassage migrate``: bring every service's schema to this release."""

from __future__ import annotations

import asyncpg
import click

from infra.cli.command import Session, command
from infra.cli.errors import Lacking, Refused, Unreachable
from infra.embedded.cluster import DATABASE, Cluster
from infra.embedded.errors import DataInUse, EmbeddedError
from infra.postgres.bootstrap import prepare
from infra.postgres.migrate import Migration, MigrationRefused


@command("migrate", example="SAFEPASSAGE_DSN=postgresql://postgres@db.example/safepassage safepassage migrate")
@click.option("--dsn", envvar="SAFEPASSAGE_DSN", help="The administrator's way to PostgreSQL [env: SAFEPASSAGE_DSN].")
async def migrate(session: Session, dsn: str | None) -> int:
    """Bring the schemas of all services to this release, forward only.

    Without --dsn it is the database of the data directory, whose network must not be running: a network does this
    itself when it starts. Give a password by the environment, not on the command line, where others see it.
    """
    applied = await _apply(dsn) if dsn is not None else await _embedded(session)
    session.output.data(
        {schema: [f"{item.source}/{item.number:04}_{item.name}" for item in items] for schema, items in applied.items()}
    )
    rows = [
        (schema, ", ".join(f"{item.source} {item.number:04} {item.name}" for item in items) or "nothing new")
        for schema, items in applied.items()
    ]
    session.output.table(("schema", "applied"), rows)
    return 0


async def _embedded(session: Session) -> dict[str, list[Migration]]:
    if not (session.data / "postgres").is_dir():
        raise Refused(f"there is no database in {session.data}", "make one with a network: safepassage up")
    try:
        async with Cluster(session.data, session.output.note) as endpoints:
            return await _apply(endpoints.superuser(DATABASE))
    except DataInUse as error:
        raise Refused(str(error), "nothing to do: a network brings its schemas up to date when it starts") from error
    except EmbeddedError as error:
        raise Lacking(str(error), "see what is wrong on this machine: safepassage doctor") from error


async def _apply(dsn: str) -> dict[str, list[Migration]]:
    try:
        return await prepare(dsn)
    except MigrationRefused as error:
        raise Refused(str(error), "use the release that the database was made with, or a newer one") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Refused("there is no such database yet", "start a network once: safepassage up makes it") from error
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError) as error:
        raise Refused(
            "PostgreSQL does not let this role in", "give an administrator's role and its password"
        ) from error
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as error:
        raise Unreachable(
            f"PostgreSQL does not answer ({type(error).__name__})", "check --dsn, and that it runs"
        ) from error
