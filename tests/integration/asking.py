"""What tests ask of a running network: to send an agency's event, to wait for its answer, and to read the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.identifiers import new_id
from infra.client.connection import connect
from infra.client.credentials import Credentials, Running
from infra.client.http import Service
from infra.report.lines import Judged, Logged, Place

AUDITOR = "kh-cncc"


@asynccontextmanager
async def auditor(data: Path) -> AsyncIterator[Service]:
    """The audit service, as an auditor asks it."""
    async with Service(Running.read(data), "audit", Credentials.read(data, AUDITOR)) as audit:
        yield audit


async def logged(audit: Service) -> list[Logged]:
    """Every accepted event, once nothing is on its way any more."""
    for _ in range(120):
        summary: dict[str, Any] = await audit.get("/v1/summary")
        if not summary["unanswered"] and not summary["undecided"]:
            return [Logged.of(line) async for line in audit.lines("/v1/events")]
        await asyncio.sleep(0.25)
    raise AssertionError("the audit has not read everything within 30 s")


async def sent(data: Path, agency: str, name: str, case: str, facts: dict[str, Any], *, ago: float = 0) -> Place:
    """Where an agency's event stands among the submissions; it happened so many hours `ago`."""
    now, credentials = datetime.now(UTC) - timedelta(hours=ago), Credentials.read(data, agency)
    event = credentials.as_agency().prepare(name, event_id=new_id(now), case=case, time=now, data=facts)
    async with connect(Running.read(data), credentials) as connection:
        return await connection.submit(event)


async def outcome(audit: Service, place: Place) -> str:
    """The final answer to a submission."""
    for _ in range(120):
        async for line in audit.lines("/v1/verdicts"):
            verdict = Judged.of(line)
            if verdict.place == place and verdict.outcome != "parked":
                return verdict.outcome
        await asyncio.sleep(0.25)
    raise AssertionError("no answer within 30 s")
