"""The relay: from the outbox to Kafka, oldest first, one copy of a service at a time.

A record that could not be written holds back the later ones of its case (its key), and only those. What has been
written is deleted; if the relay dies between the two, the record is written again, and every reader knows it by its
sequence, number or digest.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from .ports import Clock, Store, Topics, Unavailable

log = logging.getLogger(__name__)
BATCH = 2000
POLL = 0.25
RETRY = 0.5


async def relay(store: Store, topics: Topics, clock: Clock, wake: asyncio.Event, poll: float = POLL) -> None:
    """Run until cancelled. `poll` is in seconds: how soon what another copy wrote is found."""
    while True:
        try:
            async with store.relay_lease() as holds:
                while True:
                    if not await holds():
                        await clock.sleep(RETRY)
                        continue
                    moved, stuck = await relay_once(store, topics)
                    if stuck:
                        await clock.sleep(RETRY)
                    elif not moved:
                        await _wait(wake, clock, poll)
        except Unavailable as error:
            log.warning("the relay cannot go on; trying again", extra={"reason": type(error.__cause__).__name__})
            await clock.sleep(RETRY)


async def relay_once(store: Store, topics: Topics) -> tuple[int, bool]:
    """Write one batch; returns how many records went, and whether any stayed behind."""
    rows = await store.outbox(BATCH)
    if not rows:
        return 0, False
    failed = set(await topics.send([row.record for row in rows]))
    gone = [row.position for index, row in enumerate(rows) if index not in failed]
    if gone:
        await store.sent(gone)
    return len(gone), bool(failed)


async def _wait(wake: asyncio.Event, clock: Clock, poll: float) -> None:
    """Until this copy has written something, or the poll finds what another copy wrote."""
    sleeper = asyncio.ensure_future(clock.sleep(poll))
    waker = asyncio.ensure_future(wake.wait())
    try:
        await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        wake.clear()
    finally:
        for task in (sleeper, waker):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
