"""Whatever a reader asks the services' pages for, a problem (RFC 9457) says what is right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from contracts.fields import case_code
from infra.simulation.world import world
from infra.web.auth import make_token
from services.audit.api import AuditApi
from services.repatriation.api import BoardApi
from tests.unit.kernel.desk import KEYS, START, Desk

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


def problem(answer: httpx.Response, status: int, right: str) -> None:
    """The answer is a problem of this status that says what is right."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    said = answer.json()
    assert (set(said), said["status"]) == ({"title", "status", "detail"}, status)
    assert right in said["detail"]


AFTER = ["x", "-1", "1.5", "", "9" * 19, "9" * 5000, "0%00", "\u0661", "1e3", "0x1", "%20" + "1", "1%0A", "%ED%A0%80"]
CASE = [
    *("x", "%00", "a" * 2000, "0197c5a0-0000-7000-8000-00000000000", "៣", "'--", "7K3QF-9XZM4%00", "%FF", "\U0001f600"),
    *("0197c5a0-0000-7000-8000-00000000000%00", "0197c5a0-0000-7000-8000-000000000000%0A", "0197c5a0" + "0" * 24),
]
CORRIDOR = ["", "x", "KH-TH", "kh-th%00", "kh-th'", "kh-th" * 500, "%F0%9F%98%80", "kh-th%0A", "-1"]


@pytest.mark.parametrize(
    ("service", "path", "right"),
    [
        *(("audit", f"/v1/events?after={value}", "a whole number") for value in AFTER),
        *(("audit", f"/v1/cases/{value}", "by its id (a UUID) or by its code") for value in CASE),
        *(("repatriation", f"/v1/board?corridor={value}", "such as kh-th") for value in CORRIDOR),
        ("repatriation", "/v1/board", "such as kh-th"),
    ],
)
async def test_what_cannot_be_asked_for_is_a_problem_that_says_what_can(
    client: httpx.AsyncClient, service: str, path: str, right: str
) -> None:
    problem(await client.get(path, headers=by(service)), 400, right)


@pytest.mark.parametrize("case", [str(UUID(int=7)), str(UUID(int=2**128 - 1)).upper(), case_code(str(UUID(int=7)))])
async def test_a_case_that_is_not_there_is_a_problem_too(client: httpx.AsyncClient, case: str) -> None:
    problem(await client.get(f"/v1/cases/{case}", headers=by("audit")), 404, "no ")


async def test_nothing_logged_yet_is_a_problem_too(client: httpx.AsyncClient) -> None:
    problem(await client.get("/v1/checkpoint"), 404, "nothing has been logged yet")


async def test_a_country_of_which_nobody_takes_part_has_no_board(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/board?corridor=kh-xx", headers=by("repatriation"))
    problem(answer, 404, "takes part")


@pytest.mark.parametrize("corridor", ["zz-zz", "my-id"])
async def test_a_corridor_of_others_may_not_be_read(client: httpx.AsyncClient, corridor: str) -> None:
    answer = await client.get(f"/v1/board?corridor={corridor}", headers=by("repatriation"))
    problem(answer, 403, "no agency but liaison")


@pytest.mark.parametrize(
    "path", ["/v1/summary", "/v1/events", "/v1/verdicts", "/v1/cases/x", "/v1/board?corridor=kh-th"]
)
@pytest.mark.parametrize(
    "header",
    [
        *(None, b"", b"Bearer", b"Bearer ", b"Basic eA==", b"Bearer \xff\xfe", b"Bearer " + b"." * 3000),
        *("Bearer é.é.é".encode(), b"Bearer \xc3\xa9..", b"\xff", b"Bearer e30.\xff.\xff", b"Bearer a.b.c"),
    ],
)
async def test_nobody_reads_without_a_token(client: httpx.AsyncClient, path: str, header: bytes | None) -> None:
    answer = await client.get(path, headers={"authorization": header} if header is not None else {})
    problem(answer, 401, "token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path", ["/v1/summary", "/v1/events?after=0", "/v1/events?after=999999999999999999", "/v1/verdicts"]
)
async def test_an_auditor_is_answered(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=by("audit"))).status_code == 200
