"""Run the audit service: ``python -m services.audit CONFIG.json``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.routing import Route

from contracts.evidence.note import Ed25519Signer
from infra.config import ServiceConfig
from infra.hosting import Host, office, run, timer_loops

from .api import AuditApi
from .app import ANSWERS, EVENTS, OFFICE
from .books import PostgresBooks
from .log import Log
from .publisher import Publisher
from .recorder import Recorder


async def install(host: Host) -> tuple[Sequence[Route], Sequence[Callable[[], Awaitable[None]]]]:
    """The office's kernel, the recorder beside it, the publisher of receipts, and the auditors' API."""
    kernel = await office(host, OFFICE)
    ledger = Log()
    recorder = Recorder(kernel, PostgresBooks(ledger), host.follower)
    positions, group = host.store.stored_positions, host.config.principal
    host.topics.subscribe(EVENTS, f"{group}.record", recorder.events, positions)
    host.topics.subscribe(ANSWERS, f"{group}.answers", recorder.answers, positions)
    publisher = Publisher(host.store, ledger, Ed25519Signer.parse(host.config.log_key), host.wake_relay)
    loops = [*timer_loops(kernel), lambda: publisher.run(recorder.recorded, host.clock)]
    return AuditApi(host).routes(), loops


if __name__ == "__main__":
    asyncio.run(run(ServiceConfig.read(Path(sys.argv[1])), install))
