"""From the other services' topics to the audit's books: what was accepted, what was answered, what was wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

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

from .books import Books, Undecided
from .docket import OFFICES, Finding, judge, ready

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Entry:
    """A record of an events topic, with what it says once its signatures have been checked."""

    record: Record
    event: Event | None = None
    acceptance: Acceptance | None = None


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
    """The audit's handlers. They run the kernel's transactions and add the audit's books to them."""

    def __init__(self, kernel: Kernel, books: Books, follower: Follower) -> None:
        self._kernel = kernel
        self._books = books
        self._follower = follower
        self.recorded = asyncio.Event()

    async def events(self, batch: Sequence[Record]) -> None:
        """Log what was accepted, and judge it again."""
        entries = [Entry(record) for record in batch]
        await self._in_threads(entries, self._read_entries)
        await self._kernel.persist(entries, self._record, lambda entry: Entry(entry.record))
        self.recorded.set()

    async def answers(self, batch: Sequence[Record]) -> None:
        """Keep what every submission was answered."""
        replies = [Reply(record) for record in batch]
        await self._in_threads(replies, self._read_replies)
        await self._kernel.persist(replies, self._reply, lambda reply: Reply(reply.record))

    # -- reading -------------------------------------------------------------------------------------------------

    async def _in_threads(self, items: Sequence[T], work: Callable[[Sequence[T]], None]) -> None:
        if self._kernel.threads is None:
            work(items)
        else:
            await asyncio.get_running_loop().run_in_executor(self._kernel.threads, work, items)

    def _read_entries(self, entries: Sequence[Entry]) -> None:
        directory = self._follower.directory
        for entry in entries:
            try:
                event = read(entry.record.value or b"")
                acceptance = accepted_by(entry.record.header(ACCEPTANCE) or "", event, directory)
                jws = entry.record.header(JWS) or ""
                kid = detached_kid(jws)
                public = directory.signing_key(kid)
                if public is None or directory.keys[kid].agency != event.actor:
                    raise SignatureRefused("not signed by its source")
                verify_detached(event.body, jws, public)
                entry.event, entry.acceptance = event, acceptance
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
                public = directory.signing_key(compact_kid(token))
                if public is None or directory.keys[compact_kid(token)].agency not in OFFICES:
                    raise SignatureRefused("not signed by a service")
                reply.verdict, reply.token = Verdict.verify(token, public), token
            except (SignatureRefused, ValidationError, UnicodeDecodeError) as error:
                log.error(
                    "an answers topic holds a record that no service wrote", extra={"reason": type(error).__name__}
                )

    # -- recording -----------------------------------------------------------------------------------------------

    async def _record(self, transaction: Transaction, entries: Sequence[Entry]) -> None:
        fresh, after = await self._kernel.fresh(transaction, [entry.record for entry in entries])
        entries = [entry for entry in entries if (entry.record.place, entry.record.offset) in fresh]
        cases = {entry.event.case for entry in entries if entry.event is not None}
        bench = await self._kernel.begin(transaction, cases, set())
        dockets = await self._books.dockets(transaction, cases) if cases else {}
        old = await self._books.undecided(transaction, cases) if cases else []
        queue = [Question(row) for row in old]
        queue += [_question(entry) for entry in entries if entry.event is not None and entry.event.family != "audit"]
        judged, left = self._judge(bench, dockets, queue)
        logged = [_logged(entry) for entry in entries if entry.event is not None]
        touched = {question.row.case for question in judged}
        await self._books.save(
            transaction,
            [dockets[case] for case in sorted(touched)],
            [question.row for question in left if not question.stored],
            [question.row for question in judged if question.stored],
            logged,
        )
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

    def _raise(self, bench: Bench, event: Event, acceptance: Acceptance, findings: Iterable[Finding]) -> None:
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

    async def _reply(self, transaction: Transaction, replies: Sequence[Reply]) -> None:
        fresh, after = await self._kernel.fresh(transaction, [reply.record for reply in replies])
        replies = [reply for reply in replies if (reply.record.place, reply.record.offset) in fresh]
        verdicts = [(reply.verdict, reply.token) for reply in replies if reply.verdict is not None]
        refused = [
            _refusal(verdict, token) for verdict, token in verdicts if verdict.outcome in ("refused", "dead-lettered")
        ]
        bench = await self._kernel.begin(transaction, set(), set())
        await self._books.verdicts(transaction, verdicts, refused)
        bench.effects.positions = after
        await self._kernel.end(transaction, bench)


def _question(entry: Entry) -> Question:
    assert entry.event is not None
    assert entry.acceptance is not None
    token = entry.record.header(ACCEPTANCE) or ""
    row = Undecided(entry.event.case, entry.event.family, entry.acceptance.sequence, entry.event.body, token)
    return Question(row, False, entry.event, entry.acceptance)


def _logged(entry: Entry) -> LogItem:
    """An accepted event as the log commits to it: its bytes, its signature and its acceptance."""
    assert entry.event is not None
    headers = {name: entry.record.header(name) or "" for name in (JWS, ACCEPTANCE)}
    return LogItem("event", entry.event.family, entry.event.id, entry.event.case, entry.event.body, headers)


def _refusal(verdict: Verdict, token: str) -> LogItem:
    """A refusal as the log commits to it. It is named by its place: one event's id can be refused more than once."""
    family = verdict.topic.partition(".")[0]
    place = f"{verdict.topic}/{verdict.partition}/{verdict.offset}"
    return LogItem("refusal", family, place, verdict.case, token.encode(), {})
