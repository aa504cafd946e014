"""What a service says of itself: a partition that stands, a directory that grows old, Kafka that does not answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.directory import HeadEntry, entry
from contracts.signing import Signer, sign_detached
from infra.directory.follower import TOPIC, Follower
from infra.hosting import AWAY, later, watch
from infra.kernel.ports import Unavailable
from infra.kernel.records import JWS, Place, Record
from infra.telemetry import RecordingTelemetry
from infra.web import Readiness

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
REGISTRAR = Signer.from_seed("registrar/sig-1", bytes(32))


class Hand:
    """A clock that is set by hand; whoever sleeps by it waits until the next look."""

    def __init__(self) -> None:
        self.at = START
        self.looked = asyncio.Event()
        self.again = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.looked.set()
        await self.again.wait()
        self.again.clear()


class Measured:
    """Topics as far as they are watched."""

    def __init__(self) -> None:
        self.last_progress: datetime | None = START
        self.standing: dict[Place, float] = {}
        self.away = False

    async def lag(self) -> dict[str, int]:
        if self.away:
            raise Unavailable("KafkaTimeoutError")
        return {"intake.submissions.v1": 2}


async def test_readiness_says_what_stands_and_what_is_old_and_takes_it_back() -> None:
    clock, topics, readiness, follower = Hand(), Measured(), Readiness(lambda: START), Follower(REGISTRAR.public)
    made: Any = topics

    async def head() -> None:
        body = entry(follower.directory, HeadEntry(at=clock.at), clock.at).body()
        signed = sign_detached(body, REGISTRAR)
        await follower.records([Record(TOPIC, 0, 0, None, body, ((JWS, signed.encode()),))])

    async def problems() -> dict[str, str]:
        clock.looked.clear()
        clock.again.set()
        await clock.looked.wait()
        return readiness.problems

    await head()
    telemetry = RecordingTelemetry()
    watching = asyncio.create_task(watch(made, readiness, follower, clock, telemetry))
    try:
        await clock.looked.wait()
        assert await problems() == {}
        assert telemetry.lag == readiness.lag == {"intake.submissions.v1": 2}
        assert telemetry.last == START
        clock.at += timedelta(seconds=31)
        said = await problems()
        assert list(said) == ["directory"]
        assert "31 s old" in said["directory"]
        assert "proposals wait" in said["directory"]
        await head()
        assert await problems() == {}

        topics.standing = {Place("intake.submissions.v1", 1): 42.0}
        said = await problems()
        assert "intake.submissions.v1/1" in said["partitions"]
        assert "42 s" in said["partitions"]
        topics.standing, topics.away = {}, True
        assert list(await problems()) == ["kafka"]
        topics.away = False
        assert await problems() == {}

        await follower.records([Record(TOPIC, 0, 1, None, b"{}", ())])
        assert "does not hold together" in (await problems())["directory"]
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("KafkaTimeoutError"),
        ConnectionRefusedError(),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.TooManyConnectionsError("sorry, too many clients"),
        asyncpg.InterfaceError("pool is closing"),
    ],
)
async def test_a_page_says_that_the_database_is_away_as_a_problem(error: Exception) -> None:
    async def page(request: Request) -> Response:
        raise error

    app = Starlette(routes=[Route("/", page)], exception_handlers=dict.fromkeys(AWAY, later))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "ask again" in answer.json()["detail"]
