"""The replay's driver: one clock a case, moved only when everything said so far has been answered and delivered.

A case is a loop of steps. In each step the nearest thing to come is found (what an agency means to do, or what a
service says is due), the clocks of the services concerned are moved to it, the agencies' records are sent, and the step
ends when every record has its answer, every delivery that the answers speak of has come, and nothing waits that could
still go on. Only then do agencies think about what they received, in one fixed order: so the outcome is the same
whatever the timing, and nobody acts on what has not reached them.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic_core import to_json

from contracts.envelope import rfc3339
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Answer, Ticked, Verdict
from infra.client.mailbox import Delivered, Mail
from infra.kernel.bench import Office
from infra.kernel.records import KIND, Record

from .act import Act, Fault
from .course import CaseRun, Place
from .wire import Wire


@dataclass(frozen=True, slots=True)
class Outbound:
    """One record of an agency, made from an act. `event_id` is None for what is no event at all."""

    agency: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    event_id: str | None
    name: str
    fault: Fault | None


class Cast(Protocol):
    """The simulated agencies: they turn acts into records, read their mail, and decide what to do next."""

    def opening(self, case: str) -> list[Act]:
        """What sets the case off."""
        ...

    def records(self, case: str, acts: Sequence[Act]) -> list[Outbound]:
        """The records of acts that are sent together, with what goes wrong among them on purpose."""
        ...

    def think(self, case: str, agency: str, mail: Sequence[Mail], now: datetime) -> list[Act]:
        """What an agency does next, after reading this mail about the case."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A line of the journal: where a record went and why it was sent. The report looks up what became of it."""

    case: str
    agency: str
    topic: str
    partition: int
    offset: int
    fault: str | None


_OFFICES = {
    service: Office(service, tuple(family for family, owner in SERVICE_OF.items() if owner == service))
    for service in ("intake", "referral", "repatriation")
}


class Driver:
    """Runs the cases of a caseload, at most `window` at once.

    What falls due later than `horizon` is let be, and so is everything later than a case's own end in `ends`.
    """

    def __init__(
        self, wire: Wire, cast: Cast, horizon: datetime, ends: Mapping[str, datetime], window: int = 1000
    ) -> None:
        self._wire = wire
        self._cast = cast
        self._horizon = horizon
        self._ends = ends
        self._window = asyncio.Semaphore(window)
        self._runs: dict[str, CaseRun] = {}
        self._places: dict[Place, CaseRun] = {}
        self._early: dict[Place, list[Verdict]] = {}
        self.journal: list[Sent] = []
        self.finished = 0
        self.accepted = 0

    def runs(self) -> list[CaseRun]:
        """Every case that has begun."""
        return list(self._runs.values())

    async def run(self, cases: Sequence[str]) -> None:
        """Run every case to its end: nothing planned, nothing open, nothing due before the horizon."""
        async with asyncio.TaskGroup() as group:
            for case in cases:
                await self._window.acquire()
                group.create_task(self._run(case))

    async def _run(self, case: str) -> None:
        try:
            run = self._runs[case] = CaseRun(case)
            run.plan(self._cast.opening(case))
            while (to := self._next(run)) is not None:
                await self._step(run, to)
            self.finished += 1
        finally:
            self._window.release()

    def _next(self, run: CaseRun) -> datetime | None:
        times = [run.plans[0][0]] if run.plans else []
        times += [due for due in run.due.values() if due <= self._horizon]
        to, end = min(times, default=None), self._ends.get(run.case)
        return None if to is None or (end is not None and to > end) else to

    async def _step(self, run: CaseRun, to: datetime) -> None:
        acts: list[Act] = []
        while run.plans and run.plans[0][0] <= to:
            acts.append(heapq.heappop(run.plans)[2])
        concerned = {SERVICE_OF[act.name.partition(".")[0]] for act in acts} & _OFFICES.keys()
        due = {service for (service, _), due in run.due.items() if due <= to}
        exact = any(act.fault is not None for act in acts)
        stale = {service for service in concerned if exact or not run.open_for(service)}
        await self._tick(run, due | stale, to, exact)
        records = self._cast.records(run.case, acts)
        if len(records) == 1:
            await self._send(run, records[0])  # most steps: a task of its own would cost more than it does
        else:
            await asyncio.gather(*(self._send(run, record) for record in records))
        await run.settled()
        held = {SERVICE_OF[place[0].partition(".")[0]] for place in run.parked}
        while held:
            await self._tick(run, held, to, exact)
            held = {SERVICE_OF[place[0].partition(".")[0]] for place in run.parked} if run.waits() else set()
        run.plan(self._think(run, to))

    async def _tick(self, run: CaseRun, services: set[str], to: datetime, exact: bool) -> None:
        for service in sorted(services):
            clock = max(to, run.clocks.get(service, to))
            run.clocks[service] = clock
            run.ticks += 1
            run.ticking[service] = run.ticks
            run.due = {place: due for place, due in run.due.items() if place[0] != service}
            after = run.after.get(service, {})
            run.seen[service] = None if exact else dict(after)
            said = {"case": run.case, "to": rfc3339(clock), "after": after, "number": run.ticks, "open": not exact}
            await self._wire.tick(service, run.case, to_json(said))
        await run.settled()

    async def _send(self, run: CaseRun, record: Outbound) -> None:
        if record.event_id is not None:
            run.names.setdefault(record.event_id, record.name)
        place = await self._wire.submit(record.agency, record.topic, record.key, record.value, record.headers)
        self.journal.append(Sent(run.case, record.agency, *place, record.fault.value if record.fault else None))
        run.open.add(place)
        self._places[place] = run
        for verdict in self._early.pop(place, []):
            self._verdict(verdict)

    # -- what comes back -----------------------------------------------------------------------------------------

    async def answers(self, batch: Sequence[Record]) -> None:
        """Verdicts and moved clocks, from the answers topics. Their topics are open to services alone."""
        for record in batch:
            token = (record.value or b"").decode("ascii")
            if record.header(KIND) == "ticked":
                self._ticked(Ticked.unverified(token))
            else:
                self._verdict(Verdict.unverified(token))

    def _verdict(self, verdict: Verdict) -> None:
        place = (verdict.topic, verdict.partition, verdict.offset)
        run = self._places.get(place)
        if run is None:
            self._early.setdefault(place, []).append(verdict)
            return
        said = (place, verdict.outcome == "parked")
        if said in run.verdicts:
            return
        run.verdicts.add(said)
        if verdict.actor is not None:
            run.owe(said)
        if verdict.outcome == "parked":
            run.parked[place] = verdict.id or ""
        else:
            run.open.discard(place)
            run.parked.pop(place, None)
        if verdict.outcome == "accepted":
            self.accepted += 1
            self._learn(run, verdict)
        run.expect((verdict.service, agency, number) for agency, number in verdict.deliveries.items())
        if verdict.outcome in ("accepted", "parked") or verdict.next_due is not None:
            self._due(run, (verdict.service, verdict.topic), verdict.next_due)
        run.move()

    def _learn(self, run: CaseRun, verdict: Verdict) -> None:
        name = run.names.get(verdict.id or "", "")
        for service, office in _OFFICES.items():
            if name in office.followed and verdict.family is not None and verdict.sequence is not None:
                after = run.after.setdefault(service, {})
                after[verdict.family] = max(verdict.sequence, after.get(verdict.family, 0))

    def _ticked(self, ticked: Ticked) -> None:
        run = self._runs.get(ticked.case)
        if run is None or run.ticking.get(ticked.service) != ticked.number:
            return  # another's, or written once more by a relay that had to begin again
        del run.ticking[ticked.service]
        mine = {
            event for place, event in run.parked.items() if SERVICE_OF[place[0].partition(".")[0]] == ticked.service
        }
        run.stuck = (run.stuck - mine) | set(ticked.waiting)
        run.expect((ticked.service, agency, number) for agency, number in ticked.deliveries)
        self._due(run, (ticked.service, "ticks"), ticked.next_due)
        run.move()

    def _due(self, run: CaseRun, place: tuple[str, str], due: datetime | None) -> None:
        """What is due next, by service and topic: answers of two topics come in any order, so the nearest counts."""
        if due is None:
            run.due.pop(place, None)
        else:
            run.due[place] = due

    def mail(self, agency: str, case: str, mail: Mail) -> None:
        """A checked message of an agency's mailbox."""
        run = self._runs.get(case)
        if run is None:
            return
        if isinstance(mail, Delivered):
            run.receive((mail.delivery.service, agency, mail.delivery.number), mail)
        elif isinstance(mail, Answer):
            run.tell(((mail.topic, mail.partition, mail.offset), mail.outcome == "parked"), agency, mail)
        run.move()

    def _think(self, run: CaseRun, now: datetime) -> list[Act]:
        """Let each agency read what has come since, in an order that does not depend on when it came."""
        letters: dict[str, list[tuple[tuple[datetime, str, str], Mail]]] = {}
        for (_, agency, _), mail in run.handle():
            letters.setdefault(agency, []).append(((mail.event.time, mail.event.id, "delivery"), mail))
        for agency, answer in run.answers:
            letters.setdefault(agency, []).append(((now, answer.id or "", answer.outcome), answer))
        run.answers = []
        acts: list[Act] = []
        for agency in sorted(letters):
            read = [mail for _, mail in sorted(letters[agency], key=lambda item: item[0])]
            acts += self._cast.think(run.case, agency, read, now)
        return acts
