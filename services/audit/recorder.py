"""From the other services' topics to the audit's books: what was accepted, what was answered, what was wrong.

One batch of events and answers is one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from pydantic import ValidationError

from contracts import need
from contracts.directory import Directory
from contracts.envelope import Event, read
from contracts.evidence.entry import LogItem
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Acceptance, Verdict
from contracts.signing import SignatureRefused, compact_kid
from infra.kernel.bench import Bench
from infra.kernel.casebook import CaseRecord
from infra.kernel.following import Followed, service_key, settle, wanted
from infra.kernel.kernel import Kernel
from infra.kernel.ports import Keyring, Transaction
from infra.kernel.problems import reused_id
from infra.kernel.records import ACCEPTANCE, COUNTERSIGNATURE, JWS, KIND, Record

from .app import EVENTS
from .books import Books, Place, Undecided
from .docket import Finding, judge, ready

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reply:
    """A record of an answers topic, with the verdict that it is once its signature holds."""

    record: Record
    verdict: Verdict | None = None
    token: str = ""

    def check(self, directory: Directory) -> str | None:
        """Read it and check it: a verdict is said by the service whose family it is about, with a key of that day."""
        if self.record.header(KIND) != "verdict":
            return None
        service = SERVICE_OF[self.record.topic.partition(".")[0]]
        said = datetime.fromtimestamp(self.record.timestamp / 1000, UTC) if self.record.timestamp else None
        try:
            token = (self.record.value or b"").decode("ascii")
            verdict = Verdict.verify(token, service_key(compact_kid(token), service, said, directory))
            if verdict.service != service:
                raise SignatureRefused("it names another service")
            self.verdict, self.token = verdict, token
        except (SignatureRefused, ValidationError, UnicodeDecodeError) as error:
            if (wants := wanted(error, directory, self.record)) is not None:
                return wants
            log.error("an answers topic holds a record that no service wrote", extra={"reason": type(error).__name__})
        return None


@dataclass(slots=True, eq=False)
class Question:
    """An acceptance that is to be judged: one that has just come has been read, one that waited is read in its turn."""

    row: Undecided
    stored: bool = True
    said: Event | None = None
    checked: Acceptance | None = None

    def acceptance(self) -> Acceptance:
        """The acceptance, whose signature was checked when it came."""
        if self.checked is None:
            self.checked = Acceptance.unverified(self.row.acceptance)
        return self.checked

    def event(self) -> Event:
        """The event that was accepted."""
        return self.said or read(self.row.body)


class History(Keyring, Protocol):
    """A keyring that remembers."""

    def at(self, sequence: int) -> Directory:
        """The directory as it stood after an entry; raises `LookupError` where that has not been read."""
        ...


class Recorder:
    """The audit's handler. It runs the kernel's transactions and adds the audit's books to them."""

    def __init__(self, kernel: Kernel, books: Books, keyring: History) -> None:
        self._kernel = kernel
        self._books = books
        self._keyring = keyring
        self.recorded = asyncio.Event()

    async def batch(self, batch: Sequence[Record]) -> None:
        """Log what was accepted and what was refused, judge again what was accepted, and keep every answer."""
        items: list[Followed | Reply] = [Followed(it) if it.topic in EVENTS else Reply(it) for it in batch]
        await settle(items, self._keyring, self._kernel.clock, self._kernel.threads)
        await self._kernel.persist(items, self._record, _spoil)
        self.recorded.set()

    # -- recording -----------------------------------------------------------------------------------------------

    async def _record(self, transaction: Transaction, items: Sequence[Followed | Reply]) -> None:
        fresh, after = await self._kernel.fresh(transaction, [item.record for item in items])
        items = [item for item in items if (item.record.place, item.record.offset) in fresh]
        entries = [item for item in items if isinstance(item, Followed) and item.event is not None]
        verdicts = [
            (item.verdict, item.token) for item in items if isinstance(item, Reply) and item.verdict is not None
        ]
        reused = [verdict for verdict, _ in verdicts if verdict.case is not None and _reused(verdict)]
        cases = {entry.event.case for entry in entries if entry.event is not None}
        bench = await self._kernel.begin(transaction, cases | {verdict.case or "" for verdict in reused}, set())
        dockets = await self._books.dockets(transaction, cases) if cases else {}
        waiting = await self._books.undecided(transaction, cases) if cases else []
        new = [_question(entry) for entry in entries if entry.event is not None and entry.event.family != "audit"]
        passed = [item for item in new if item.row.sequence <= _reached(dockets, item)]
        queue, others = _one_a_place([*map(Question, waiting), *(item for item in new if item not in passed)])
        judged, left = self._judge(bench, dockets, queue)
        others += await self._differing(transaction, passed)
        await self._find(transaction, bench, others, reused)
        logged = [_logged(entry) for entry in entries]
        logged += [_refusal(*answer) for answer in verdicts if answer[0].outcome in ("refused", "dead-lettered")]
        touched = {question.row.case for question in judged}
        await self._books.save(
            transaction,
            [dockets[case] for case in sorted(touched)],
            [question.row for question in left if not question.stored],
            [question.row for question in judged if question.stored],
            logged,
        )
        await self._books.verdicts(transaction, verdicts)
        bench.effects.positions = after
        await self._kernel.end(transaction, bench)

    def _judge(
        self, bench: Bench, dockets: dict[str, CaseRecord], queue: Sequence[Question]
    ) -> tuple[list[Question], list[Question]]:
        """Judge what can be judged, each as soon as what it builds on has been; returns those, and those that wait."""
        judged: list[Question] = []
        left, moved = list(queue), True
        while moved:
            turn, left, moved = left, [], False
            for question in turn:
                docket = dockets[question.row.case]
                if ready(docket, question.acceptance()):
                    event, acceptance = question.event(), question.acceptance()
                    directory = self._keyring.at(acceptance.directory)
                    if event.name in need.ACCESS:  # who is shut out of the case is told of no finding in it
                        case = bench.cases[event.case]
                        bench.fold_roles(case, event, acceptance.breaches)
                        bench.touch(case)
                    self._raise(bench, event, acceptance, judge(docket, event, acceptance, directory))
                    judged.append(question)
                    moved = True
                else:
                    left.append(question)
        return judged, left

    async def _differing(self, transaction: Transaction, passed: Sequence[Question]) -> list[Question]:
        """Of those whose place had been judged, the ones that are not what was judged there.

        The others were written once more by a relay that had to begin again.
        """
        if not passed:
            return []
        known = await self._books.judged(transaction, {question.row.case for question in passed})
        return [question for question in passed if known.get(question.row.place) != question.event().digest]

    async def _find(
        self, transaction: Transaction, bench: Bench, others: Sequence[Question], reused: Sequence[Verdict]
    ) -> None:
        """Raise what no judgement of an acceptance finds: two events in one place, and an id with other facts."""
        newest = self._keyring.directory.sequence
        found: list[tuple[str, datetime, dict[str, str], str | None]] = [
            (question.event().case, question.acceptance().accepted, _second(question.event()), None)
            for question in others
        ]
        found += [(item.case or "", item.accepted, _other_facts(item), item.actor) for item in reused]
        causes = [
            (
                case,
                time,
                data | self._judged_by(owner, newest, time),
                (data["rule"], data["cause"], data["cause_digest"]),
            )
            for case, time, data, owner in found
        ]
        ids = [bench.own_id(case, time, *cause) for case, time, _, cause in causes]
        bench.inbox |= await transaction.inbox(ids) if ids else {}
        for case, time, data, cause in causes:
            bench.own(bench.cases[case], "audit.finding-raised", time, data, *cause)

    def _raise(self, bench: Bench, event: Event, acceptance: Acceptance, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        for finding in sorted(set(findings), key=lambda finding: (finding.rule, finding.code)):
            data = _finding(finding.rule, finding.code, event.id, event.digest, event.family)
            data |= self._judged_by(_owner(event), acceptance.directory, acceptance.accepted)
            case = bench.cases[event.case]
            bench.own(case, "audit.finding-raised", acceptance.accepted, data, finding.rule, finding.code, event.id)

    def _judged_by(self, owner: str | None, directory: int, at: datetime) -> dict[str, str]:
        """Whom a finding is about, and who judges it: an agency with oversight, of its country where that has one."""
        known = self._keyring.at(directory)
        country = known.country(owner) if owner is not None else None
        overseers = (*known.with_role("oversight", at.date(), country), *known.with_role("oversight", at.date()))
        judge = next((agency for agency in overseers if agency != owner), None)
        said = {"owner": owner, "oversight": judge}
        return {name: agency for name, agency in said.items() if agency is not None}


def _reached(dockets: Mapping[str, CaseRecord], question: Question) -> int:
    return dockets[question.row.case].sequences.get(question.row.family, 0)


def _one_a_place(questions: Sequence[Question]) -> tuple[list[Question], list[Question]]:
    """The questions, one for each family and sequence of a case; and those that are another event in a place taken."""
    taken: dict[Place, Question] = {}
    others: list[Question] = []
    for question in questions:
        first = taken.setdefault(question.row.place, question)
        if first is not question and first.row.body != question.row.body:
            others.append(question)
    return list(taken.values()), others


def _second(event: Event) -> dict[str, str]:
    """Two different events have one sequence in their case: the service said two things."""
    return _finding("AUDIT-SEQUENCE", "disagreement", event.id, event.digest, event.family)


def _reused(verdict: Verdict) -> bool:
    return verdict.outcome == "refused" and any(problem.rule == reused_id().rule for problem in verdict.problems)


def _other_facts(verdict: Verdict) -> dict[str, str]:
    """An id was used again for other facts (CloudEvents: source and id name one event)."""
    return _finding(reused_id().rule, "breach", verdict.id or "", verdict.digest, verdict.family or "")


def _owner(event: Event) -> str | None:
    """Who answers for a finding: who said what it is about, and where a time ran out, whose turn it was."""
    if event.type.name == "deadline-passed":
        owed_by: str | None = vars(event.data)["owed_by"]
        return owed_by
    return None if event.header.from_service else event.actor


def _finding(rule: str, code: str, cause: str, digest: str, family: str) -> dict[str, str]:
    return {"rule": rule, "code": code, "cause": cause, "cause_digest": digest, "of_family": family}


def _spoil(item: Followed | Reply) -> Followed | Reply:
    """What takes the place of the one record whose values the database refuses: only that it has been seen."""
    return type(item)(item.record)


def _question(entry: Followed) -> Question:
    assert entry.event is not None
    assert entry.acceptance is not None
    event = entry.event
    row = Undecided(event.case, event.family, entry.acceptance.sequence, event.body, entry.header(ACCEPTANCE))
    return Question(row, False, event, entry.acceptance)


def _logged(entry: Followed) -> LogItem:
    """An accepted event as the log commits to it: its bytes, its signatures and its acceptance."""
    assert entry.event is not None
    event = entry.event
    headers = {name: said for name in (JWS, COUNTERSIGNATURE, ACCEPTANCE) if (said := entry.header(name))}
    return LogItem("event", event.family, event.id, event.case, event.body, headers)


def _refusal(verdict: Verdict, token: str) -> LogItem:
    """A refusal as the log commits to it. It is named by its place: one event's id can be refused more than once."""
    family = verdict.topic.partition(".")[0]
    place = f"{verdict.topic}/{verdict.partition}/{verdict.offset}"
    return LogItem("refusal", family, place, verdict.case, token.encode(), {})
