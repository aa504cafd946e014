"""How far one replayed case has come: what is planned, what was said and not yet answered, what is on its way."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.messages import Answer
from infra.client.mailbox import Delivered

from .act import Act

Place = tuple[str, int, int]
"""Where a record stands: topic, partition, offset."""


@dataclass
class CaseRun:
    """One case on its way. `open` are places without a final answer; `parked` those of them that wait.

    `after` is what each service must have seen of other families, `seen` what its last tick said of it: None where the
    clock is not open. What a relay writes again is known by its place and by whether it was final: `verdicts`, and of
    these the answers that agencies are `owed` and have been `told`.
    """

    case: str
    plans: list[tuple[datetime, int, Act]] = field(default_factory=list)
    count: int = 0
    clocks: dict[str, datetime] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)
    open: set[Place] = field(default_factory=set)
    parked: dict[Place, str] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    expected: set[tuple[str, str, int]] = field(default_factory=set)
    received: dict[tuple[str, str, int], Delivered] = field(default_factory=dict)
    handled: set[tuple[str, str, int]] = field(default_factory=set)
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    verdicts: set[tuple[Place, bool]] = field(default_factory=set)
    owed: set[tuple[Place, bool]] = field(default_factory=set)
    told: set[tuple[Place, bool]] = field(default_factory=set)
    ticking: dict[str, int] = field(default_factory=dict)
    ticks: int = 0
    names: dict[str, str] = field(default_factory=dict)
    after: dict[str, dict[str, int]] = field(default_factory=dict)
    seen: dict[str, dict[str, int] | None] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, acts: Sequence[Act]) -> None:
        """Put acts on the case's calendar; those of one instant keep their order."""
        for act in acts:
            self.count += 1
            heapq.heappush(self.plans, (act.at, self.count, act))

    def open_for(self, service: str) -> bool:
        """Whether this service's clock is open, and it has seen all that it must have seen of the others."""
        return service in self.seen and self.seen[service] == self.after.get(service, {})

    def waits(self) -> bool:
        """Whether anything said so far is still without its answer, or any delivery has not come."""
        if self.ticking or not self.owed <= self.told:
            return True
        if any(self.parked.get(place) not in self.stuck for place in self.open):
            return True
        return any(key not in self.received for key in self.expected)
