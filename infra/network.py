"""A whole network on one machine: Kafka, PostgreSQL, the registrar and the four services, from one data directory.

Every part is a process with its own principal and its own file of secrets, as in a deployment; `up`, `demo` and the
integration tests all start it here. Nothing of it outlives the process that started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from contracts.directory import Statement
from contracts.evidence.note import Ed25519Signer
from contracts.signing import b64
from infra.client.credentials import NETWORK, Running
from infra.config import ServiceConfig
from infra.directory.registrar import RegistrarConfig
from infra.embedded.cluster import DATABASE, Cluster, Endpoints
from infra.embedded.errors import StartFailed
from infra.embedded.supervise import Child, free_port, spawn
from infra.kafka.admin import Admin
from infra.kafka.settings import KafkaSettings
from infra.kafka.topology import REGISTRAR, SERVICES, grants, principals, topics
from infra.postgres.bootstrap import bootstrap, prepare, role

READY_WITHIN = 90.0
_STATEMENTS = TypeAdapter(list[Statement])


@dataclass(frozen=True, slots=True)
class Members:
    """Who takes part: the agencies, what the registrar states at first, and the hub's own keys by name.

    `seeds` maps `service` or `registrar` to the 32 bytes of its signing key, `kids` to that key's name; `log_key` is
    the log's own signing key (a C2SP skey).
    """

    agencies: Sequence[str]
    statements: Sequence[Statement]
    seeds: Mapping[str, bytes]
    kids: Mapping[str, str]
    registrar_key: bytes
    log_key: str


@dataclass
class Network:
    """`async with Network(directory, members) as network`: everything is ready inside the block."""

    directory: Path
    members: Members
    replay: bool = False
    copies: int = 1
    progress: Callable[[str], None] = lambda _: None
    environment: Mapping[str, str] = field(default_factory=dict)
    services: dict[str, list[Child]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    _listening: dict[tuple[str, str], int] = field(default_factory=dict)
    _cluster: Cluster | None = None
    _endpoints: Endpoints | None = None
    _registrar: Child | None = None

    @property
    def endpoints(self) -> Endpoints:
        """Where Kafka and PostgreSQL are."""
        if self._endpoints is None:
            raise StartFailed("the network has not been started")
        return self._endpoints

    def kafka(self, principal: str) -> KafkaSettings:
        """A principal's way to Kafka."""
        endpoints = self.endpoints
        return KafkaSettings(endpoints.kafka_bootstrap, endpoints.ca_file, principal, self.passwords[principal])

    async def __aenter__(self) -> Network:
        try:
            await self._start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        children = [child for copies in self.services.values() for child in copies]
        children += [self._registrar] if self._registrar is not None else []
        await asyncio.gather(*(asyncio.to_thread(child.stop) for child in children))
        self.services.clear()
        self._registrar = None
        (self.directory / NETWORK).unlink(missing_ok=True)
        if self._cluster is not None:
            await self._cluster.__aexit__()
            self._cluster = None

    async def _start(self) -> None:
        self._cluster = Cluster(self.directory, self.progress)
        self._endpoints = await self._cluster.__aenter__()
        self.passwords = self._known_passwords()
        self.progress("making users, rights, topics and schemas")
        await asyncio.gather(asyncio.to_thread(self._make_kafka), self._make_postgres())
        self.progress("starting the services")
        self._registrar = self._start_registrar()
        for service in SERVICES:
            self.services[service] = [self.start_service(service, str(copy + 1)) for copy in range(self.copies)]
        self._describe()
        await asyncio.gather(*(self.ready(service, copy) for service in SERVICES for copy in range(self.copies)))

    def _known_passwords(self) -> dict[str, str]:
        path = self.directory / "passwords.json"
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        wanted = [*principals(self.members.agencies, self.replay), *(role(service) for service in SERVICES)]
        known |= {name: secrets.token_urlsafe(24) for name in wanted if name not in known}
        path.touch(mode=0o600)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")
        return known

    def _make_kafka(self) -> None:
        agencies = self.members.agencies
        admin = Admin(self.endpoints.admin())
        admin.make_topics(topics(agencies, self.replay))
        names = principals(agencies, self.replay)
        admin.make_users({name: self.passwords[name] for name in names})
        admin.grant({name: grants(name, agencies, self.replay) for name in names})

    async def _make_postgres(self) -> None:
        passwords = {role(service): self.passwords[role(service)] for service in SERVICES}
        await bootstrap(self.endpoints.superuser(), DATABASE, passwords)
        await prepare(self.endpoints.superuser(DATABASE))

    def _start_registrar(self) -> Child:
        statements = self.directory / "statements.json"
        statements.write_bytes(_STATEMENTS.dump_json(list(self.members.statements), exclude_none=True))
        config = RegistrarConfig(
            self.endpoints.kafka_bootstrap,
            str(self.endpoints.ca_file),
            self.passwords[REGISTRAR],
            self.members.kids[REGISTRAR],
            b64(self.members.seeds[REGISTRAR]),
            str(statements),
        ).write(self.directory / "registrar.json")
        return self._spawn("registrar", "infra.directory.registrar", config)

    def start_service(self, service: str, instance: str = "1") -> Child:
        """Start one copy of a service."""
        port = free_port()
        self._listening[service, instance] = port
        if instance == "1":
            self.ports[service] = port
        config = ServiceConfig(
            service=service,
            kafka_bootstrap=self.endpoints.kafka_bootstrap,
            kafka_ca=str(self.endpoints.ca_file),
            kafka_password=self.passwords[f"svc-{service}"],
            postgres_dsn=self.endpoints.dsn(role(service), self.passwords[role(service)]),
            registrar_key=b64(self.members.registrar_key),
            signing_kid=self.members.kids[service],
            signing_seed=b64(self.members.seeds[service]),
            http_port=port,
            instance=instance,
            replay=self.replay,
            linger_ms=300 if self.replay else 50,
            log_key=self.members.log_key if service == "audit" else "",
        ).write(self.directory / f"service-{service}-{instance}.json")
        return self._spawn(f"{service}-{instance}", f"services.{service}", config)

    async def restart(self, service: str, copy: int = 0) -> None:
        """Kill one copy of a service as a crash would, and start another in its place; until it is ready."""
        await asyncio.to_thread(self.services[service][copy].kill)
        self.services[service][copy] = self.start_service(service, str(copy + 1))
        self._describe()
        await self.ready(service, copy)

    def _spawn(self, name: str, module: str, config: Path) -> Child:
        checkout = str(Path(__file__).resolve().parent.parent)
        # glibc gives each thread a heap of its own otherwise, and keeps what was freed in it: some 7 MB a service.
        environment = {"MALLOC_ARENA_MAX": "2", **os.environ, "PYTHONPATH": checkout, **self.environment}
        command = [sys.executable, "-m", module, str(config)]
        return spawn(name, command, self.directory / "logs" / f"{name}.log", environment=environment)

    async def ready(self, service: str, copy: int = 0) -> None:
        """Until a copy of the service says that it is ready; raises `StartFailed` when it ends or takes too long."""
        port, log = self._listening[service, str(copy + 1)], self.directory / "logs" / f"{service}-{copy + 1}.log"
        async with httpx.AsyncClient(timeout=2) as client:
            for _ in range(int(READY_WITHIN / 0.1)):
                if not self.services[service][copy].running():
                    raise StartFailed(f"the service {service} ended as soon as it had started: see {log}")
                try:
                    answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                    if answer.status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise StartFailed(f"the service {service} was not ready within {READY_WITHIN:.0f} s: see {log}")

    def _describe(self) -> None:
        """Tell the other commands of this machine where everything is."""
        endpoints = self.endpoints
        Running(
            pid=os.getpid(),
            kafka_bootstrap=endpoints.kafka_bootstrap,
            kafka_ca=str(endpoints.ca_file),
            services=dict(self.ports),
            registrar_key=b64(self.members.registrar_key),
            log_key=Ed25519Signer.parse(self.members.log_key).verifier.vkey,
            replay=self.replay,
        ).write(self.directory)
