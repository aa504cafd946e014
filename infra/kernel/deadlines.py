"""Deadlines on a network that runs by the wall clock.

A deadline fires only when the service has dealt with everything that was submitted up to its due time and grace: the
end of each submissions partition is asked for after that instant, and the stored positions must have come so far.
"""

from __future__ import annotations

import logging

from .kernel import Kernel
from .ports import Unavailable

log = logging.getLogger(__name__)
EVERY = 1.0


async def deadlines(kernel: Kernel) -> None:
    """Run until cancelled."""
    topics = [f"{family}.submissions.v1" for family in kernel.office.families]
    while True:
        try:
            before = kernel.clock.now()
            if await kernel.store.due(before, 1):
                ends = {place: end for place, end in (await kernel.topics.end_offsets(topics)).items() if end}
                stored = await kernel.store.stored_positions(list(ends))
                if all(stored.get(place, 0) >= end for place, end in ends.items()):
                    await kernel.timers(before)
        except Unavailable as error:
            log.warning("deadlines cannot be looked at; trying again", extra={"reason": type(error.__cause__).__name__})
        await kernel.clock.sleep(EVERY)
