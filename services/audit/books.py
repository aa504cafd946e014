"""The audit's tables, inside the kernel's transaction: dockets, what cannot be judged yet, verdicts, and the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic_core import from_json, to_json

from contracts.envelope import Event, read
from contracts.evidence.entry import LogItem
from contracts.fields import case_code
from contracts.messages import Acceptance, Verdict
from infra.kernel.casebook import CaseRecord
from infra.kernel.memory import MemoryTransaction
from infra.kernel.ports import Transaction
from infra.kernel.records import ACCEPTANCE
from infra.postgres.queries import load
from infra.postgres.store import PostgresTransaction, columns

from .docket import fold
from .log import Log
from .log_memory import MemoryLog

if TYPE_CHECKING:
    from asyncpg import Record as Row
    from asyncpg.pool import PoolConnectionProxy

BOOKS = Path(__file__).with_name("books.sql")
SQL = load(BOOKS)
KEPT = 1500
"""Dockets that are kept in memory, some 20 kB each; another is folded anew from the log, in one or two ms."""
_code = lru_cache(4096)(case_code)


Place = tuple[str, str, int]
"""Case, family, sequence."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """An acceptance that waits for what it builds on."""

    case: str
    family: str
    sequence: int
    body: bytes
    acceptance: str

    @property
    def place(self) -> Place:
        """Which step of its case it is."""
        return self.case, self.family, self.sequence


class Books(Protocol):
    """What the audit keeps. Every method works inside the transaction that it is given."""

    async def dockets(self, transaction: Transaction, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The audit's states of these cases; their rows are locked by the kernel's lock on the case."""
        ...

    async def undecided(self, transaction: Transaction, cases: Collection[str]) -> list[Undecided]:
        """What waits in these cases, in order of family and sequence."""
        ...

    async def judged(self, transaction: Transaction, cases: Collection[str]) -> dict[Place, str]:
        """The digest of the event that stands in each place of these cases; of two the first in the log."""
        ...

    async def save(
        self,
        transaction: Transaction,
        dockets: Sequence[CaseRecord],
        waiting: Sequence[Undecided],
        judged: Sequence[Undecided],
        items: Sequence[LogItem],
    ) -> None:
        """Write dockets, what waits from now on, forget what was judged, and append to the log."""
        ...

    async def verdicts(self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]]) -> None:
        """Keep verdicts with their tokens."""
        ...


class PostgresBooks:
    """The books in PostgreSQL, on the kernel's own connection.

    A docket is kept here beside the number that was drawn when it was saved, and used where its row has that number:
    then nobody has moved the case since, and the transaction that saved it has been committed. What is given out is a
    copy, so a batch that fails moves nothing.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: dict[str, tuple[int, CaseRecord]] = {}

    async def dockets(self, transaction: Transaction, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The audit's states of these cases."""
        connection = _connection(transaction)
        dockets = {case: CaseRecord(case) for case in sorted(cases)}
        lost: dict[str, Row] = {}
        for row in await connection.fetch(SQL["read_dockets"], list(dockets)):
            case = row["case_id"]
            saved, docket = self._kept.get(case, (None, None))
            if docket is not None and saved == row["saved"]:
                dockets[case] = _copy(docket)
            else:
                lost[case] = row
        if lost:
            accepted: dict[str, list[tuple[Event, Acceptance]]] = {case: [] for case in lost}
            for item in await self._log.history(connection, lost):
                event, acceptance = read(item.body), Acceptance.unverified(item.headers[ACCEPTANCE])
                accepted[event.case].append((event, acceptance))
            for case, row in lost.items():
                dockets[case] = fold(case, accepted[case], from_json(row["judged"]))
                self._keep(row["saved"], [_copy(dockets[case])])
        return dockets

    def _keep(self, saved: int, dockets: Sequence[CaseRecord]) -> None:
        for docket in dockets:
            self._kept.pop(docket.case, None)  # so that the ones that were not moved for longest come first
            self._kept[docket.case] = saved, docket
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    async def judged(self, transaction: Transaction, cases: Collection[str]) -> dict[Place, str]:
        """The digest of the event that stands in each place of these cases."""
        return _digests(await self._log.history(_connection(transaction), cases))

    async def undecided(self, transaction: Transaction, cases: Collection[str]) -> list[Undecided]:
        """What waits in these cases, in order of family and sequence."""
        rows = await _connection(transaction).fetch(SQL["read_undecided"], sorted(cases))
        return [
            Undecided(row["case_id"], row["family"], row["sequence"], row["body"], row["acceptance"]) for row in rows
        ]

    async def save(
        self,
        transaction: Transaction,
        dockets: Sequence[CaseRecord],
        waiting: Sequence[Undecided],
        judged: Sequence[Undecided],
        items: Sequence[LogItem],
    ) -> None:
        """One round trip a table."""
        connection = _connection(transaction)
        if dockets:
            saved = secrets.randbits(63)
            moved = [(item.case, _code(item.case), to_json(item.sequences).decode(), saved) for item in dockets]
            await connection.execute(SQL["save_dockets"], *columns(moved))
            self._keep(saved, dockets)
        if waiting:
            rows = [(item.case, item.family, item.sequence, item.body, item.acceptance) for item in waiting]
            await connection.execute(SQL["insert_undecided"], *columns(rows))
        if judged:
            places = [(item.case, item.family, item.sequence) for item in judged]
            await connection.execute(SQL["delete_undecided"], *columns(places))
        if items:
            await self._log.append(connection, items)

    async def verdicts(self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]]) -> None:
        """One round trip."""
        connection = _connection(transaction)
        latest = {(verdict.topic, verdict.partition, verdict.offset): (verdict, token) for verdict, token in verdicts}
        parked = {
            (verdict.topic, verdict.partition, verdict.offset) for verdict, _ in verdicts if verdict.outcome == "parked"
        }
        rows = [(*place, verdict.outcome, place in parked, token) for place, (verdict, token) in latest.items()]
        if rows:
            await connection.execute(SQL["save_verdicts"], *columns(rows))


@dataclass
class MemoryBooks:
    """The books in memory: written when the kernel's transaction commits."""

    log: MemoryLog = field(default_factory=MemoryLog)
    records: dict[str, str] = field(default_factory=dict)
    waiting: dict[tuple[str, str, int], Undecided] = field(default_factory=dict)
    outcomes: dict[tuple[str, int, int], Verdict] = field(default_factory=dict)

    async def dockets(self, transaction: Transaction, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The audit's states of these cases."""
        return {
            case: CaseRecord.from_json(self.records[case]) if case in self.records else CaseRecord(case)
            for case in sorted(cases)
        }

    async def judged(self, transaction: Transaction, cases: Collection[str]) -> dict[Place, str]:
        """The digest of the event that stands in each place of these cases."""
        items = (self.log.records[index][0] for index in sorted(self.log.records))
        return _digests(item for item in items if item.kind == "event" and item.case in cases)

    async def undecided(self, transaction: Transaction, cases: Collection[str]) -> list[Undecided]:
        """What waits in these cases, in order of family and sequence."""
        return [self.waiting[key] for key in sorted(self.waiting) if key[0] in cases]

    async def save(
        self,
        transaction: Transaction,
        dockets: Sequence[CaseRecord],
        waiting: Sequence[Undecided],
        judged: Sequence[Undecided],
        items: Sequence[LogItem],
    ) -> None:
        """Everything at commit."""

        def commit() -> None:
            self.records |= {docket.case: docket.to_json() for docket in dockets}
            self.waiting |= {(item.case, item.family, item.sequence): item for item in waiting}
            for item in judged:
                self.waiting.pop((item.case, item.family, item.sequence), None)
            self.log.append_now(items)

        _on_commit(transaction, commit)

    async def verdicts(self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]]) -> None:
        """Everything at commit."""

        def commit() -> None:
            for verdict, _ in verdicts:
                place = (verdict.topic, verdict.partition, verdict.offset)
                first = self.outcomes.get(place)
                if first is None or first.outcome == "parked":
                    self.outcomes[place] = verdict

        _on_commit(transaction, commit)


def _digests(items: Iterable[LogItem]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for item in items:
        acceptance = Acceptance.unverified(item.headers[ACCEPTANCE])
        found.setdefault((acceptance.case, acceptance.family, acceptance.sequence), acceptance.digest)
    return found


def _copy(docket: CaseRecord) -> CaseRecord:
    """A docket that can be moved on by itself: what a docket is made of is never changed in place."""
    return CaseRecord(docket.case, states=dict(docket.states), sequences=dict(docket.sequences), seen=dict(docket.seen))


def _connection(transaction: Transaction) -> PoolConnectionProxy[Row]:
    assert isinstance(transaction, PostgresTransaction)
    return transaction.connection


def _on_commit(transaction: Transaction, act: Callable[[], None]) -> None:
    assert isinstance(transaction, MemoryTransaction)
    transaction.on_commit(act)
