"""One case from its first report to its end, in this process: acts, decisions, deliveries, and nothing of a network.

It does what the services do, in the smallest way: `decide` and `evolve` of the journeys, waiting, deadlines, handing
each accepted event to those who need it, and to those who need it only later.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts import need
from contracts.decision import Accept, Breach, Context, Park, Refuse, Seen, disputed
from contracts.directory import Directory, entry
from contracts.envelope import Event, compose, read
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS, JourneyState
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Answer
from contracts.sealing import recipient_key, seal, sealed_digest
from infra.simulation.act import Act, Fault, Notes
from infra.simulation.caseload import Caseload
from infra.simulation.chance import Chance
from infra.simulation.faults import Faults, Rates
from infra.simulation.plan import Plan
from infra.simulation.script import Script
from infra.simulation.world import KEYS_FROM, SeededKeys, world

GRACE = timedelta(minutes=5)


def directory(chance: Chance) -> Directory:
    """The directory of the simulated world, with a fresh head."""
    known = Directory()
    for statement in world().statements(SeededKeys(chance)):
        line = entry(known, statement, KEYS_FROM)
        known = known.extend(line, line.body())
    return known


@dataclass
class Walked:
    """What became of one case."""

    plan: Plan
    accepted: list[Event] = field(default_factory=list)
    acts: list[tuple[Act, str]] = field(default_factory=list)
    refusals: list[tuple[Act, Refuse]] = field(default_factory=list)
    breaches: list[tuple[str, Breach]] = field(default_factory=list)
    states: dict[str, JourneyState] = field(default_factory=dict)
    steps: int = 0

    @property
    def names(self) -> Counter[str]:
        """How often each event was accepted."""
        return Counter(event.name for event in self.accepted)


@dataclass
class Walk:
    """A walker over the cases of one caseload."""

    caseload: Caseload
    chance: Chance
    rates: Rates = field(default_factory=Rates.none)

    def __post_init__(self) -> None:
        self.directory = directory(self.chance)
        self.script = Script(self.chance, world(), self.caseload.assumptions)
        self.faults = Faults(self.chance, world(), self.rates)

    def plans(self) -> Sequence[Plan]:
        """The caseload's plans."""
        return self.caseload.plans(self.chance)

    def walk(self, plan: Plan) -> Walked:
        """Everything that happens in a case."""
        return _Case(self, plan).run()


@dataclass
class _Case:
    walk: Walk
    plan: Plan
    done: Walked = field(init=False)
    clock: datetime = field(init=False)
    calendar: list[tuple[datetime, int, Act]] = field(default_factory=list)
    count: int = 0
    states: dict[str, JourneyState] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    roles: need.Roles = field(default_factory=dict)
    parked: list[tuple[Event, Act | None, datetime]] = field(default_factory=list)
    handed: dict[str, set[str]] = field(default_factory=dict)
    sealed: dict[str, Act] = field(default_factory=dict)
    notes: dict[str, Notes] = field(default_factory=dict)
    letters: list[tuple[str, str, Event]] = field(default_factory=list)

    def run(self) -> Walked:
        self.done = Walked(self.plan, states=self.states)
        self.clock = self.plan.start
        finder = self.walk.script.finder(self.plan)
        self._plan(self.walk.script.opening(self.plan, self._notes(finder)))
        while (to := self._next()) is not None:
            self.clock = max(self.clock, to)
            self.done.steps += 1
            self._expire()
            while self.calendar and self.calendar[0][0] <= self.clock:
                self._submit(heapq.heappop(self.calendar)[2])
            self._think()
        return self.done

    def _next(self) -> datetime | None:
        times = [self.calendar[0][0]] if self.calendar else []
        if times:
            times += [until for _, _, until in self.parked]
            times += [due + GRACE for due, _, _, _ in self._deadlines()]
        return min(times, default=None)

    def _deadlines(self) -> list[tuple[datetime, str, str, str]]:
        return [
            (deadline.due, deadline.rule, deadline.cause, family)
            for family, state in self.states.items()
            for deadline in JOURNEYS[family].deadlines(state)
        ]

    def _expire(self) -> None:
        for due, rule, cause, family in sorted(self._deadlines()):
            if due + GRACE > self.clock:
                continue
            body = compose(
                id=derived_id(due, self.plan.case, rule, cause),
                source=f"/services/{SERVICE_OF[family]}",
                type=f"safepassage.{family}.deadline-passed.v1",
                subject=self.plan.case,
                time=due,
                data={"rule": rule, "cause": cause, "due": due.isoformat()},
            )
            self._decide(read(body), None, expired=True)
        for event, act, until in list(self.parked):
            if until <= self.clock:
                self.parked.remove((event, act, until))
                self._decide(event, act, expired=True)

    def _plan(self, acts: Sequence[Act]) -> None:
        said = [act for act in acts if act.name not in self.plan.left]
        for act in self.walk.faults.apply(self.plan.case, said):
            self.count += 1
            heapq.heappush(self.calendar, (act.at, self.count, act))

    def _submit(self, act: Act) -> None:
        if act.agency in self.walk.caseload.withhold:
            return
        if act.fault in (Fault.DOUBLED, Fault.WRONGLY_SIGNED, Fault.MALFORMED):
            self.done.acts.append((act, "not an event of its own"))
            return
        data = dict(act.data)
        if act.sealing is not None:
            keys = {
                kid: recipient_key(kid, public)
                for agency in act.sealing.to
                for kid, public in self.walk.directory.sealing_keys(agency, act.at).items()
            }
            data["sealed_digest"] = sealed_digest(seal(act.sealing.content, act.sealing.kind, keys))
        event = read(
            compose(
                id=self.walk.script.event_id(self.plan.case, act),
                source=f"/agencies/{act.agency}",
                type=f"safepassage.{act.name}.v{act.version}",
                subject=self.plan.case,
                time=act.time or act.at,
                data=data,
            )
        )
        self.sealed[event.id] = act
        self._decide(event, act, expired=False)
        self._retry()

    def _decide(self, event: Event, act: Act | None, expired: bool) -> bool:
        journey = JOURNEYS[event.family]
        state = self.states.setdefault(event.family, journey.state())
        others = {family: tuple(seen) for family, seen in self.seen.items() if family != event.family}
        decision = journey.decide(state, event, Context(self.walk.directory, self.clock, others, expired))
        if isinstance(decision, Park):
            self.parked.append((event, act, decision.until))
            return False
        if isinstance(decision, Refuse):
            if act is not None:
                self.done.refusals.append((act, decision))
                self.done.acts.append((act, "refused"))
            return True
        assert isinstance(decision, Accept)
        self.states[event.family] = journey.evolve(state, event, disputed(decision.breaches))
        data = event.data.model_dump(mode="json", exclude_none=True)
        seen = self.seen.setdefault(event.family, [])
        if not disputed(decision.breaches):
            seen.append(Seen(len(seen) + 1, event.id, event.name, event.actor, event.time, data))
        self.roles = need.fold(self.roles, event, decision.breaches)
        self.done.accepted.append(event)
        self.done.breaches += [(event.name, breach) for breach in decision.breaches]
        if act is not None:
            self.done.acts.append((act, "accepted"))
            self._answer(event)
        self._hand()
        return True

    def _retry(self) -> None:
        moved = True
        while moved:
            moved = False
            for item in list(self.parked):
                self.parked.remove(item)
                if self._decide(item[0], item[1], expired=False):
                    moved = True

    def _answer(self, event: Event) -> None:
        answer = Answer(
            service="walk",
            topic="",
            partition=0,
            offset=0,
            digest=event.digest,
            outcome="accepted",
            accepted=self.clock,
        )
        self.walk.script.on_answer(self._notes(event.actor), answer, event, self.clock)

    def _hand(self) -> None:
        """Hand every accepted event to whoever needs it by now and has not had it."""
        for event in self.done.accepted:
            named = event.type.named(event.data)
            had = self.handed.setdefault(event.id, {event.actor})
            to = need.audience(event.name, named, self.roles, self.walk.directory, self.clock.date())
            for agency in sorted(to - had):
                had.add(agency)
                self.letters.append((agency, event.id, event))

    def _think(self) -> None:
        letters, self.letters = self.letters, []
        for agency, _, event in sorted(letters, key=lambda item: (item[0], item[2].time, item[1])):
            act = self.sealed.get(event.id)
            opened = act.sealing.content if act and act.sealing and agency in act.sealing.to else None
            self._plan(self.walk.script.on_delivery(self._notes(agency), event, opened, self.clock))

    def _notes(self, agency: str) -> Notes:
        if agency not in self.notes:
            self.notes[agency] = self.walk.script.notes(self.plan, agency)
        return self.notes[agency]
