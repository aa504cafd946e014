"""A network is ready when every copy of every service is, each at its own port."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from infra import network as under_test
from infra.embedded.errors import StartFailed
from infra.kafka.topology import SERVICES
from infra.network import Network
from infra.web import Readiness, health_routes, serve

SECOND = ("referral", "2")


class Alive:
    """A process that runs until it is told otherwise."""

    def __init__(self) -> None:
        self.alive = True

    def running(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive = False


class NoCluster:
    """Kafka and PostgreSQL, as far as starting needs them here."""

    def __init__(self, *_: object) -> None: ...

    async def __aenter__(self) -> NoCluster:
        return self

    async def __aexit__(self, *_: object) -> None: ...


class Played(Network):
    """A network whose services are pages of this process; `said` is what each copy says of itself."""

    said: dict[tuple[str, str], Readiness]
    at: dict[tuple[str, str], int]

    def _known_passwords(self) -> dict[str, str]:
        return {}

    def _make_kafka(self) -> None: ...

    async def _make_postgres(self) -> None: ...

    def _start_registrar(self) -> Any:
        return Alive()

    def start_service(self, service: str, instance: str = "1") -> Any:
        self._listening[service, instance] = self.at[service, instance]
        return Alive()

    def _describe(self) -> None: ...


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    monkeypatch.setattr(under_test, "Cluster", NoCluster)
    members: Any = None
    made = Played(tmp_path, members, copies=2)
    made.said = {(service, copy): Readiness() for service in SERVICES for copy in ("1", "2")}
    return made


async def listen(played: Played, stack: AsyncExitStack) -> None:
    """A page of health for each copy."""
    played.at = {
        place: await stack.enter_async_context(serve(Starlette(routes=health_routes(said)), 0))
        for place, said in played.said.items()
    }


async def test_a_network_waits_for_the_second_copy_too(played: Played) -> None:
    played.said[SECOND].problem("start", "the service is starting")
    async with AsyncExitStack() as stack:
        await listen(played, stack)
        starting = asyncio.create_task(played.__aenter__())
        await asyncio.sleep(0.5)
        assert not starting.done()
        played.said[SECOND].clear("start")
        assert await asyncio.wait_for(starting, 5) is played
        await played.__aexit__()


async def test_a_second_copy_that_ends_is_told_with_its_log(played: Played) -> None:
    played.said[SECOND].problem("start", "the service is starting")
    async with AsyncExitStack() as stack:
        await listen(played, stack)
        starting = asyncio.create_task(played.__aenter__())
        await asyncio.sleep(0.3)
        child: Any = played.services["referral"][1]
        child.alive = False
        with pytest.raises(StartFailed, match=r"referral-2\.log"):
            await asyncio.wait_for(starting, 5)


async def test_a_second_copy_that_is_never_ready_is_told_too(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "READY_WITHIN", 0.3)
    played.said[SECOND].problem("start", "the service is starting")
    async with AsyncExitStack() as stack:
        await listen(played, stack)
        with pytest.raises(StartFailed, match=r"not ready within .*referral-2\.log"):
            await asyncio.wait_for(played.__aenter__(), 5)
