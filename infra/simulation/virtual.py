"""An event loop whose time is virtual: waiting costs nothing, and a run with one seed is one run."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
START = datetime(2026, 1, 1, tzinfo=UTC)


class Stuck(Exception):
    """Nothing can ever happen again, and the run has not ended: somebody waits for what nobody will do."""


class _Selector(selectors.SelectSelector):
    """Instead of waiting for a time-out, moves the loop's clock to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """Ready files, at once. With nothing scheduled, nothing will ever come: all I/O here is in memory."""
        if timeout is None:
            raise Stuck("every task waits and no timer runs")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on virtual time."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Seconds since the loop began, as far as anything has waited."""
        return self._virtual.now


class VirtualClock:
    """The kernel's clock on a virtual loop. Each wait is stretched a little, by chance, so that orders differ."""

    def __init__(self, loop: asyncio.AbstractEventLoop, chance: Random) -> None:
        self._loop = loop
        self._chance = chance

    def now(self) -> datetime:
        """The time on the virtual loop, to the millisecond."""
        return START + timedelta(milliseconds=int(self._loop.time() * 1000))

    async def sleep(self, seconds: float) -> None:
        """Wait this long, and up to a tenth more."""
        await asyncio.sleep(seconds * (1 + self._chance.random() / 10))


def run(main: Coroutine[Any, Any, T], loop: VirtualLoop) -> T:
    """Run to the end on this loop and close it."""
    try:
        return loop.run_until_complete(main)
    finally:
        loop.close()
