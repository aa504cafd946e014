"""The one path from a Kafka batch to committed effects; every service runs this and nothing beside it.

`batch` returns when everything that the batch did is committed, and is tried again, with back-off, while PostgreSQL
does not answer. A value that the database refuses costs one record, never its neighbours: the batch is halved until the
one is found.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pydantic_core import from_json

from contracts.envelope import Event, instant
from contracts.messages import Acceptance
from contracts.signing import Signer

from .bench import Bench, Office
from .casebook import Tick
from .decode import DeadLetter, Submission, decode
from .effects import Effects, InboxRow
from .following import Followed, settle
from .passage import advance, follow, tick
from .ports import Clock, DataRefused, Keyring, Store, Topics, Transaction, Unavailable
from .post import counts, post
from .records import Place, Record
from .submission import dead_letter, judge, unsigned
from .verify import verify

log = logging.getLogger(__name__)
T = TypeVar("T")
BACK_OFF = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
NOTICE_EVERY = timedelta(minutes=1)
PUT_OFF = timedelta(hours=1)
"""Until a case in which something is due that cannot be done is looked at again."""


@dataclass
class Kernel:
    """A service at work: its office, what it stands on, and the handler of its batches."""

    office: Office
    signer: Signer
    store: Store
    topics: Topics
    keyring: Keyring
    clock: Clock
    replay: bool = False
    threads: Executor | None = None
    wake_relay: asyncio.Event = field(default_factory=asyncio.Event)
    noticed: dict[str, datetime] = field(default_factory=dict)

    @property
    def answers(self) -> str:
        """The topic on which this service says that a clock has moved."""
        return f"{self.office.families[0]}.answers.v1"

    # -- batches -------------------------------------------------------------------------------------------------

    async def batch(self, records: Sequence[Record]) -> None:
        """Deal with one batch: submissions to this office, events of other services, ticks of a replay, all at once."""
        items: list[_Item] = []
        for record in records:
            kind = record.topic.split(".")
            if kind[1] == "submissions":
                items.append(decode(record))
            elif kind[1] == "events":
                items.append(Followed(record))
            else:
                items.append(_Tick.of(record))
        signed = [item for item in items if isinstance(item, Submission)]
        followed = [item for item in items if isinstance(item, Followed) and item.name in self.office.followed]
        await verify(signed, self.keyring.directory, self.threads)
        await settle(followed, self.keyring, self.clock, self.threads)
        await self.persist(items, self._work, _spoil)
        now, directory = self.clock.now(), self.keyring.directory
        unsigned_as = {item.header.actor for item in signed if item.unsigned is not None} & directory.agencies.keys()
        # Only now is it certain that they were told.
        self.noticed |= {agency: now for agency in unsigned_as if self._may_notify(agency, now)}

    async def timers(self, before: datetime) -> int:
        """Let what was due before an instant happen; returns how many cases were looked at."""
        cases = await self.store.due(before, 500)
        impossible: list[str] = []

        def put_off(case: str) -> None:
            log.error("what is due in a case cannot be done; it is tried again later")
            impossible.append(case)

        if cases:
            await self.persist(cases, partial(self._advance, before), put_off)
        if impossible:
            await self._put_off(impossible)
        return len(cases)

    # -- one transaction -----------------------------------------------------------------------------------------

    async def persist(
        self,
        items: Sequence[T],
        work: Callable[[Transaction, Sequence[T]], Awaitable[None]],
        spoil: Callable[[T], T | None],
    ) -> None:
        """Do `work` on a batch in one transaction, however often that has to be tried.

        `spoil` gives what takes the place of the one item that cannot be dealt with, if anything does.
        """
        attempt = 0
        while items:
            try:
                async with self.store.transaction() as transaction:
                    await work(transaction, items)
                break
            except Unavailable as error:
                wait = BACK_OFF[min(attempt, len(BACK_OFF) - 1)]
                log.warning("the store does not answer; trying again", extra={"reason": type(error.__cause__).__name__})
                attempt += 1
                await self.clock.sleep(wait)
            except DataRefused:
                if len(items) > 1:
                    half = len(items) // 2
                    await self.persist(items[:half], work, spoil)
                    items = items[half:]
                    continue
                instead = spoil(items[0])
                items = [instead] if instead is not None else []
        self.wake_relay.set()

    async def begin(self, transaction: Transaction, cases: set[str], events: set[str]) -> Bench:
        """Lock and load what a batch touches."""
        if events:
            await transaction.claim(sorted(events))
        loaded = await transaction.load(sorted(cases)) if cases else {}
        inbox = await transaction.inbox(sorted(events)) if events else {}
        held = await transaction.held(sorted(events)) if events else {}
        waiting = sorted(case for case, record in loaded.items() if record.waiting)
        parked = await transaction.parked(waiting) if waiting else {}
        directory = self.keyring.directory
        return Bench(self.office, self.signer, directory, self.clock.now(), self.replay, loaded, inbox, parked, held)

    async def end(self, transaction: Transaction, bench: Bench) -> None:
        """Hand on what new roles are owed, number and sign what is said, and write it all."""
        while bench.regrant:
            cases, bench.regrant = sorted(bench.regrant), set()
            rows = await transaction.accepted(cases)
            merged: dict[str, InboxRow] = {row.event_id: row for case in cases for row in rows.get(case, [])}
            merged |= {row.event_id: row for row in bench.effects.inbox.values() if row.case in cases and row.sequence}
            owed = bench.grants(merged.values())
            bodies = await transaction.bodies([row.event_id for row, _ in owed if row.body is None]) if owed else {}
            for row, agencies in owed:
                body, headers = (row.body, row.headers) if row.body is not None else bodies[row.event_id]
                bench.hand_late(row, agencies, body, json.loads(headers))
        letters = bench.effects.letters
        first = await transaction.numbers(counts(letters))
        outbox = post(letters, first, self.office.name, self.signer, bench.now, self.replay, self.answers)
        timers = {} if self.replay else bench.timers()  # a replayed case has its own clock, moved by ticks alone
        await transaction.save(bench.effects, timers, outbox)

    async def fresh(
        self, transaction: Transaction, records: Sequence[Record]
    ) -> tuple[set[tuple[Place, int]], dict[Place, int]]:
        """Which of these records have not been dealt with by another copy, and the positions after them."""
        places = {record.place for record in records}
        stored = await transaction.positions(sorted(places))
        fresh = {(record.place, record.offset) for record in records if record.offset >= stored.get(record.place, 0)}
        after: dict[Place, int] = {}
        for record in records:
            after[record.place] = max(after.get(record.place, 0), record.offset + 1, stored.get(record.place, 0))
        return fresh, after

    async def _work(self, transaction: Transaction, items: Sequence[_Item]) -> None:
        fresh, after = await self.fresh(transaction, [item.record for item in items])
        items = [item for item in items if (item.record.place, item.record.offset) in fresh]
        signed = [item for item in items if isinstance(item, Submission) and item.unsigned is None]
        cases = {item.header.subject for item in signed}
        cases |= {item.event.case for item in items if isinstance(item, Followed) and item.event is not None}
        cases |= {item.case for item in items if isinstance(item, _Tick) and item.tick is not None}
        bench = await self.begin(transaction, cases, {item.header.id for item in signed})
        told: set[str] = set()
        for item in items:
            with _named():
                self._deal_with(bench, item, told)
        bench.effects.positions = after
        await self.end(transaction, bench)

    def _deal_with(self, bench: Bench, item: _Item, told: set[str]) -> None:
        match item:
            case DeadLetter():
                dead_letter(bench, item)
            case Submission() if item.unsigned is not None:
                actor = item.header.actor
                known = actor in bench.directory.agencies and actor not in told
                unsigned(bench, item, known and self._may_notify(actor, bench.now))
                told.add(actor)
            case Submission():
                judge(bench, item)
            case Followed(event=Event() as event, acceptance=Acceptance() as acceptance):
                follow(bench, event, acceptance)
            case _Tick(tick=Tick() as to):
                tick(bench, item.case, to)

    async def _advance(self, to: datetime, transaction: Transaction, items: Sequence[str]) -> None:
        bench = await self.begin(transaction, set(items), set())
        for case in sorted(set(items)):
            with _named():
                advance(bench, bench.cases[case], to)
        await self.end(transaction, bench)

    async def _put_off(self, cases: Sequence[str]) -> None:
        """Look at cases that nothing can be done with again later: they are not to keep the others waiting."""
        later = self.clock.now() + PUT_OFF
        async with self.store.transaction() as transaction:
            await transaction.save(Effects(), dict.fromkeys(cases, later), [])

    # -- small things --------------------------------------------------------------------------------------------

    def _may_notify(self, agency: str, now: datetime) -> bool:
        last = self.noticed.get(agency)
        return last is None or now - last >= NOTICE_EVERY


@dataclass(frozen=True, slots=True)
class _Tick:
    record: Record
    case: str = ""
    tick: Tick | None = None

    @classmethod
    def of(cls, record: Record) -> _Tick:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            said = from_json(record.value or b"")
            after = dict(said.get("after", {}))
            to = Tick(instant(said["to"]), after, int(said.get("number", 0)), bool(said.get("open", False)))
            return cls(record, str(said["case"]), to)
        return cls(record)


_Item = Submission | DeadLetter | Followed | _Tick


@contextmanager
def _named() -> Iterator[None]:
    """An error in the judging of one item is that item's: its neighbours go on, and so does the service."""
    try:
        yield
    except Exception as error:
        log.exception("an item cannot be dealt with")
        raise DataRefused(type(error).__name__) from error


def _spoil(item: _Item) -> _Item:
    """What takes the place of the one record that cannot be dealt with."""
    match item:
        case Submission():
            actor = item.header.actor if item.unsigned is None else None
            return DeadLetter(item.record, item.digest, "it cannot be dealt with: tell the network's operator", actor)
        case Followed():
            return Followed(item.record)
        case _Tick():
            return _Tick(item.record)
    raise DataRefused("an answer cannot be stored: see the service's log")
