"""Whatever a reader asks the services' pages for, it is told what is right: no question brings a page down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from infra.simulation.world import world
from infra.web.auth import make_token
from services.audit.api import AuditApi
from services.repatriation.api import BoardApi
from tests.unit.kernel.test_poison import KEYS, START, Desk

DIRECTORY = Desk("audit").hand.known
OVERSEER = next(a for a in sorted(DIRECTORY.agencies) if DIRECTORY.has_role(a, "oversight", START.date()))
TOKENS = {
    it: make_token(KEYS.signer(world().agencies[OVERSEER].signing_kid), it, START) for it in ("audit", "repatriation")
}


class Pool:
    """A database that has nothing, and takes only what PostgreSQL's types take."""

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        for value in values:
            if "::uuid" in query and isinstance(value, str):
                UUID(value)
            if isinstance(value, int):
                assert -(2**63) <= value < 2**63
            if isinstance(value, str):
                assert "\0" not in value
        return []

    async def fetchval(self, query: str, *values: Any) -> None:
        await self.fetch(query, *values)

    async def fetchrow(self, query: str, *values: Any) -> None:
        await self.fetch(query, *values)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async def ends(topics: object) -> dict[str, int]:
        return {}

    host: Any = SimpleNamespace(
        pool=Pool(),
        follower=SimpleNamespace(directory=DIRECTORY),
        clock=SimpleNamespace(now=lambda: START),
        topics=SimpleNamespace(end_offsets=ends),
        config=SimpleNamespace(replay=False),
    )
    app = Starlette(routes=[*AuditApi(host).routes(), *BoardApi(host).routes()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as made:
        yield made


def by(service: str) -> dict[str, str]:
    """The overseer's token."""
    return {"authorization": f"Bearer {TOKENS[service]}"}


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 19, "9" * 5000, "%00", "١", "1e3", "0x1"])
async def test_events_are_asked_for_from_an_index_on(client: httpx.AsyncClient, after: str) -> None:
    answer = await client.get(f"/v1/events?after={after}", headers=by("audit"))
    assert (answer.status_code, "whole number" in answer.text) == (400, True)


@pytest.mark.parametrize("case", ["x", "%00", "a" * 2000, "0197c5a0-0000-7000-8000-00000000000", "៣", "..%2f..", "'--"])
async def test_a_case_is_asked_for_by_its_id_or_its_code(client: httpx.AsyncClient, case: str) -> None:
    answer = await client.get(f"/v1/cases/{case}", headers=by("audit"))
    assert answer.status_code in (400, 404)
    assert "case" in answer.text or answer.text == "Not Found"


@pytest.mark.parametrize("corridor", ["", "x", "KH-TH", "kh-th%00", "kh-th'", "kh-th" * 500, "%F0%9F%98%80"])
async def test_a_board_is_asked_for_by_its_corridor(client: httpx.AsyncClient, corridor: str) -> None:
    answer = await client.get(f"/v1/board?corridor={corridor}", headers=by("repatriation"))
    assert (answer.status_code, "kh-th" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "path", ["/v1/summary", "/v1/events", "/v1/verdicts", "/v1/cases/x", "/v1/board?corridor=kh-th"]
)
@pytest.mark.parametrize(
    "header", [None, b"", b"Bearer", b"Bearer ", b"Basic eA==", b"Bearer \xff\xfe", b"Bearer " + b"." * 3000]
)
async def test_nobody_reads_without_a_token(client: httpx.AsyncClient, path: str, header: bytes | None) -> None:
    answer = await client.get(path, headers={"authorization": header} if header is not None else {})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["/v1/summary", "/v1/events?after=0", "/v1/events?after=999999999999999999", "/v1/verdicts"]
)
async def test_an_auditor_is_answered(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=by("audit"))).status_code == 200
