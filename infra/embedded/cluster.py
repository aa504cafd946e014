"""Kafka and PostgreSQL of one data directory, started together and ended together."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg

from infra.kafka.settings import KafkaSettings

from . import certificates, jars, kafka, postgres
from .errors import DataInUse, StartFailed
from .supervise import Child, free_port

DATABASE = "safepassage"


def _quiet(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Kafka and PostgreSQL are, and their administrators' passwords. Deployed servers fill this in themselves."""

    kafka_bootstrap: str
    ca_file: Path
    kafka_admin_password: str
    postgres_host: str
    postgres_port: int
    postgres_password: str
    postgres_tls: bool = True

    def admin(self) -> KafkaSettings:
        """The administrator's way to Kafka."""
        return KafkaSettings(self.kafka_bootstrap, self.ca_file, "admin", self.kafka_admin_password)

    def dsn(self, role: str, password: str, database: str = DATABASE) -> str:
        """A role's way to PostgreSQL: TLS with the certificate checked, but for the embedded one on loopback."""
        tls = f"verify-full&sslrootcert={self.ca_file}" if self.postgres_tls else "disable"
        return f"postgresql://{role}:{password}@{self.postgres_host}:{self.postgres_port}/{database}?sslmode={tls}"

    def superuser(self, database: str = "postgres") -> str:
        """The superuser's way to PostgreSQL."""
        return self.dsn("postgres", self.postgres_password, database)


class Cluster:
    """The servers of one data directory: `async with Cluster(directory) as endpoints`."""

    def __init__(self, directory: Path, progress: Callable[[str], None] = _quiet) -> None:
        self.directory = directory.resolve()
        self._progress = progress
        self._children: list[Child] = []
        self._lock: IO[str] | None = None

    @property
    def children(self) -> tuple[Child, ...]:
        """The running servers."""
        return tuple(self._children)

    async def __aenter__(self) -> Endpoints:
        try:
            return await self._start()
        except BaseException:
            await self.__aexit__()
            raise

    async def __aexit__(self, *_: object) -> None:
        for child in reversed(self._children):
            await asyncio.to_thread(child.stop)
        self._children.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def _start(self) -> Endpoints:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        self._take()
        logs = self.directory / "logs"
        logs.mkdir(exist_ok=True)
        path = await asyncio.to_thread(jars.class_path, self._progress)
        known = self._secrets()
        ports = {"client": free_port(), "controller": free_port(), "postgres": free_port()}
        self._write_properties(known, ports)
        await asyncio.gather(
            asyncio.to_thread(self._format_kafka, path, known, logs),
            asyncio.to_thread(self._initialise_postgres, known, logs),
        )
        self._progress("starting Kafka and PostgreSQL")
        broker = kafka.start(path, self._folder("kafka"), logs / "kafka.log")
        self._children.append(broker)
        database = postgres.start(self._folder("postgres"), ports["postgres"], logs / "postgres.log")
        self._children.append(database)
        await asyncio.gather(
            asyncio.to_thread(kafka.wait_for_port, broker, ports["client"], logs / "kafka.log", 60),
            self._answers(known["postgres"], ports["postgres"], database, logs / "postgres.log"),
        )
        return Endpoints(
            f"127.0.0.1:{ports['client']}",
            self._folder("certificates") / "ca.pem",
            known["admin"],
            "127.0.0.1",
            ports["postgres"],
            known["postgres"],
            postgres_tls=False,
        )

    def _folder(self, name: str) -> Path:
        return self.directory / name

    def _take(self) -> None:
        lock = (self.directory / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise DataInUse(f"{self.directory} is in use by process {owner}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _secrets(self) -> Mapping[str, str]:
        path = self.directory / "secrets.json"
        if not path.exists():
            path.touch(mode=0o600)
            names = ("broker", "controller", "admin", "postgres")
            path.write_text(json.dumps({name: secrets.token_urlsafe(24) for name in names}), encoding="utf-8")
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        folder = self._folder("certificates")
        if not (folder / "server.pem").exists():
            folder.mkdir(exist_ok=True)
            certificates.make(folder)
        return known

    def _write_properties(self, known: Mapping[str, str], ports: Mapping[str, int]) -> None:
        folder = self._folder("kafka")
        folder.mkdir(exist_ok=True)
        path = folder / "server.properties"
        path.touch(mode=0o600)
        path.write_text(
            kafka.properties(
                {
                    "BIND": "127.0.0.1",
                    "CLIENT_PORT": str(ports["client"]),
                    "ADVERTISED_PORT": str(ports["client"]),
                    "CONTROLLER_PORT": str(ports["controller"]),
                    "BROKER_PASSWORD": known["broker"],
                    "CONTROLLER_PASSWORD": known["controller"],
                    "CERTIFICATES": str(self._folder("certificates")),
                    "DATA": str(folder / "data"),
                }
            ),
            encoding="utf-8",
        )

    def _format_kafka(self, class_path: str, known: Mapping[str, str], logs: Path) -> None:
        if (self._folder("kafka") / "data" / "meta.properties").exists():
            return
        users = {"broker": known["broker"], "admin": known["admin"]}
        kafka.format_storage(class_path, self._folder("kafka"), users, logs / "kafka.log")

    def _initialise_postgres(self, known: Mapping[str, str], logs: Path) -> None:
        if (self._folder("postgres") / "PG_VERSION").exists():
            return
        postgres.initialise(self._folder("postgres"), known["postgres"], logs / "postgres.log")

    async def _answers(self, password: str, port: int, child: Child, log: Path) -> None:
        endpoints = Endpoints(
            "", self._folder("certificates") / "ca.pem", "", "127.0.0.1", port, password, postgres_tls=False
        )
        for _ in range(600):
            if not child.running():
                raise StartFailed(f"PostgreSQL ended as soon as it had started: see {log}")
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(endpoints.superuser())
                await connection.close()
                return
            await asyncio.sleep(0.05)
        raise StartFailed(f"PostgreSQL did not answer within 30 s: see {log}")
