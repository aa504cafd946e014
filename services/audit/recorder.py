"""From the other services' topics to the audit's books: what was accepted, what was answered, what was wrong.

One batch of events and answers is one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from contracts.envelope import EnvelopeError, Event, read
from contracts.evidence.entry import LogItem
from contracts.messages import Acceptance, Verdict
from contracts.signing import SignatureRefused, compact_kid, detached_kid, verify_detached
from infra.directory.follower import Follower
from infra.kernel.bench import Bench
from infra.kernel.casebook import CaseRecord
from infra.kernel.kernel import Kernel, accepted_by
from infra.kernel.ports import Transaction
from infra.kernel.records import ACCEPTANCE, JWS, KIND, Record

from .app import EVENTS
from .books import Books, Undecided
from .docket import OFFICES, Finding, judge, ready

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Entry:
    """A record of an events topic, with what it says once its signatures have been checked."""

    record: Record
    event: Event | None = None
    acceptance: Acceptance | None = None
    jws: str = ""
    token: str = ""


@dataclass(slots=True)
class Reply:
    """A record of an answers topic, with the verdict that it is."""

    record: Record
    verdict: Verdict | None = None
    token: str = ""


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


class Recorder:
    """The audit's handler. It runs the kernel's transactions and adds the audit's books to them."""

    def __init__(self, kernel: Kernel, books: Books, follower: Follower) -> None:
        self._kernel = kernel
        self._books = books
        self._follower = follower
        self.recorded = asyncio.Event()

    async def batch(self, batch: Sequence[Record]) -> None:
        """Log what was accepted and what was refused, judge again what was accepted, and keep every answer."""
        items: list[Entry | Reply] = [Entry(record) if record.topic in EVENTS else Reply(record) for record in batch]
        if self._kernel.threads is None:
            self._read(items)
        else:
            await asyncio.get_running_loop().run_in_executor(self._kernel.threads, self._read, items)
        await self._kernel.persist(items, self._record, _spoil)
        self.recorded.set()

    # -- reading -------------------------------------------------------------------------------------------------

    def _read(self, items: Sequence[Entry | Reply]) -> None:
        self._read_entries([item for item in items if isinstance(item, Entry)])
        self._read_replies([item for item in items if isinstance(item, Reply)])

    def _read_entries(self, entries: Sequence[Entry]) -> None:
        directory = self._follower.directory
        for entry in entries:
            try:
                event = read(entry.record.value or b"")
                token, jws = entry.record.header(ACCEPTANCE) or "", entry.record.header(JWS) or ""
                acceptance = accepted_by(token, event, directory)
                kid = detached_kid(jws)
                public = directory.signing_key(kid)
                if public is None or directory.keys[kid].agency != event.actor:
                    raise SignatureRefused("not signed by its source")
                verify_detached(event.body, jws, public)
                entry.event, entry.acceptance, entry.jws, entry.token = event, acceptance, jws, token
            except (EnvelopeError, SignatureRefused, ValidationError) as error:
                log.error(
                    "an events topic holds a record that no service accepted", extra={"reason": type(error).__name__}
                )

    def _read_replies(self, replies: Sequence[Reply]) -> None:
        directory = self._follower.directory
        for reply in replies:
            if reply.record.header(KIND) != "verdict":
                continue
            try:
                token = (reply.record.value or b"").decode("ascii")
                kid = compact_kid(token)
                public = directory.signing_key(kid)
                if public is None or directory.keys[kid].agency not in OFFICES:
                    raise SignatureRefused("not signed by a service")
                reply.verdict, reply.token = Verdict.verify(token, public), token
            except (SignatureRefused, ValidationError, UnicodeDecodeError) as error:
                log.error(
                    "an answers topic holds a record that no service wrote", extra={"reason": type(error).__name__}
                )

    # -- recording -----------------------------------------------------------------------------------------------

    async def _record(self, transaction: Transaction, items: Sequence[Entry | Reply]) -> None:
        fresh, after = await self._kernel.fresh(transaction, [item.record for item in items])
        items = [item for item in items if (item.record.place, item.record.offset) in fresh]
        entries = [item for item in items if isinstance(item, Entry) and item.event is not None]
        verdicts = [
            (item.verdict, item.token) for item in items if isinstance(item, Reply) and item.verdict is not None
        ]
        cases = {entry.event.case for entry in entries if entry.event is not None}
        bench = await self._kernel.begin(transaction, cases, set())
        dockets = await self._books.dockets(transaction, cases) if cases else {}
        old = await self._books.undecided(transaction, cases) if cases else []
        queue = [Question(row) for row in old]
        queue += [_question(entry) for entry in entries if entry.event is not None and entry.event.family != "audit"]
        judged, left = self._judge(bench, dockets, queue)
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
                if question.row.sequence <= docket.sequences.get(question.row.family, 0):
                    judged.append(question)  # written to the topic once more by a relay that had to begin again
                elif ready(docket, question.acceptance()):
                    event, acceptance = question.event(), question.acceptance()
                    directory = self._follower.at(acceptance.directory)
                    self._raise(bench, event, acceptance, judge(docket, event, acceptance, directory))
                    judged.append(question)
                    moved = True
                else:
                    left.append(question)
        return judged, left

    def _raise(self, bench: Bench, event: Event, acceptance: Acceptance, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        for finding in sorted(set(findings), key=lambda finding: (finding.rule, finding.code)):
            data = {
                "rule": finding.rule,
                "code": finding.code,
                "cause": event.id,
                "cause_digest": event.digest,
                "of_family": event.family,
            }
            if not event.header.from_service:
                data["owner"] = event.actor
            case = bench.cases[event.case]
            bench.own(case, "audit.finding-raised", acceptance.accepted, data, finding.rule, finding.code, event.id)


def _spoil(item: Entry | Reply) -> Entry | Reply:
    """What takes the place of the one record whose values the database refuses: only that it has been seen."""
    return type(item)(item.record)


def _question(entry: Entry) -> Question:
    assert entry.event is not None
    assert entry.acceptance is not None
    event = entry.event
    row = Undecided(event.case, event.family, entry.acceptance.sequence, event.body, entry.token)
    return Question(row, False, event, entry.acceptance)


def _logged(entry: Entry) -> LogItem:
    """An accepted event as the log commits to it: its bytes, its signature and its acceptance."""
    assert entry.event is not None
    event = entry.event
    headers = {JWS: entry.jws, ACCEPTANCE: entry.token}
    return LogItem("event", event.family, event.id, event.case, event.body, headers)


def _refusal(verdict: Verdict, token: str) -> LogItem:
    """A refusal as the log commits to it. It is named by its place: one event's id can be refused more than once."""
    family = verdict.topic.partition(".")[0]
    place = f"{verdict.topic}/{verdict.partition}/{verdict.offset}"
    return LogItem("refusal", family, place, verdict.case, token.encode(), {})
