"""The judgement of one batch: from verified submissions, followed events and clock ticks to effects. No I/O.

The kernel loads what a batch touches, calls these methods in the order of the records, and writes `effects`. The law
itself is in `contracts.journeys`; here is only what holds for every family: identity of events, keys, sealed parts,
waiting, deadlines, sequence, and who is handed what.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracts import guidelines, need
from contracts.decision import Accept, Breach, Context, Decision, Park, Problem, Refuse, Seen
from contracts.directory import Directory
from contracts.envelope import Event, compose, read
from contracts.events import Kind
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS
from contracts.journeys.base import PARK_LIMIT
from contracts.messages import Acceptance, BreachMark, Notice, Outcome, ProblemMark, Ticked, Verdict
from contracts.sealing import SealRefused, recipients_of, sealed_digest
from contracts.signing import Signer, sign_detached

from .casebook import CaseRecord
from .decode import DeadLetter, Submission
from .effects import Effects, Hand, InboxRow, Letter, ParkedRow
from .records import (
    ACCEPTANCE,
    CLOUDEVENTS_JSON,
    CONTENT_TYPE,
    COUNTERSIGNATURE,
    JWS,
    KIND,
    SEALED,
    TYPE,
    Outgoing,
    Record,
)

GRACE = timedelta(minutes=5)
"""How long after a deadline it is held to have passed: what was sent in time may still be on its way."""
STALE = timedelta(seconds=30)
"""The age of the directory's head from which proposals wait."""
DIRECTORY_HEAD = "directory.head"


@dataclass(frozen=True, slots=True)
class Office:
    """What a service declares: its name and the families it writes. What it follows comes from the journeys."""

    name: str
    families: tuple[str, ...]

    @property
    def guards(self) -> frozenset[str]:
        """Events of other families that the guards of this service's families ask for."""
        asked = frozenset[str]().union(*(JOURNEYS[family].followed for family in self.families))
        return frozenset(name for name in asked if name.partition(".")[0] not in self.families)

    @property
    def followed(self) -> frozenset[str]:
        """Events of other families that change anything here: guards, and those that give a role."""
        roles = (name for name in need.ROLE_EVENTS if name.partition(".")[0] not in self.families)
        return self.guards | frozenset(roles)


@dataclass(slots=True)
class Judge:
    """One batch on the bench. `cases`, `inbox` and `parked` are what was loaded under lock for it."""

    office: Office
    signer: Signer
    directory: Directory
    now: datetime
    replay: bool
    cases: dict[str, CaseRecord]
    inbox: dict[str, InboxRow]
    parked: dict[str, list[ParkedRow]]
    effects: Effects = field(default_factory=Effects)
    regrant: set[str] = field(default_factory=set)

    # -- submissions ---------------------------------------------------------------------------------------------

    def dead_letter(self, letter: DeadLetter) -> None:
        """A record without a sender: nobody is answered but the audit service."""
        self._answer(letter.record, letter.digest, "dead-lettered", self.now, reason=letter.reason)

    def unsigned(self, submission: Submission, notify: bool) -> None:
        """A record that its source did not sign: refused; the source is told that it was tried, and nothing more."""
        reason = submission.unsigned or "not signed"
        letter = self._answer(
            submission.record,
            submission.digest,
            "refused",
            self.now,
            reason=reason,
            problems=(_signature_problem(reason),),
        )
        if notify and submission.header.actor in self.directory.agencies:
            record = submission.record
            letter.notice = Notice(
                service=self.office.name,
                agency=submission.header.actor,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                digest=submission.digest,
                reason=reason,
                recorded=self.now,
            )

    def submission(self, submission: Submission) -> None:
        """A record signed by its source: decide on it, answer it, and let what waited for it go on."""
        case = self.cases[submission.header.subject]
        accepted = self._clock(case)
        first = self.inbox.get(submission.header.id)
        waiting = next((row for row in self._waiting(case) if row.event_id == submission.header.id), None)
        if first is not None or waiting is not None:
            self._again(submission, case, first, waiting)
            return
        problems = self._envelope_problems(submission, accepted)
        if problems or submission.event is None:
            self._refuse(case, submission, problems)
            return
        self._settle(case, submission.event, submission.record, submission.headers, accepted)
        self._retry(case)

    def _again(
        self, submission: Submission, case: CaseRecord, first: InboxRow | None, waiting: ParkedRow | None
    ) -> None:
        held = first.digest if first is not None else waiting.digest if waiting is not None else ""
        if held != submission.digest:
            self._refuse(case, submission, (_reused_id(),), remember=False)
            return
        problems = tuple(ProblemMark(**item) for item in json.loads(first.problems)) if first is not None else ()
        self._answer(
            submission.record,
            submission.digest,
            "duplicate",
            self._clock(case),
            id=submission.header.id,
            case=case.case,
            actor=submission.header.actor,
            family=submission.header.type.split(".")[1],
            first_outcome=first.outcome if first is not None else "parked",
            until=waiting.until if waiting is not None else None,
            problems=problems,
        )

    def _envelope_problems(self, submission: Submission, accepted: datetime) -> tuple[Problem, ...]:
        key = self.directory.key_problem(submission.kid, submission.header.actor, accepted)
        if key is not None:
            return (_signature_problem(key, rule="KEY"),)
        if submission.faults:
            return tuple(
                Problem(where, "SCHEMA", "contracts/schemas", f"{where}: {fault}", "send what the schema asks for")
                for where, fault in submission.faults
            )
        if submission.event is not None:
            return _sealed_problems(submission.event, submission.sealed, self.directory)
        return ()

    def _settle(
        self, case: CaseRecord, event: Event, record: Record, headers: Mapping[str, str], accepted: datetime
    ) -> None:
        decision = self._decide(case, event, accepted, expired=False)
        if isinstance(decision, Park):
            row = ParkedRow(
                event.id,
                event.digest,
                case.case,
                event.family,
                record.topic,
                record.partition,
                record.offset,
                decision.waiting_for,
                decision.until,
                event.body,
                json.dumps(dict(headers)),
            )
            self.parked.setdefault(case.case, []).append(row)
            self.effects.parked[event.id] = row
            case.waiting += 1
            self._touch(case)
            self._answer(
                record,
                event.digest,
                "parked",
                accepted,
                id=event.id,
                case=case.case,
                actor=event.actor,
                family=event.family,
                waiting_for=decision.waiting_for,
                until=decision.until,
                next_due=self._next_due(case),
            )
            return
        self._finish(case, event, record, headers, accepted, decision, expired=False)

    def _decide(self, case: CaseRecord, event: Event, accepted: datetime, expired: bool) -> Decision:
        stale = not self._fresh()
        if stale and event.type.kind is Kind.PROPOSAL:
            if expired:
                return Refuse((_stale_directory(),))
            return Park(DIRECTORY_HEAD, accepted + PARK_LIMIT)
        context = Context(self.directory, accepted, case.seen, expired)
        return JOURNEYS[event.family].decide(case.state(event.family), event, context)

    def _finish(
        self,
        case: CaseRecord,
        event: Event,
        record: Record,
        headers: Mapping[str, str],
        accepted: datetime,
        decision: Accept | Refuse,
        expired: bool,
    ) -> None:
        if isinstance(decision, Refuse):
            problems = tuple(ProblemMark(**problem.as_json()) for problem in decision.problems)
            self._remember(event, "refused", problems)
            self._answer(
                record,
                event.digest,
                "refused",
                accepted,
                id=event.id,
                case=case.case,
                actor=event.actor,
                family=event.family,
                problems=problems,
                next_due=self._next_due(case),
            )
            return
        letter = self._accept(case, event, headers, accepted, decision.breaches, expired)
        letter.reply_to = event.actor
        letter.verdict = Verdict(
            service=self.office.name,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            digest=event.digest,
            outcome="accepted",
            accepted=accepted,
            id=event.id,
            case=case.case,
            breaches=_marks(decision.breaches),
            actor=event.actor,
            family=event.family,
            sequence=case.sequences[event.family],
            next_due=self._next_due(case),
        )

    def _refuse(
        self, case: CaseRecord, submission: Submission, problems: tuple[Problem, ...], remember: bool = True
    ) -> None:
        marks = tuple(ProblemMark(**problem.as_json()) for problem in problems)
        if remember and submission.event is not None:
            self._remember(submission.event, "refused", marks)
        self._answer(
            submission.record,
            submission.digest,
            "refused",
            self._clock(case),
            id=submission.header.id,
            case=case.case,
            actor=submission.header.actor,
            family=submission.header.type.split(".")[1],
            problems=marks,
        )

    # -- acceptance ----------------------------------------------------------------------------------------------

    def _accept(
        self,
        case: CaseRecord,
        event: Event,
        headers: Mapping[str, str],
        accepted: datetime,
        breaches: tuple[Breach, ...],
        expired: bool,
    ) -> Letter:
        family = event.family
        sequence = case.sequences.get(family, 0) + 1
        case.sequences[family] = sequence
        after = {name: seen[-1].sequence for name, seen in sorted(case.seen.items()) if seen}
        case.states[family] = JOURNEYS[family].evolve(case.state(family), event)
        self._touch(case)
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
            stale_directory=not self._fresh(),
            breaches=_marks(breaches),
        )
        own = {name: headers[name] for name in (JWS, COUNTERSIGNATURE) if name in headers}
        own |= {CONTENT_TYPE: CLOUDEVENTS_JSON, TYPE: event.type.type}
        letter = Letter(case.case)
        letter.event = Outgoing(
            f"{family}.events.v1", case.case, event.body, own | {ACCEPTANCE: acceptance.sign(self.signer)}
        )
        self._fold_roles(case, event)
        named = event.type.named(event.data)
        to = sorted(need.audience(event.name, named, case.roles, self.directory) - {event.actor})
        handed = own | ({SEALED: headers[SEALED]} if SEALED in headers else {})
        for agency in to:
            letter.hands.append(self._hand(case, agency, event.id, event.digest, event.body, handed, accepted))
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
            headers=json.dumps(own),
        )
        self.inbox[event.id] = row
        self.effects.inbox[event.id] = row
        return letter

    def _fold_roles(self, case: CaseRecord, event: Event) -> None:
        if event.name not in need.ROLE_EVENTS:
            return
        before = case.roles
        case.roles = need.fold(before, event)
        if case.roles != before:
            self.regrant.add(case.case)

    def _hand(
        self,
        case: CaseRecord,
        agency: str,
        event_id: str,
        event_digest: str,
        body: bytes,
        headers: dict[str, str],
        accepted: datetime,
    ) -> Hand:
        last = case.follows.get(agency)
        case.follows[agency] = event_id
        return Hand(agency, event_digest, body, headers, accepted, (last,) if last is not None else ())

    def grants(self, rows: Iterable[InboxRow]) -> list[tuple[InboxRow, list[str]]]:
        """The accepted events of re-granted cases that an agency may now see and has not been handed."""
        owed = []
        for row in rows:
            case = self.cases[row.case]
            audience = need.audience(row.name, row.named, case.roles, self.directory)
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
            letter.hands.append(self._hand(case, agency, row.event_id, row.digest, body, headers, accepted))
        self.effects.letters.append(letter)
        delivered = (*row.delivered, *agencies)
        if row.event_id in self.effects.inbox:
            self.effects.inbox[row.event_id] = replace(row, delivered=delivered)
        else:
            self.effects.redelivered[row.event_id] = delivered
        self._touch(case)

    # -- other families ------------------------------------------------------------------------------------------

    def followed(self, event: Event, acceptance: Acceptance) -> None:
        """An event of another family has been accepted elsewhere: guards that waited for it may go on."""
        case = self.cases[event.case]
        known = case.followed.setdefault(event.family, [])
        if acceptance.sequence in known:
            return
        known.append(acceptance.sequence)
        if event.name in self.office.guards:
            data = event.data.model_dump(mode="json", exclude_none=True)
            seen = Seen(acceptance.sequence, event.id, event.name, event.actor, event.time, data)
            case.seen[event.family] = (*case.seen.get(event.family, ()), seen)
        self._fold_roles(case, event)
        self._touch(case)
        self._retry(case)
        self._try_tick(case)

    # -- time ----------------------------------------------------------------------------------------------------

    def tick(self, case_id: str, to: datetime, after: dict[str, int]) -> None:
        """Move a replayed case's clock, once everything named in `after` has been seen here."""
        case = self.cases[case_id]
        case.tick = (to, after)
        self._touch(case)
        self._try_tick(case)

    def _try_tick(self, case: CaseRecord) -> None:
        if case.tick is None:
            return
        to, after = case.tick
        if any(sequence not in case.followed.get(family, ()) for family, sequence in after.items()):
            return
        case.tick = None
        case.clock = max(to, case.clock) if case.clock is not None else to
        start = len(self.effects.letters)
        self.advance(case.case, case.clock)
        ticked = Ticked(
            service=self.office.name,
            case=case.case,
            to=to,
            sequences=dict(case.sequences),
            next_due=self._next_due(case),
        )
        letter = Letter(case.case, ticked=ticked)
        for earlier in self.effects.letters[start:]:
            if earlier.verdict is None:
                letter.hands += earlier.hands
                earlier.hands = []
        self.effects.letters.append(letter)

    def advance(self, case_id: str, to: datetime) -> None:
        """Let everything that was due by `to` happen, in the order in which it was due."""
        case = self.cases[case_id]
        self._retry(case)
        while True:
            due = [(item.due, 0, item.rule, item.cause, family) for family, item in case.deadlines()]
            due = [item for item in due if item[0] + GRACE <= to]
            due += [(row.until, 1, row.event_id, "", "") for row in self._waiting(case) if row.until <= to]
            if not due:
                break
            _, kind, name, cause, family = min(due)
            if kind == 0:
                self._pass(case, family, name, cause)
            else:
                row = next(row for row in self._waiting(case) if row.event_id == name)
                self._resume(case, row, expired=True)
            self._retry(case)
        self._touch(case)

    def _pass(self, case: CaseRecord, family: str, rule: str, cause: str) -> None:
        deadline = next(item for item in JOURNEYS[family].deadlines(case.state(family)) if (item.rule, item.cause) == (rule, cause))
        body = compose(
            id=derived_id(deadline.due, case.case, rule, cause),
            source=f"/services/{self.office.name}",
            type=f"safepassage.{family}.deadline-passed.v1",
            subject=case.case,
            time=deadline.due,
            data={
                "rule": rule,
                "cause": cause,
                "due": deadline.due.isoformat(),
                **({"owed_by": deadline.owed_by} if deadline.owed_by is not None else {}),
            },
        )
        event = read(body)
        headers = {JWS: sign_detached(body, self.signer)}
        accepted = self._clock(case)
        decision = self._decide(case, event, accepted, expired=True)
        breaches = decision.breaches if isinstance(decision, Accept) else ()
        self._accept(case, event, headers, accepted, breaches, expired=True)

    def _retry(self, case: CaseRecord) -> None:
        moved = True
        while moved and case.waiting:
            moved = any(self._resume(case, row, expired=False) for row in list(self._waiting(case)))

    def _resume(self, case: CaseRecord, row: ParkedRow, expired: bool) -> bool:
        accepted = self._clock(case)
        event = read(row.body)
        decision = self._decide(case, event, accepted, expired)
        if isinstance(decision, Park):
            return False
        self.parked[case.case] = [other for other in self._waiting(case) if other.event_id != row.event_id]
        if self.effects.parked.pop(row.event_id, None) is None:
            self.effects.unparked.add(row.event_id)
        case.waiting -= 1
        self._touch(case)
        record = Record(row.topic, row.partition, row.offset, None, None)
        self._finish(case, event, record, json.loads(row.headers), accepted, decision, expired)
        return True

    # -- small things --------------------------------------------------------------------------------------------

    def _clock(self, case: CaseRecord) -> datetime:
        return case.clock if self.replay and case.clock is not None else self.now

    def _fresh(self) -> bool:
        return self.directory.head_at is not None and self.now - self.directory.head_at <= STALE

    def _waiting(self, case: CaseRecord) -> list[ParkedRow]:
        return self.parked.get(case.case, [])

    def _touch(self, case: CaseRecord) -> None:
        self.effects.cases[case.case] = case

    def _next_due(self, case: CaseRecord) -> datetime | None:
        due = [deadline.due + GRACE for _, deadline in case.deadlines()]
        due += [row.until for row in self._waiting(case)]
        return min(due, default=None)

    def timers(self) -> dict[str, datetime | None]:
        """When each case that changed has to be looked at again; at once where it waits for the directory."""
        return {
            case_id: self.now
            if any(row.waiting_for == DIRECTORY_HEAD for row in self._waiting(case))
            else self._next_due(case)
            for case_id, case in self.effects.cases.items()
        }

    def _remember(self, event: Event, outcome: Outcome, problems: tuple[ProblemMark, ...]) -> None:
        row = InboxRow(
            event.id,
            event.digest,
            event.case,
            event.family,
            event.name,
            event.actor,
            outcome,
            problems=json.dumps([problem.model_dump() for problem in problems]),
        )
        self.inbox[event.id] = row
        self.effects.inbox[event.id] = row

    def _answer(self, record: Record, fingerprint: str, outcome: Outcome, accepted: datetime, **said: object) -> Letter:
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


def _marks(breaches: Iterable[Breach]) -> tuple[BreachMark, ...]:
    return tuple(BreachMark(rule=breach.rule, code=breach.code) for breach in breaches)


def _sealed_problems(event: Event, sealed: bytes | None, directory: Directory) -> tuple[Problem, ...]:
    claimed = event.data.sealed_digest
    if sealed is None and claimed is None:
        return ()
    where, remedy = "sealed", "seal to the agencies that the event names, and put the digest in data.sealed_digest"
    if sealed is None or claimed is None or sealed_digest(sealed) != claimed:
        return (Problem(where, "XB-NEED", "UNIAP area 3", "the sealed part and data.sealed_digest differ", remedy),)
    try:
        kids = recipients_of(sealed)
    except SealRefused as error:
        return (Problem(where, "XB-NEED", "UNIAP area 3", str(error), remedy),)
    owners = {directory.keys[kid].agency for kid in kids if kid in directory.keys}
    if any(kid not in directory.keys for kid in kids) or not owners <= set(event.type.named(event.data)):
        return (Problem(where, "XB-NEED", "UNIAP area 3", "it is sealed to an agency that the event does not name", remedy),)
    return ()


def _signature_problem(reason: str, rule: str = "SIGNATURE") -> Problem:
    return Problem(
        "jws", rule, "RFC 7515, RFC 7797", reason, "sign the exact bytes with a key that the directory lists for the source"
    )


def _reused_id() -> Problem:
    return Problem("id", "EVENT-ID", "CloudEvents 1.0", "this id was used for other facts", "give every event a new id")


def _stale_directory() -> Problem:
    return Problem(
        "directory",
        "DIRECTORY",
        "directory.v1",
        "the directory could not be read in time to judge this proposal",
        "send it again later; what has happened can be reported at any time",
    )


__all__ = ["GRACE", "KIND", "Judge", "Office"]
