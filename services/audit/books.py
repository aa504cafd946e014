"""The audit's tables, inside the kernel's transaction: dockets, what cannot be judged yet, verdicts, and the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from contracts.evidence.entry import LogItem
from contracts.fields import case_code
from contracts.messages import Verdict
from infra.kernel.casebook import CaseRecord
from infra.kernel.memory import MemoryTransaction
from infra.kernel.ports import Transaction
from infra.postgres.queries import load
from infra.postgres.store import Kept, PostgresTransaction, columns

from .log import Log
from .log_memory import MemoryLog

if TYPE_CHECKING:
    from asyncpg import Record as Row
    from asyncpg.pool import PoolConnectionProxy

BOOKS = Path(__file__).with_name("books.sql")
SQL = load(BOOKS)
_code = lru_cache(4096)(case_code)


@dataclass(frozen=True, slots=True)
class Undecided:
    """An acceptance that waits for what it builds on."""

    case: str
    family: str
    sequence: int
    body: bytes
    acceptance: str


class Books(Protocol):
    """What the audit keeps. Every method works inside the transaction that it is given."""

    async def dockets(self, transaction: Transaction, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The audit's states of these cases; their rows are locked by the kernel's lock on the case."""
        ...

    async def undecided(self, transaction: Transaction, cases: Collection[str]) -> list[Undecided]:
        """What waits in these cases, in order of family and sequence."""
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

    async def verdicts(
        self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]], items: Sequence[LogItem]
    ) -> None:
        """Keep verdicts with their tokens, and append to the log."""
        ...


class PostgresBooks:
    """The books in PostgreSQL, on the kernel's own connection.

    Dockets are kept beside the text that says the same, and used where a row has that text: so it does no harm when a
    transaction fails after it has saved them.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept = Kept()

    async def dockets(self, transaction: Transaction, cases: Collection[str]) -> dict[str, CaseRecord]:
        """The audit's states of these cases."""
        rows = await _connection(transaction).fetch(SQL["read_dockets"], sorted(cases))
        found = {row["case_id"]: self._kept.take(row["case_id"], row["record"]) for row in rows}
        return {case: found.get(case) or CaseRecord(case) for case in sorted(cases)}

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
            records = [docket.to_json() for docket in dockets]
            cases = [docket.case for docket in dockets]
            await connection.execute(SQL["save_dockets"], cases, list(map(_code, cases)), records)
            self._kept.keep(dict(zip(cases, zip(records, dockets, strict=True), strict=True)))
        if waiting:
            rows = [(item.case, item.family, item.sequence, item.body, item.acceptance) for item in waiting]
            await connection.execute(SQL["insert_undecided"], *columns(rows))
        if judged:
            places = [(item.case, item.family, item.sequence) for item in judged]
            await connection.execute(SQL["delete_undecided"], *columns(places))
        if items:
            await self._log.append(connection, items)

    async def verdicts(
        self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]], items: Sequence[LogItem]
    ) -> None:
        """One round trip a table."""
        connection = _connection(transaction)
        latest = {(verdict.topic, verdict.partition, verdict.offset): (verdict, token) for verdict, token in verdicts}
        parked = {
            (verdict.topic, verdict.partition, verdict.offset) for verdict, _ in verdicts if verdict.outcome == "parked"
        }
        rows = [(*_verdict_row(verdict), place in parked, token) for place, (verdict, token) in latest.items()]
        if rows:
            await connection.execute(SQL["save_verdicts"], *columns(rows))
        if items:
            await self._log.append(connection, items)


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

    async def verdicts(
        self, transaction: Transaction, verdicts: Sequence[tuple[Verdict, str]], items: Sequence[LogItem]
    ) -> None:
        """Everything at commit."""

        def commit() -> None:
            for verdict, _ in verdicts:
                self.outcomes[verdict.topic, verdict.partition, verdict.offset] = verdict
            self.log.append_now(items)

        _on_commit(transaction, commit)


def _verdict_row(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.topic,
        verdict.partition,
        verdict.offset,
        verdict.digest,
        verdict.outcome,
        verdict.first_outcome,
        verdict.case,
        verdict.id,
        verdict.actor,
        json.dumps([problem.rule for problem in verdict.problems]),
        verdict.reason,
        verdict.accepted,
    )


def _connection(transaction: Transaction) -> PoolConnectionProxy[Row]:
    assert isinstance(transaction, PostgresTransaction)
    return transaction.connection


def _on_commit(transaction: Transaction, act: Callable[[], None]) -> None:
    assert isinstance(transaction, MemoryTransaction)
    transaction.on_commit(act)
