"""The same servers in containers, for `make test-docker`: the same server.properties, the same first SCRAM users."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import docker
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from contracts.signing import b64
from infra.embedded import certificates, kafka
from infra.embedded.cluster import Endpoints
from infra.embedded.supervise import free_port

KAFKA_IMAGE = "apache/kafka:4.1.0"
POSTGRES_IMAGE = "postgres:18"


def engine_problem() -> str | None:
    """Why there is no Docker here; None where there is."""
    try:
        docker.from_env().ping()
    except DockerException:
        return "There is no Docker engine here: 'make test-docker' needs one. 'make test' runs the same tests without."
    return None


class Containers:
    """Kafka and PostgreSQL in containers: `async with Containers(folder) as endpoints`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[DockerContainer] = []

    async def __aenter__(self) -> Endpoints:
        return await asyncio.to_thread(self._start)

    async def __aexit__(self, *_: object) -> None:
        for container in self._started:
            await asyncio.to_thread(container.stop)

    def _start(self) -> Endpoints:
        self._folder.chmod(0o755)
        certificates.make(self._folder)
        for name in ("server.key", "server.pem"):
            (self._folder / name).chmod(0o644)
        passwords = {name: secrets.token_urlsafe(18) for name in ("broker", "controller", "admin", "postgres")}
        port = free_port()
        (self._folder / "server.properties").write_text(
            kafka.properties(
                {
                    "BIND": "0.0.0.0",
                    "CLIENT_PORT": "9092",
                    "ADVERTISED_PORT": str(port),
                    "CONTROLLER_PORT": "9093",
                    "BROKER_PASSWORD": passwords["broker"],
                    "CONTROLLER_PASSWORD": passwords["controller"],
                    "CERTIFICATES": "/safepassage",
                    "DATA": "/tmp/kafka-data",
                }
            ),
            encoding="utf-8",
        )
        users = " ".join(
            f"--add-scram 'SCRAM-SHA-512=[name={name},password={passwords[name]},iterations=4096]'"
            for name in ("broker", "admin")
        )
        tools = "/opt/kafka/bin"
        script = (
            f"{tools}/kafka-storage.sh format --standalone -t {b64(bytes(16))} "
            f"-c /safepassage/server.properties {users} > /dev/null && "
            f"exec {tools}/kafka-server-start.sh /safepassage/server.properties"
        )
        broker = (
            DockerContainer(KAFKA_IMAGE)
            .with_volume_mapping(str(self._folder), "/safepassage", "ro")
            .with_bind_ports("9092/tcp", ("127.0.0.1", port))
            .with_kwargs(entrypoint=["bash", "-c", script])
            .waiting_for(LogMessageWaitStrategy("Kafka Server started"))
        )
        database = (
            DockerContainer(POSTGRES_IMAGE)
            .with_env("POSTGRES_PASSWORD", passwords["postgres"])
            .with_env("POSTGRES_INITDB_ARGS", "--auth=scram-sha-256")
            .with_exposed_ports(5432)
            .waiting_for(LogMessageWaitStrategy("database system is ready to accept connections", times=2))
        )
        for container in (broker, database):
            container.start()
            self._started.append(container)
        return Endpoints(
            f"127.0.0.1:{port}",
            self._folder / "ca.pem",
            passwords["admin"],
            "127.0.0.1",
            int(database.get_exposed_port(5432)),
            passwords["postgres"],
            postgres_tls=False,
        )
