"""One real Kafka and one real PostgreSQL for the whole session: embedded, or from testcontainers with --on-docker."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.cluster import DATABASE, Cluster, Endpoints
from infra.kafka.admin import Admin
from infra.kafka.settings import KafkaSettings
from infra.kafka.topology import SERVICES, grants, principals, topics
from infra.postgres.bootstrap import bootstrap, prepare, role

AGENCIES = ("kh-mosvy", "kh-ngo-shelter", "kh-ngo-shelter-north", "th-msdhs")
"""A few agencies, for the tests of rights; one's name begins like another's."""


@pytest.fixture(scope="session")
async def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Endpoints]:
    """The servers, freshly made."""
    folder = tmp_path_factory.mktemp("cluster")
    if request.config.getoption("--on-docker", default=False):
        from .containers import Containers, engine_problem

        problem = engine_problem()
        if problem is not None:
            pytest.exit(problem, returncode=4)
        async with Containers(folder) as endpoints:
            yield endpoints
        return
    async with Cluster(folder) as endpoints:
        yield endpoints


@pytest.fixture(scope="session")
async def passwords(cluster: Endpoints) -> dict[str, str]:
    """The network's topics, users, rights and schemas on these servers; the users' passwords."""
    names = [*principals(AGENCIES, replay=True), *(role(service) for service in SERVICES)]
    made = {name: secrets.token_urlsafe(18) for name in names}
    admin = Admin(cluster.admin())
    admin.make_topics(topics(AGENCIES, replay=True, partitions=2))
    admin.make_users({name: made[name] for name in principals(AGENCIES, replay=True)})
    admin.grant({name: grants(name, AGENCIES, replay=True) for name in principals(AGENCIES, replay=True)})
    await bootstrap(cluster.superuser(), DATABASE, {role(service): made[role(service)] for service in SERVICES})
    await prepare(cluster.superuser(DATABASE))
    return made


@pytest.fixture
def kafka_as(cluster: Endpoints, passwords: dict[str, str]) -> object:
    """A principal's way to Kafka."""

    def settings(principal: str) -> KafkaSettings:
        return KafkaSettings(cluster.kafka_bootstrap, Path(cluster.ca_file), principal, passwords[principal])

    return settings


@pytest.fixture
async def owner(cluster: Endpoints, passwords: dict[str, str]) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """The superuser's connection to the network's database."""
    connection = await asyncpg.connect(cluster.superuser(DATABASE))
    yield connection
    await connection.close()
