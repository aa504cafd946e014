"""How far one replayed case has come: what is planned, what was said and not yet answered, what is on its way."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.messages import Answer
from infra.client.mailbox import Delivered

from .act import Act

Place = tuple[str, int, int]
"""Where a record stands: topic, partition, offset."""
Number = tuple[str, str, int]
"""A delivery: the service that makes it, the agency, and the number between the two."""


@dataclass
class CaseRun:
    """One case on its way. `open` are places without a final answer; `parked` those of them that wait.

    `after` is what each service must have seen of other families, `seen` what its last tick said of it: None where the
    clock is not open. What a relay writes again is known by its place and by whether it was final: `verdicts`, and of
    these the answers that agencies have been `told` and are still `owed`. Deliveries have been `expected`, `received`
    and `handled`; those `missing` are expected and have not come.
    """

    case: str
    plans: list[tuple[datetime, int, Act]] = field(default_factory=list)
    count: int = 0
    clocks: dict[str, datetime] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)
    open: set[Place] = field(default_factory=set)
    parked: dict[Place, str] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    expected: set[Number] = field(default_factory=set)
    missing: set[Number] = field(default_factory=set)
    received: dict[Number, Delivered] = field(default_factory=dict)
    handled: set[Number] = field(default_factory=set)
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

    def expect(self, numbers: Iterable[Number]) -> None:
        """These deliveries have been spoken of: they come, or have come already."""
        for number in numbers:
            if number not in self.handled:
                self.expected.add(number)
                if number not in self.received:
                    self.missing.add(number)

    def receive(self, number: Number, mail: Delivered) -> None:
        """A delivery has come; one that was handled before is left."""
        if number not in self.handled:
            self.received[number] = mail
            self.missing.discard(number)

    def owe(self, said: tuple[Place, bool]) -> None:
        """An agency is owed this answer, unless it was faster than the verdict."""
        if said not in self.told:
            self.owed.add(said)

    def tell(self, said: tuple[Place, bool], agency: str, answer: Answer) -> None:
        """An agency has its answer; one that came before is left."""
        if said not in self.told:
            self.told.add(said)
            self.owed.discard(said)
            self.answers.append((agency, answer))

    def handle(self) -> list[tuple[Number, Delivered]]:
        """The deliveries that were spoken of and have come, in the order of their numbers; each is given once."""
        numbers = sorted(number for number in self.expected if number in self.received)
        self.expected.difference_update(numbers)
        self.handled.update(numbers)
        return [(number, self.received.pop(number)) for number in numbers]

    def waits(self) -> bool:
        """Whether anything said so far is still without its answer, or any delivery has not come."""
        if self.ticking or self.owed or self.missing:
            return True
        return any(self.parked.get(place) not in self.stuck for place in self.open)

    def hangs(self) -> bool:
        """Whether nothing is on its way any more but what is parked: the services must say whether it still waits."""
        return not (self.ticking or self.owed or self.missing) and self.open <= self.parked.keys()

    async def settled(self) -> None:
        """Wait until nothing waits, or only what is parked does, of which no service has said that it must.

        Only `move` looks again, so what changes little by little wakes nobody.
        """
        while self.waits() and not self.hangs():
            self.moved.clear()
            await self.moved.wait()

    def move(self) -> None:
        """Something has come: whoever waits for the case to settle goes on if that was the last."""
        if not self.moved.is_set() and (not self.waits() or self.hangs()):
            self.moved.set()
