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
from infra.kernel.clock import WallClock
from infra.kernel.records import Record

from .api import AuditApi
from .app import ANSWERS, EVENTS, OFFICE
from .books import PostgresBooks
from .log import Log
from .publisher import Publisher
from .recorder import Recorder

AT_ONCE = 1000
"""Records of the largest batch."""
Handler = Callable[[Sequence[Record]], Awaitable[None]]


async def install(host: Host) -> tuple[Sequence[Route], Sequence[Callable[[], Awaitable[None]]]]:
    """The office's kernel, the recorder beside it, the publisher of receipts, and the auditors' API."""
    kernel = await office(host, OFFICE)
    ledger = Log()
    recorder = Recorder(kernel, PostgresBooks(ledger), host.follower)
    positions, group = host.store.stored_positions, host.config.principal
    pause = min(0.5, 4 * host.config.linger_ms / 1000)
    handler = unhurried(recorder.batch, host.clock, pause)
    # Another name than when events and answers were read apart: Kafka gives a static member its old topics back.
    host.topics.subscribe((*EVENTS, *ANSWERS), f"{group}.books", handler, positions, AT_ONCE)
    publisher = Publisher(host.store, host.topics, ledger, Ed25519Signer.parse(host.config.log_key), host.wake_relay)
    loops = [*timer_loops(kernel), lambda: publisher.run(recorder.recorded, host.clock)]
    return AuditApi(host).routes(), loops


def unhurried(handler: Handler, clock: WallClock, pause: float) -> Handler:
    """The handler, with a pause of so many seconds after each batch that is not large: nobody waits for the audit, and
    a large batch costs little more than a small one."""

    async def handle(batch: Sequence[Record]) -> None:
        await handler(batch)
        if len(batch) < AT_ONCE // 2:
            await clock.sleep(pause)

    return handle


if __name__ == "__main__":
    asyncio.run(run(ServiceConfig.read(Path(sys.argv[1])), install))
