"""Kafka and PostgreSQL of one machine: they continue their data, refuse a second owner, and never outlive us."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeAclsRequest

from infra.embedded import jars
from infra.embedded.cluster import Cluster, Endpoints
from infra.embedded.errors import DataInUse, DownloadFailed, FilesChanged
from infra.kafka.admin import Admin
from infra.kafka.topology import Topic

from .broker import Broker

CHILD = """
import asyncio, sys
from pathlib import Path
from infra.embedded.cluster import Cluster
async def main():
    cluster = Cluster(Path(sys.argv[1]))
    async with cluster:
        print(*(child.pid for child in cluster.children), flush=True)
        await asyncio.sleep(120)
asyncio.run(main())
"""


def start_elsewhere(directory: Path) -> subprocess.Popen[str]:
    """Another process that starts the servers of this directory, prints their pids, and stays."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(directory)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def alive_after(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run when this time has passed."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_no_server_outlives_its_parent(ending: signal.Signals, tmp_path: Path) -> None:
    with start_elsewhere(tmp_path) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        family = [process for pid in pids for process in (psutil.Process(pid), *psutil.Process(pid).children(True))]
        os.kill(parent.pid, ending)
        parent.wait(20)
    assert alive_after(family, 20) == []


@pytest.mark.parametrize("tool", ["initdb", "java"])
async def test_a_first_start_that_is_killed_leaves_nothing_behind_and_can_be_made_again(
    tool: str, tmp_path: Path
) -> None:
    with start_elsewhere(tmp_path) as parent:
        family = await asyncio.to_thread(_until_it_runs, tool, psutil.Process(parent.pid))
        told: list[str] = []
        for process in family:
            with suppress(psutil.NoSuchProcess):  # one of them may have done its work already
                told += process.cmdline()
        secrets = json.loads((tmp_path / "secrets.json").read_text(encoding="utf-8")).values()
        parent.kill()
        parent.wait()
    async with Cluster(tmp_path) as endpoints:  # at once: it waits for the last of them to end
        assert alive_after(family, 0) == []
        connection = await _superuser(endpoints)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        assert await asyncio.to_thread(Admin(endpoints.admin()).rights) == set()
    assert not [argument for argument in told for secret in secrets if secret in argument], "all users see these"
    assert not [name for name in await asyncio.to_thread(os.listdir, tmp_path) if name.endswith(".new")]


def _until_it_runs(tool: str, parent: psutil.Process) -> list[psutil.Process]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        family = parent.children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            if any(process.name() == tool for process in family):
                return family
        time.sleep(0.01)
    raise AssertionError(f"{tool} was never started")


async def _superuser(endpoints: Endpoints) -> Any:
    return await asyncpg.connect(endpoints.superuser())


async def test_what_was_acknowledged_before_kill_9_is_there_after_a_start_at_once(tmp_path: Path) -> None:
    topic = Topic("kept.v1", 1)
    with start_elsewhere(tmp_path) as parent:
        assert parent.stdout is not None
        assert await asyncio.to_thread(parent.stdout.readline)
        port = re.search(r"CLIENTS://127.0.0.1:(\d+)", (tmp_path / "kafka" / "server.properties").read_text())
        line = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
        known = json.loads((tmp_path / "secrets.json").read_text(encoding="utf-8"))
        assert port is not None
        elsewhere = Endpoints(
            f"127.0.0.1:{port[1]}",
            tmp_path / "certificates" / "ca.pem",
            known["admin"],
            "127.0.0.1",
            int(line[3]),
            known["postgres"],
            postgres_tls=False,
        )
        connection = await _superuser(elsewhere)
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        await asyncio.to_thread(Admin(elsewhere.admin()).make_topics, [topic])
        async with Broker(elsewhere.admin()) as broker:
            assert await broker.written([topic.name]) == {topic.name}
        parent.kill()
        connection.terminate()
    async with Cluster(tmp_path) as endpoints:
        connection = await _superuser(endpoints)
        assert await connection.fetchval("SELECT answer FROM kept") == 42
        await connection.close()
        async with Broker(endpoints.admin()) as broker:
            assert await broker.read([topic.name]) == {topic.name}


def test_where_the_kernel_sends_no_signal_a_watchdog_does(tmp_path: Path) -> None:
    script = """
import signal, sys, time
from pathlib import Path
from infra.embedded import supervise
supervise.LINUX, supervise._LIBC = False, None
child = supervise.spawn("sleeper", ["sleep", "60"], Path(sys.argv[1]))
print(child.pid, child.watchdog.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(family) == 2
        parent.kill()
    assert alive_after(family, 10) == []


async def test_data_in_use_is_refused_by_name_and_continued_afterwards(tmp_path: Path) -> None:
    async with Cluster(tmp_path) as endpoints:
        connection = await asyncpg.connect(endpoints.superuser())
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        await connection.close()
        with pytest.raises(DataInUse, match=f"process {os.getpid()}"):
            await Cluster(tmp_path).__aenter__()
    async with Cluster(tmp_path) as endpoints:
        connection = await asyncpg.connect(endpoints.superuser())
        assert await connection.fetchval("SELECT answer FROM kept") == 42
        await connection.close()


async def test_secrets_are_readable_by_their_owner_alone_and_the_controller_asks_for_its_own(tmp_path: Path) -> None:
    async with Cluster(tmp_path) as endpoints:
        secret = ["", "secrets.json", "kafka/server.properties", "certificates/server.pem", "certificates/server.key"]
        modes = await asyncio.to_thread(lambda: {name: (tmp_path / name).stat().st_mode & 0o077 for name in secret})
        text = (tmp_path / "kafka" / "server.properties").read_text(encoding="utf-8")
        known = json.loads((tmp_path / "secrets.json").read_text(encoding="utf-8"))
        listeners = re.search(r"^listeners=CLIENTS://127.0.0.1:\d+,CONTROLLER://127.0.0.1:(\d+)$", text, re.M)
        assert listeners is not None, "both listen on the loopback interface alone"
        plain = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
        doors = {
            "no password": {"security_protocol": "PLAINTEXT"},
            "wrong password": {**plain, "sasl_plain_username": "controller", "sasl_plain_password": "wrong"},
            "a client's": {
                **plain,
                "sasl_plain_username": "admin",
                "sasl_plain_password": endpoints.kafka_admin_password,
            },
            "its own": {**plain, "sasl_plain_username": "controller", "sasl_plain_password": known["controller"]},
        }
        opened = [name for name, arguments in doors.items() if await _answers(int(listeners[1]), arguments)]
    assert modes == dict.fromkeys(secret, 0)
    assert opened == ["its own"]


async def _answers(port: int, arguments: dict[str, str]) -> bool:
    """Whether the controller lists the topics' rights to this caller."""
    try:
        connection = await create_conn("127.0.0.1", port, request_timeout_ms=5000, **arguments)
    except (KafkaError, OSError):
        return False
    try:
        return bool((await connection.send(DescribeAclsRequest(1, None, 1, None, None, 1, 1))).error_code == 0)
    except (KafkaError, OSError):
        return False
    finally:
        connection.close()


def test_changed_files_of_kafka_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sums = tmp_path / "jars.sha256"
    text = jars.SUMS.read_text(encoding="utf-8")
    sums.write_text(("0" if text[0] != "0" else "1") + text[1:], encoding="utf-8")
    monkeypatch.setattr(jars, "SUMS", sums)
    with pytest.raises(FilesChanged, match="1 files"):
        jars.class_path(lambda _: None)


def test_a_download_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("no route")

    told: list[str] = []
    monkeypatch.setenv("SAFEPASSAGE_CACHE", str(tmp_path))
    monkeypatch.setattr("jgo.build", fails)
    with pytest.raises(DownloadFailed):
        jars.class_path(told.append)
    assert told == ["fetching Apache Kafka, about 43 MB, once"]
