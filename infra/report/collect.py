"""Fetching what the report reads: the audit service's streams as an auditor, and each mailbox as its agency."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.cli.options import AUDITOR
from infra.client.connection import connect
from infra.client.credentials import Credentials, Running, listed
from infra.client.http import Service

from .reader import Reader

PATIENCE = 60.0
"""Seconds to wait for the last answers, judgements and receipts after the last event."""

Progress = Callable[[str, int, int | None], None]


async def collect(
    data: Path, *, auditor: str = AUDITOR, journal: Path | None = None, progress: Progress = lambda *_: None
) -> Reader:
    """A reader that has read everything of the network that runs on this data.

    `journal` is the file of what was sent (JSON lines). It waits, at most `PATIENCE` seconds, until every submission is
    answered and judged and every receipt has come; what is then still missing is in the report.
    """
    running = Running.read(data)
    reader = Reader()
    async with Service(running, "audit", Credentials.read(data, auditor)) as audit:
        reader.summary = await _quiet(audit)
        async for line in audit.lines("/v1/events"):
            reader.take_events((line,))
            if len(reader.events) % 500 == 1:
                progress("reading the audit record", len(reader.events), None)
        async for line in audit.lines("/v1/verdicts"):
            reader.take_verdicts((line,))
    if journal is not None:
        text = await asyncio.to_thread(journal.read_text, "utf-8")
        reader.take_journal(json.loads(line) for line in text.splitlines())
    await _mail(data, running, reader, progress)
    return reader


async def _quiet(audit: Service) -> dict[str, Any]:
    """The summary once nothing is open any more, or the last one when patience is at its end."""
    for _ in range(int(PATIENCE / 0.5)):
        summary: dict[str, Any] = await audit.get("/v1/summary")
        if not summary["unanswered"] and not summary["undecided"]:
            return summary
        await asyncio.sleep(0.5)
    return summary


async def _mail(data: Path, running: Running, reader: Reader, progress: Progress) -> None:
    agencies = listed(data)
    owed: dict[str, set[str]] = {}
    for item in reader.events:
        if item.by_agency:
            owed.setdefault(item.event.actor, set()).add(item.event.digest)
    done = 0
    gate = asyncio.Semaphore(6)

    async def read(agency: str) -> None:
        nonlocal done
        async with gate, connect(running, Credentials.read(data, agency)) as connection:
            waited = 0.0
            while True:
                async for record in connection.mail(follow=False):
                    reader.mail.take(agency, record)
                if waited >= PATIENCE or owed.get(agency, set()) <= reader.mail.receipts[agency]:
                    break
                await asyncio.sleep(0.5)
                waited += 0.5
        done += 1
        progress("reading the agencies' mailboxes", done, len(agencies))

    await asyncio.gather(*map(read, agencies))
