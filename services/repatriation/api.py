"""The repatriation service's HTTP API: the board of a corridor, for those who have a part in its returns.

    GET /v1/board?corridor=kh-th     open returns: whose turn, since when, due when, what is next

A request carries a token that an agency signed for this service. It may read when it is of one of the two countries
and holds the role liaison, repatriation-authority or oversight on that day. Otherwise a problem says why (RFC 9457).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.hosting import Host
from infra.kernel.casebook import CaseRecord
from infra.postgres.queries import load
from infra.web import explained, signed_by

from .board import board, may_read

SQL = load(Path(__file__).with_name("board.sql"))
CORRIDOR = re.compile(r"[a-z]{2}-[a-z]{2}")
FIRST = "00000000-0000-0000-0000-000000000000"
PAGE = 250
"""Cases read at once: between two pages the service does other things."""


class BoardApi:
    """The routes, over the service's own pool."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._pool: asyncpg.Pool[asyncpg.Record] = host.pool

    def routes(self) -> list[Route]:
        """What the repatriation service serves besides its health."""
        return [Route("/v1/board", explained(self.board))]

    async def board(self, request: Request) -> Response:
        """Open returns of a corridor."""
        corridor = request.query_params.get("corridor", "")
        if not CORRIDOR.fullmatch(corridor):
            raise HTTPException(400, "name a corridor, such as kh-th")
        directory, now = self._host.follower.directory, self._host.clock.now()
        agency = signed_by(request, "repatriation", directory, now)
        if not may_read(directory, agency, corridor, now.date()):
            raise HTTPException(403, f"no agency but liaison, authority or oversight of {corridor} may read its board")
        countries = {entry.country.lower() for entry in directory.agencies.values()}
        if not set(corridor.split("-")) <= countries:
            raise HTTPException(404, f"no agency of one of the countries of {corridor} takes part")
        records = [record async for record in self._open()]
        rows = board(records, corridor, directory, now, replay=self._host.config.replay)
        return JSONResponse({"corridor": corridor, "returns": [row.as_json() for row in rows]})

    async def _open(self) -> AsyncIterator[CaseRecord]:
        last = FIRST
        while page := await self._pool.fetch(SQL["open_returns"], last, PAGE):
            for row in page:
                yield CaseRecord.from_json(row["record"])
            last = str(page[-1]["case_id"])
            await asyncio.sleep(0)
