"""The wall clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time now, in UTC, to the millisecond: what signed statements carry."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def sleep(self, seconds: float) -> None:
        """Wait this long."""
        await asyncio.sleep(seconds)
