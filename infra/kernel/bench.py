"""The bench: one batch's cases under judgement, and what follows from accepting an event. No I/O.

What holds for every family is here: the sequence, the acceptance, who is handed what, waiting and answers. The law
itself is in `contracts.journeys`; how a submission comes to be accepted is in `submission`, what time brings in
`passage`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic_core import to_json

from contracts import guidelines, need
from contracts.decision import Accept, Breach, Context, Decision, Mark, Park, Refuse, Seen, disputed
from contracts.directory import Directory
from contracts.envelope import Event, compose, read
from contracts.events import Kind
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS
from contracts.journeys.base import PARK_LIMIT
from contracts.messages import Acceptance, BreachMark, Outcome, ProblemMark, Verdict
from contracts.signing import Signer, sign_detached

from .casebook import CaseRecord
from .effects import Accepted, Effects, Hand, InboxRow, Letter, ParkedRow
from .problems import stale_directory
from .records import CLOUDEVENTS_JSON, CONTENT_TYPE, COUNTERSIGNATURE, JWS, SEALED, TYPE, Record
from .verify import countersigner

GRACE = timedelta(minutes=5)
"""How long after a deadline it is held to have passed: what was sent in time may still be on its way."""
STALE = timedelta(seconds=30)
"""The age of the directory's head from which proposals wait."""
DIRECTORY_HEAD = "directory.head"


@dataclass(frozen=True)
class Office:
    """What a service declares: its name and the families it writes. What it follows comes from the journeys."""

    name: str
    families: tuple[str, ...]
    follows: bool = True
    """Whether it follows other services' events by the kernel (the audit service reads them in its own way)."""

    @cached_property
    def guards(self) -> frozenset[str]:
        """Events that the guards of this service's families ask for in another family, of this service or not."""
        return frozenset[str]().union(*(JOURNEYS[family].followed for family in self.families))

    @cached_property
    def followed(self) -> frozenset[str]:
        """Events of other services that change anything here: guards, and those that give a role."""
        names = self.guards | need.ROLE_EVENTS if self.follows else frozenset[str]()
        return frozenset(name for name in names if name.partition(".")[0] not in self.families)


@dataclass(slots=True)
class Bench:
    """One batch under judgement. `cases`, `inbox` and `parked` are what was loaded under lock for it;
    `held` names the case in which an event of the batch waits."""

    office: Office
    signer: Signer
    directory: Directory
    now: datetime
    replay: bool
    cases: dict[str, CaseRecord]
    inbox: dict[str, InboxRow] = field(default_factory=dict)
    parked: dict[str, list[ParkedRow]] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)
    regrant: set[str] = field(default_factory=set)

    # -- what is known -------------------------------------------------------------------------------------------

    def clock(self, case: CaseRecord) -> datetime:
        """The judging clock: the case's own in a replay, the wall clock otherwise."""
        return case.clock if self.replay and case.clock is not None else self.now

    def carry(self, case: CaseRecord, time: datetime) -> None:
        """An event of a replayed case takes the open clock on to its own time, as long as nothing is due before it."""
        if self.replay and case.open and case.clock is not None and case.clock < time:
            due = self.next_due(case)
            if due is None or time < due:
                case.clock = time
                self.touch(case)

    def fresh(self) -> bool:
        """Whether the directory's head is young enough to judge proposals by."""
        return self.directory.head_at is not None and self.now - self.directory.head_at <= STALE

    def waiting(self, case: CaseRecord) -> list[ParkedRow]:
        """What waits in this case, in the order in which it came."""
        return self.parked.get(case.case, [])

    def touch(self, case: CaseRecord) -> None:
        """The case has changed and is to be written."""
        self.effects.cases[case.case] = case

    def next_due(self, case: CaseRecord) -> datetime | None:
        """When something is due in this case next, grace included."""
        due = [deadline.due + GRACE for _, deadline in case.deadlines()]
        due += [row.until for row in self.waiting(case)]
        return min(due, default=None)

    def timers(self) -> dict[str, datetime | None]:
        """When each case that changed has to be looked at again; at once where it waits for the directory."""
        return {
            case_id: self.now
            if any(row.waiting_for == DIRECTORY_HEAD for row in self.waiting(case))
            else self.next_due(case)
            for case_id, case in self.effects.cases.items()
        }

    def remember(self, event: Event, outcome: Outcome, problems: tuple[ProblemMark, ...]) -> None:
        """Keep the first answer to an event, for whenever it comes again."""
        row = InboxRow(
            event.id,
            event.digest,
            event.case,
            event.family,
            event.name,
            event.actor,
            outcome,
            problems=json.dumps([problem.model_dump(exclude_defaults=True) for problem in problems]),
        )
        self.inbox[event.id] = row
        self.effects.inbox[event.id] = row

    # -- decisions -----------------------------------------------------------------------------------------------

    def decide(
        self, case: CaseRecord, event: Event, headers: Mapping[str, str], accepted: datetime, expired: bool
    ) -> Decision:
        """The law's answer; a proposal waits while the directory cannot be read."""
        if not self.fresh() and event.type.kind is Kind.PROPOSAL:
            return Refuse((stale_directory(),)) if expired else Park(DIRECTORY_HEAD, accepted + PARK_LIMIT)
        second = countersigner(headers, self.directory)
        context = Context(self.directory, accepted, others(case, event.family), expired, second)
        return JOURNEYS[event.family].decide(case.state(event.family), event, context)

    def accept(
        self,
        case: CaseRecord,
        event: Event,
        headers: Mapping[str, str],
        accepted: datetime,
        breaches: tuple[Breach, ...],
        expired: bool,
    ) -> Letter:
        """Make the event part of its case: number it, sign its acceptance, and hand it to those who need it."""
        family = event.family
        sequence = case.sequences.get(family, 0) + 1
        case.sequences[family] = sequence
        after = {name: seen[-1].sequence for name, seen in sorted(others(case, family).items())}
        case.states[family] = JOURNEYS[family].evolve(case.state(family), event, disputed(breaches))
        self.touch(case)
        acceptance = Acceptance(
            service=self.office.name,
            digest=event.digest,
            case=case.case,
            family=family,
            sequence=sequence,
            after=after,
            directory=self.directory.sequence,
            rules=guidelines.digest(),
            accepted=accepted,
            recorded=self.now,
            replay=self.replay,
            expired=expired,
            stale_directory=not self.fresh(),
            countersigner=countersigner(headers, self.directory),
            breaches=marks(breaches),
        )
        own = {name: headers[name] for name in (JWS, COUNTERSIGNATURE) if name in headers}
        own |= {CONTENT_TYPE: CLOUDEVENTS_JSON, TYPE: event.type.type}
        letter = Letter(case.case)
        letter.event = Accepted(event, own, acceptance)
        self.see(case, event, sequence, breaches)
        self.fold_roles(case, event, breaches)
        named = event.type.named(event.data)
        to = sorted(need.audience(event.name, named, case.roles, self.directory, accepted.date()) - {event.actor})
        handed = own | ({SEALED: headers[SEALED]} if SEALED in headers else {})
        opened = need.sealed_for(named, breaches)
        for agency in to:
            headers_for = handed if agency in opened else own
            letter.hands.append(self.hand(case, agency, event.id, event.digest, event.body, headers_for, accepted))
        self.effects.letters.append(letter)
        row = InboxRow(
            event.id,
            event.digest,
            case.case,
            family,
            event.name,
            event.actor,
            "accepted",
            sequence=sequence,
            accepted=accepted,
            named=named,
            delivered=tuple(to),
            body=event.body,
            headers=to_json(own).decode(),
        )
        self.inbox[event.id] = row
        self.effects.inbox[event.id] = row
        return letter

    def see(self, case: CaseRecord, event: Event, sequence: int, breaches: Iterable[Mark]) -> None:
        """Keep what a guard of another family may ask for; a claim is not that."""
        if event.name in self.office.guards and not disputed(breaches):
            data = event.data.model_dump(mode="json", exclude_none=True)
            seen = Seen(sequence, event.id, event.name, event.actor, event.time, data)
            case.seen[event.family] = (*case.seen.get(event.family, ()), seen)

    def fold_roles(self, case: CaseRecord, event: Event, breaches: Iterable[Mark]) -> None:
        """Note the roles that an event gives; who has a new one may be owed earlier events."""
        if event.name not in need.ROLE_EVENTS:
            return
        before = case.roles
        case.roles = need.fold(before, event, breaches)
        if case.roles != before:
            self.regrant.add(case.case)

    def hand(
        self,
        case: CaseRecord,
        agency: str,
        event_id: str,
        event_digest: str,
        body: bytes,
        headers: dict[str, str],
        accepted: datetime,
    ) -> Hand:
        """Put an event on its way to one agency, after what it was handed before."""
        last = case.follows.get(agency)
        case.follows[agency] = event_id
        return Hand(agency, event_digest, body, headers, accepted, (last,) if last is not None else ())

    def grants(self, rows: Iterable[InboxRow]) -> list[tuple[InboxRow, list[str]]]:
        """The accepted events of re-granted cases that an agency may now see and has not been handed."""
        owed = []
        for row in rows:
            case = self.cases[row.case]
            audience = need.audience(row.name, row.named, case.roles, self.directory, self.clock(case).date())
            missing = sorted(audience - {row.actor} - set(row.delivered))
            if missing:
                owed.append((row, missing))
        return owed

    def hand_late(self, row: InboxRow, agencies: Sequence[str], body: bytes, headers: dict[str, str]) -> None:
        """Hand an earlier event to agencies whose role in the case came after it."""
        case = self.cases[row.case]
        accepted = row.accepted or self.now
        letter = Letter(row.case)
        for agency in agencies:
            letter.hands.append(self.hand(case, agency, row.event_id, row.digest, body, headers, accepted))
        self.effects.letters.append(letter)
        delivered = (*row.delivered, *agencies)
        if row.event_id in self.effects.inbox:
            self.effects.inbox[row.event_id] = replace(row, delivered=delivered)
        else:
            self.effects.redelivered[row.event_id] = delivered
        self.touch(case)

    def own_id(self, case: str, time: datetime, *cause: str) -> str:
        """The id of what the service says for a cause; who could foresee it could take it first."""
        return derived_id(time, self.signer.secret("own events"), case, *cause)

    def own(self, case: CaseRecord, name: str, time: datetime, data: Mapping[str, Any], *cause: str) -> Letter | None:
        """Say something as the service itself; the same cause says it once. None when it has been said."""
        event_id = self.own_id(case.case, time, *cause)
        if event_id in self.inbox:
            return None
        body = compose(
            id=event_id,
            source=f"/services/{self.office.name}",
            type=f"safepassage.{name}.v1",
            subject=case.case,
            time=time,
            data=data,
        )
        event = read(body)
        accepted = self.clock(case)
        decision = self.decide(case, event, {}, accepted, expired=True)
        breaches = decision.breaches if isinstance(decision, Accept) else ()
        return self.accept(case, event, {JWS: sign_detached(body, self.signer)}, accepted, breaches, expired=True)

    # -- answers -------------------------------------------------------------------------------------------------

    def answer(self, record: Record, fingerprint: str, outcome: Outcome, accepted: datetime, **said: object) -> Letter:
        """Answer a submission: the audit service in full, its sender what concerns it."""
        verdict = Verdict.model_validate(
            {
                "service": self.office.name,
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "digest": fingerprint,
                "outcome": outcome,
                "accepted": accepted,
                **{name: value for name, value in said.items() if value is not None},
            }
        )
        letter = Letter(verdict.case or fingerprint, verdict=verdict, reply_to=verdict.actor)
        self.effects.letters.append(letter)
        return letter


def marks(breaches: Iterable[Breach]) -> tuple[BreachMark, ...]:
    """Breaches as an acceptance names them."""
    return tuple(BreachMark(rule=breach.rule, code=breach.code) for breach in breaches)


def others(case: CaseRecord, family: str) -> dict[str, tuple[Seen, ...]]:
    """What has been seen accepted in the case's other families."""
    return {name: seen for name, seen in case.seen.items() if name != family and seen}
