"""Kafka and PostgreSQL of one data directory, started together and ended together."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg
import psutil

from infra.kafka.settings import KafkaSettings

from . import certificates, jars, kafka, postgres
from .archive import Archive
from .errors import DataInUse, StartFailed
from .supervise import Child, free_port

DATABASE = "safepassage"
UP_WITHIN = 120.0
"""Seconds that a server gets to come up: one or two suffice, but a busy machine needs many more."""
PATIENCE = 15.0
"""Seconds that servers whose parent was killed get to end."""


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
        self._archive: Archive | None = None

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
            if await asyncio.to_thread(child.stop) and child.name == "Kafka" and self._archive is not None:
                self._archive.keep()
        self._children.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def _start(self) -> Endpoints:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        await self._take()
        logs = self.directory / "logs"
        logs.mkdir(exist_ok=True)
        path = await asyncio.to_thread(jars.class_path, self._progress)
        known = self._secrets()
        ports = {"client": free_port(), "controller": free_port(), "postgres": free_port()}
        self._write_properties(known, ports)
        self._archive = Archive(path)
        flags, *_ = await asyncio.gather(
            asyncio.to_thread(self._archive.flags, logs / "kafka.log"),
            asyncio.to_thread(self._format_kafka, path, known, logs),
            asyncio.to_thread(self._initialise_postgres, known, logs),
        )
        self._progress("starting Kafka and PostgreSQL")
        broker = kafka.start(path, self._folder("kafka"), logs / "kafka.log", flags, self._held())
        self._children.append(broker)
        database = postgres.start(self._folder("postgres"), ports["postgres"], logs / "postgres.log", self._held())
        self._children.append(database)
        await asyncio.gather(
            asyncio.to_thread(kafka.wait_for_port, broker, ports["client"], logs / "kafka.log", UP_WITHIN),
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

    async def _take(self) -> None:
        """Lock the directory. The servers hold the same lock, so it is free only when the last of them has ended."""
        lock = (self.directory / "lock").open("a+", encoding="utf-8")
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                owner = lock.read().strip()
                # After kill -9 of their parent the servers need a moment to end.
                if time.monotonic() > until or not owner or psutil.pid_exists(int(owner)):
                    lock.close()
                    raise DataInUse(f"{self.directory} is in use by process {owner or 'unknown'}") from None
            await asyncio.sleep(0.05)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _held(self) -> list[int]:
        return [self._lock.fileno()] if self._lock is not None else []

    def _secrets(self) -> Mapping[str, str]:
        path = self.directory / "secrets.json"
        if not path.exists():
            names = ("broker", "controller", "admin", "postgres")
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(json.dumps({name: secrets.token_urlsafe(24) for name in names}), encoding="utf-8")
            new.rename(path)
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        _make_whole(self._folder("certificates"), certificates.make)
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
        data = self._folder("kafka") / "data"
        if (data / "meta.properties").exists():  # the last file that formatting writes
            return
        shutil.rmtree(data, ignore_errors=True)
        users = {"broker": known["broker"], "admin": known["admin"]}
        kafka.format_storage(class_path, self._folder("kafka"), users, logs / "kafka.log", self._held())

    def _initialise_postgres(self, known: Mapping[str, str], logs: Path) -> None:
        log, held = logs / "postgres.log", self._held()
        _make_whole(self._folder("postgres"), lambda new: postgres.initialise(new, known["postgres"], log, held))

    async def _answers(self, password: str, port: int, child: Child, log: Path) -> None:
        endpoints = Endpoints(
            "", self._folder("certificates") / "ca.pem", "", "127.0.0.1", port, password, postgres_tls=False
        )
        until = time.monotonic() + UP_WITHIN
        while time.monotonic() < until:
            if not child.running():
                raise StartFailed(f"PostgreSQL ended as soon as it had started: see {log}")
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(endpoints.superuser())
                await connection.close()
                return
            await asyncio.sleep(0.05)
        raise StartFailed(f"PostgreSQL did not answer within {UP_WITHIN:.0f} s: see {log}")


def _make_whole(folder: Path, make: Callable[[Path], None]) -> None:
    """Make a folder under another name and rename it, so that what has its name is never half made."""
    if folder.exists():
        return
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    make(new)
    new.rename(folder)


def user(directory: Path) -> str | None:
    """The process that a network in this directory belongs to; None where none of its servers runs any more."""
    lock = directory / "lock"
    if not lock.exists():
        return None
    with lock.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip() or "unknown"
    return None
