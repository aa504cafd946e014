"""The audit service's HTTP API, for auditors: what was accepted, what was answered, and one case's whole story.

Every request carries a token that an agency signed for this service (infra/web/auth.py); only agencies with the role
`oversight` on that day may read. Streams are one JSON object a line (application/x-ndjson), in the order of the log;
what cannot be answered is a problem (RFC 9457).

    GET /v1/summary               the log's size and root, answered and unanswered submissions
    GET /v1/events?after=N        accepted events of every family, from log index N on
    GET /v1/verdicts              the final answer to every submission
    GET /v1/cases/CASE-OR-CODE    one case: its events with their acceptances, its open deadlines, its findings
    GET /v1/checkpoint            the newest signed checkpoint (C2SP tlog-checkpoint)
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from contracts.envelope import read, rfc3339, utc
from contracts.fields import canonical_case_code
from contracts.messages import Acceptance, Verdict
from infra.hosting import Host
from infra.postgres.queries import load
from infra.web import explained, signed_by

from .app import SUBMISSIONS
from .docket import fold

SQL = load(Path(__file__).with_name("api.sql"))
PAGE = 2000
_INDEX = re.compile(r"[0-9]{1,18}")
_CASE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class AuditApi:
    """The routes, over the service's own pool and topics."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._pool: asyncpg.Pool[asyncpg.Record] = host.pool

    def routes(self) -> list[Route]:
        """What the audit service serves besides its health."""
        return [
            Route("/v1/summary", explained(self.summary)),
            Route("/v1/events", explained(self.events)),
            Route("/v1/verdicts", explained(self.verdicts)),
            Route("/v1/cases/{case}", explained(self.case)),
            Route("/v1/checkpoint", explained(self.checkpoint)),
        ]

    def _auditor(self, request: Request) -> str:
        directory, now = self._host.follower.directory, self._host.clock.now()
        agency = signed_by(request, "audit", directory, now)
        if not directory.has_role(agency, "oversight", now.date()):
            may = " or ".join(sorted(directory.with_role("oversight", now.date()))[:3]) or "none does today"
            raise HTTPException(403, f"only an agency with the role 'oversight' may read the audit record ({may})")
        return agency

    async def summary(self, request: Request) -> Response:
        """The log's size and root, answered and unanswered submissions."""
        self._auditor(request)
        ends = await self._host.topics.end_offsets(SUBMISSIONS)
        rows = await self._pool.fetch(SQL["count_verdicts"])
        counts = {row["outcome"]: row["count"] for row in rows}
        final = sum(count for outcome, count in counts.items() if outcome != "parked")
        head = await self._pool.fetchrow(SQL["head"])
        return JSONResponse(
            {
                "log": {"size": head["size"] if head else 0, "root": head["root"].hex() if head else ""},
                "submissions": sum(ends.values()),
                "unanswered": sum(ends.values()) - final,
                "outcomes": counts,
                "undecided": await self._pool.fetchval(SQL["count_undecided"]),
            }
        )

    async def events(self, request: Request) -> Response:
        """Accepted events of every family, in the order of the log."""
        self._auditor(request)
        after = request.query_params.get("after", "0")
        if not _INDEX.fullmatch(after):
            raise HTTPException(400, "after must be the index of an entry of the log: a whole number")
        return StreamingResponse(self._events(int(after)), media_type="application/x-ndjson")

    async def _events(self, after: int) -> AsyncIterator[bytes]:
        while rows := await self._pool.fetch(SQL["events"], after, PAGE):
            yield b"".join(_line(_event(row)) for row in rows)
            after = rows[-1]["index"] + 1

    async def verdicts(self, request: Request) -> Response:
        """The final answer to every submission."""
        self._auditor(request)
        return StreamingResponse(self._verdicts(), media_type="application/x-ndjson")

    async def _verdicts(self) -> AsyncIterator[bytes]:
        place: tuple[str, int, int] = ("", 0, -1)
        while rows := await self._pool.fetch(SQL["verdicts"], *place, PAGE):
            yield b"".join(_line(_verdict(row)) for row in rows)
            place = (rows[-1]["topic"], rows[-1]["partition"], rows[-1]["offset"])

    async def case(self, request: Request) -> Response:
        """One case: its events with their acceptances, its open deadlines, its findings."""
        self._auditor(request)
        case = await self._find(request.path_params["case"])
        rows = await self._pool.fetch(SQL["case_events"], case)
        if not rows:
            raise HTTPException(404, "no event of this case has been accepted")
        judged = json.loads(await self._pool.fetchval(SQL["judged"], case) or "{}")
        events = [_event(row) for row in rows]
        docket = fold(
            case, [(read(row["body"]), _acceptance(event)) for row, event in zip(rows, events, strict=True)], judged
        )
        return JSONResponse(
            {
                "case": case,
                "events": events,
                "deadlines": [
                    {
                        "family": family,
                        "rule": item.rule,
                        "cause": item.cause,
                        "due": rfc3339(item.due),
                        "owed_by": item.owed_by,
                        "verified": item.verified,
                    }
                    for family, item in docket.deadlines()
                ],
            }
        )

    async def _find(self, text: str) -> str:
        code = canonical_case_code(text)
        if code is not None:
            found = await self._pool.fetchval(SQL["case_of_code"], code)
            if found is None:
                raise HTTPException(404, "no case has this code")
            return str(found)
        if not _CASE.fullmatch(text):
            raise HTTPException(400, "name a case by its id (a UUID) or by its code")
        return text.lower()

    async def checkpoint(self, request: Request) -> Response:
        """The newest signed checkpoint; it says nothing of any case, so it needs no token."""
        note = await self._pool.fetchval(SQL["checkpoint"])
        if note is None:
            raise HTTPException(404, "nothing has been logged yet")
        return PlainTextResponse(bytes(note).decode("utf-8"))


def _line(item: dict[str, Any]) -> bytes:
    return json.dumps(item, separators=(",", ":")).encode() + b"\n"


def _event(row: asyncpg.Record) -> dict[str, Any]:
    headers = json.loads(row["headers"])
    return {
        "index": row["index"],
        "body": bytes(row["body"]).decode("utf-8"),
        "jws": headers.get("jws"),
        "acceptance": headers.get("acceptance"),
    }


def _acceptance(event: dict[str, Any]) -> Acceptance:
    return Acceptance.unverified(event["acceptance"])


def _verdict(row: asyncpg.Record) -> dict[str, Any]:
    said = Verdict.unverified(row["token"])
    return {
        "topic": row["topic"],
        "partition": row["partition"],
        "offset": row["offset"],
        "digest": said.digest,
        "outcome": said.outcome,
        "first": said.first_outcome,
        "was_parked": row["was_parked"],
        "case": said.case,
        "event": said.id,
        "actor": said.actor,
        "rules": [problem.rule for problem in said.problems],
        "reason": said.reason,
        "accepted": rfc3339(utc(said.accepted)),
    }
