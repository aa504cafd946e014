"""The relay: from the outbox to Kafka, oldest first, one copy of a service at a time.

A record that could not be written holds back the later ones of its case (its key), and only those; it is tried again
after a growing while, and does not take the place of others until then. What has been written is deleted; if the relay
dies between the two, the record is written again, and every reader knows it by its sequence, number or digest.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from .ports import Clock, Store, Topics, Unavailable

log = logging.getLogger(__name__)
BATCH = 2000
POLL = 0.25
RETRY = 0.5
FIRST, LONGEST = timedelta(seconds=1), timedelta(seconds=60)
"""How long a key is passed over that could not be written: at first, and at most. It doubles each time."""
MANY = 100
"""So many keys of one topic that cannot be written are the topic's fault: it is passed over as a whole."""
Key = tuple[str, str]


class Held:
    """The keys (topic and key) that could not be written, each until it is tried again."""

    def __init__(self) -> None:
        self._until: dict[Key, datetime] = {}
        self._pause: dict[Key, timedelta] = {}

    def now(self, now: datetime) -> tuple[list[str], list[Key]]:
        """What to pass over: whole topics, and keys of other topics."""
        keys = [key for key, until in self._until.items() if until > now]
        many = {topic for topic, number in Counter(topic for topic, _ in keys).items() if number >= MANY}
        return sorted(many), [key for key in keys if key[0] not in many]

    def tried(self, keys: Collection[Key], failed: Collection[Key], now: datetime) -> None:
        """Hold what failed, for twice as long as the last time, and forget what went."""
        for key in keys:
            if key in failed:
                self._pause[key] = min(2 * self._pause[key], LONGEST) if key in self._pause else FIRST
                self._until[key] = now + self._pause[key]
            else:
                self._until.pop(key, None)
                self._pause.pop(key, None)

    def forget(self, kept: Collection[Key], now: datetime) -> None:
        """Forget the keys of which nothing waits any more: whose time has come and that are not among those kept."""
        for key in [key for key, until in self._until.items() if until <= now and key not in kept]:
            del self._until[key], self._pause[key]


async def relay(store: Store, topics: Topics, clock: Clock, wake: asyncio.Event, poll: float = POLL) -> None:
    """Run until cancelled. `poll` is in seconds: how soon what another copy wrote is found."""
    held = Held()
    while True:
        try:
            async with store.relay_lease() as holds:
                while True:
                    if not await holds():
                        await clock.sleep(RETRY)
                    elif not await relay_once(store, topics, clock, held):
                        await _wait(wake, clock, poll)
        except Unavailable as error:
            log.warning("the relay cannot go on; trying again", extra={"reason": type(error.__cause__).__name__})
            await clock.sleep(RETRY)


async def relay_once(store: Store, topics: Topics, clock: Clock, held: Held) -> bool:
    """Write one batch of what is not held back; returns whether there was any."""
    now = clock.now()
    rows = await store.outbox(BATCH, *held.now(now))
    keys = [(row.record.topic, row.record.key) for row in rows]
    if len(rows) < BATCH:
        held.forget(set(keys), now)
    if not rows:
        return False
    failed = set(await topics.send([row.record for row in rows]))
    held.tried(set(keys), {keys[index] for index in failed}, clock.now())
    gone = [row.position for index, row in enumerate(rows) if index not in failed]
    if gone:
        await store.sent(gone)
    return True


async def _wait(wake: asyncio.Event, clock: Clock, poll: float) -> None:
    """Until this copy has written something, or the poll finds what another copy wrote."""
    sleeper = asyncio.ensure_future(clock.sleep(poll))
    waker = asyncio.ensure_future(wake.wait())
    try:
        await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
        wake.clear()
    finally:
        sleeper.cancel()
        waker.cancel()
        # Both ends are passed over, and a cancellation of this task, which may come just now, is not.
        await asyncio.gather(sleeper, waker, return_exceptions=True)
