"""The audit's log in PostgreSQL: append, sign and prove, inside the transaction that it is given (RFC 6962, C2SP).

Nothing is kept in memory between calls but the epoch: the head is read under the sequencer's lock each time, so any
number of copies of the service append in turn. The transaction must be READ COMMITTED; take the cases' locks before
calling, and numbers of mailboxes after, so that two transactions never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
from pydantic_core import from_json, to_json

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.entry import SALT_LENGTH, LogItem, Opening
from contracts.evidence.errors import EvidenceRefused
from contracts.evidence.merkle import (
    HASH_LENGTH,
    Frontier,
    Node,
    Plan,
    Row,
    all_siblings,
    assemble,
    consistency_plan,
    fold,
    inclusion_proofs,
    leaf_hash,
    perfect_subtrees,
    within,
)
from contracts.evidence.note import Ed25519Signer
from infra.postgres.queries import load

from .log_errors import LogDamaged, NoSuchTree, Superseded

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[Record] | PoolConnectionProxy[Record]

__all__ = ["Log", "LogItem"]

SQL = load(Path(__file__).with_name("log.sql"))
READ_BACK = 10_000
"""Entries that are read back at once, before a checkpoint is signed."""
ENTRY = ("index", "leaf_hash", "entry")
NODE = ("level", "index", "hash")
RECORD = ("index", "salt", "kind", "family", "ref", "case_id", "body", "headers", "digest")
Nodes = dict[Node, bytes]


class Head(NamedTuple):
    """A signed head: the note, its tree's size, and the nodes that were read back, and hashed again, before it."""

    note: bytes
    size: int
    nodes: Nodes


class Log:
    """The log of one schema. Safe to share between connections: it holds the epoch and nothing else."""

    def __init__(self) -> None:
        self._epoch: int | None = None

    async def append(self, connection: Connection, items: Sequence[LogItem]) -> list[int]:
        """Append what is not there yet. Returns the index of each item, in order: the old one for what was there.

        The sequencer's lock is held until the transaction ends. Raises `Superseded` and `LogDamaged`.
        """
        if not items:
            return []
        await self._lock(connection)
        keys = [item.key for item in items]
        found = await connection.fetch(SQL["find_logged"], *map(list, zip(*keys, strict=True)))
        indexes = {(row["family"], row["ref"], row["kind"], row["digest"]): int(row["index"]) for row in found}
        frontier = await self._head(connection)
        fresh: list[tuple[LogItem, Opening]] = []
        for key, item in zip(keys, items, strict=True):
            if key not in indexes:
                indexes[key] = frontier.size + len(fresh)
                fresh.append((item, item.opening()))
        if fresh:
            await self._write(connection, frontier, fresh)
        return [indexes[key] for key in keys]

    async def checkpoint(self, connection: Connection, signer: Ed25519Signer) -> bytes:
        """The head as a note, see `sign`."""
        return (await self.sign(connection, signer)).note

    async def sign(self, connection: Connection, signer: Ed25519Signer) -> Head:
        """The head, signed by the log's key; publish its note only when the transaction has been committed.

        Before it signs, everything since the last checkpoint is read back and hashed again, entries and nodes, onward
        from what that checkpoint says. Where nothing was appended since, it is the last checkpoint again. Raises
        `LogDamaged` where anything differs, and `Superseded`.
        """
        await self._lock(connection)
        head = await self._head(connection)
        last = await connection.fetchrow(SQL["last_checkpoint"])
        frontier, nodes = Frontier(), Nodes()
        if last is not None:
            signed = self._signed(last["note"], last["size"], signer)
            if signed.size > head.size:
                raise LogDamaged("the log is shorter than its last checkpoint")
            frontier, nodes = await self._frontier(connection, signed.size)
            if frontier.root() != signed.root:
                raise LogDamaged("what is stored is not the tree of the last checkpoint")
        frontier = await self._read_back(connection, frontier, head.size, nodes)
        if frontier != head:
            raise LogDamaged("what is stored is not the tree of the head")
        if last is not None and frontier.size == last["size"]:
            return Head(bytes(last["note"]), frontier.size, nodes)
        note = Checkpoint(signer.name, frontier.size, frontier.root()).sign(signer)
        await connection.execute(SQL["insert_checkpoint"], frontier.size, note)
        return Head(note, frontier.size, nodes)

    async def prove(self, connection: Connection, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of `size`, the sibling first; raises `NoSuchTree`."""
        return list((await self.prove_all(connection, [index], size))[index])

    async def prove_all(
        self, connection: Connection, indexes: Collection[int], size: int, known: Mapping[Node, bytes] | None = None
    ) -> dict[int, tuple[bytes, ...]]:
        """Inclusion proofs of many entries against one tree; nodes that are not `known` are read in one round trip."""
        if not all(0 <= index < size for index in indexes):
            raise NoSuchTree(f"a tree of {size} entries has no such entry")
        parts = {beside: within(beside, size) for beside in all_siblings(indexes, size)} if indexes else {}
        plan = [*parts.values(), [(0, size - 1)]]  # without its last leaf the log has not had this size
        nodes = await self._nodes(connection, plan, known)
        hashes = {beside: fold([nodes[node] for node in part]) for beside, part in parts.items()}
        return inclusion_proofs(indexes, size, hashes)

    async def consistency(self, connection: Connection, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` begins with the one of `old` (at least 1); raises `NoSuchTree`."""
        if not 0 < old <= new:
            raise NoSuchTree(f"no proof leads from size {old} to {new}")
        plan = consistency_plan(old, new)
        return assemble(plan, (await self._nodes(connection, [*plan, [(0, new - 1)]])).__getitem__)

    async def openings(self, connection: Connection, indexes: Iterable[int]) -> dict[int, Opening]:
        """The openings of these entries, for receipts. What has been erased is not among them; raises `LogDamaged`."""
        openings: dict[int, Opening] = {}
        for row in await connection.fetch(SQL["read_openings"], sorted(set(indexes))):
            openings[row["index"]] = _opened(row, _item(row))
        return openings

    async def events(self, connection: Connection, first: int, past: int) -> list[tuple[int, LogItem, Opening]]:
        """Accepted events of all families but the audit's own, with their index, in its order; raises `LogDamaged`."""
        rows = await connection.fetch(SQL["read_events"], first, past)
        return [(row["index"], item, _opened(row, item)) for row in rows for item in (_item(row),)]

    async def history(self, connection: Connection, cases: Collection[str]) -> list[LogItem]:
        """Every accepted event of these cases that has not been erased, in the log's order; raises `LogDamaged`."""
        rows = await connection.fetch(SQL["read_history"], sorted(cases))
        items = [(row, _item(row)) for row in rows]
        for row, item in items:
            _opened(row, item)
        return [item for _, item in items]

    async def size(self, connection: Connection) -> int:
        """How many entries have been committed, and appended in this transaction."""
        return (await self._head(connection)).size

    async def take_over(self, connection: Connection) -> int:
        """Raise the epoch, so that every sequencer that began before stops at its next step. Returns the new one."""
        self._epoch = int(await connection.fetchval(SQL["raise_epoch"]))
        return self._epoch

    # -- the tree --------------------------------------------------------------------------------------------------

    async def _lock(self, connection: Connection) -> None:
        epoch = int(await connection.fetchval(SQL["lock_sequencer"]))
        if self._epoch is None:
            self._epoch = epoch
        if self._epoch != epoch:
            raise Superseded(f"began in epoch {self._epoch}, now is {epoch}")

    async def _head(self, connection: Connection) -> Frontier:
        row = await connection.fetchrow(SQL["read_head"])
        assert row is not None
        if row["entries"] != row["size"]:
            raise LogDamaged("there are more entries, or fewer, than the head says")
        if row["size"] == 0:
            return Frontier()
        stored = bytes(row["frontier"])
        frontier = Frontier(
            row["size"], tuple(stored[at : at + HASH_LENGTH] for at in range(0, len(stored), HASH_LENGTH))
        )
        if frontier.root() != row["root"]:
            raise LogDamaged("the head's root is not its frontier's")
        return frontier

    async def _write(
        self, connection: Connection, frontier: Frontier, fresh: Sequence[tuple[LogItem, Opening]]
    ) -> None:
        entries = [opening.entry() for _, opening in fresh]
        leaves = [leaf_hash(entry) for entry in entries]
        grown, rows = frontier.extend(leaves)
        indexes = list(range(frontier.size, grown.size))
        # COPY takes rows as they are: as arrays to be unnested they cost both sides a quarter more.
        copy = connection.copy_records_to_table
        try:
            await copy("entry", columns=ENTRY, records=zip(indexes, leaves, entries, strict=True))
        except asyncpg.UniqueViolationError as error:
            raise LogDamaged("the head that was read is not the last: is the transaction READ COMMITTED?") from error
        await copy("node", columns=NODE, records=((*node, value) for node, value in _nodes_of(rows[1:]).items()))
        records = (
            (index, opening.salt, item.kind, item.family, item.ref, item.case, item.body, _headers(item), opening.body)
            for index, (item, opening) in zip(indexes, fresh, strict=True)
        )
        await copy("record", columns=RECORD, records=records)
        await connection.execute(SQL["insert_head"], grown.size, grown.root(), b"".join(grown.hashes), self._epoch)

    async def _nodes(
        self, connection: Connection, plan: Plan, known: Mapping[Node, bytes] | None = None
    ) -> Mapping[Node, bytes]:
        nodes = dict(known or {})
        wanted = sorted({node for part in plan for node in part} - nodes.keys())
        levels, indexes = [level for level, _ in wanted], [index for _, index in wanted]
        rows = await connection.fetch(SQL["read_nodes"], levels, indexes) if wanted else []
        found = {(row["level"], row["index"]): bytes(row["hash"]) for row in rows if row["hash"] is not None}
        if len(found) != len(wanted):
            raise NoSuchTree("the log has not reached this size")
        return found | nodes

    async def _frontier(self, connection: Connection, size: int) -> tuple[Frontier, Nodes]:
        plan = perfect_subtrees(0, size)
        try:
            nodes = await self._nodes(connection, [plan])
        except NoSuchTree as error:
            raise LogDamaged("nodes under the last checkpoint are missing") from error
        return Frontier(size, tuple(nodes[node] for node in plan)), dict(nodes)

    async def _read_back(self, connection: Connection, frontier: Frontier, size: int, nodes: Nodes) -> Frontier:
        """Entries and nodes from the frontier on, hashed again; what was found right is put into `nodes`."""
        while frontier.size < size:
            past = min(size, frontier.size + READ_BACK)
            stored = await connection.fetch(SQL["read_entries"], frontier.size, past)
            if [row["index"] for row in stored] != list(range(frontier.size, past)):
                raise LogDamaged("entries are missing")
            leaves = [leaf_hash(row["entry"]) for row in stored]
            if leaves != [row["leaf_hash"] for row in stored]:
                raise LogDamaged("an entry is not what was appended")
            frontier, rows = frontier.extend(leaves)
            runs = [(row.level, row.first, row.first + len(row.hashes)) for row in rows[1:]]
            columns = [list(column) for column in zip(*runs, strict=True)] or [[], [], []]
            found = await connection.fetch(SQL["read_rows"], *columns)
            computed = _nodes_of(rows)
            nodes |= computed
            upper = [(*node, value) for node, value in computed.items() if node[0]]
            if [(row["level"], row["index"], row["hash"]) for row in found] != upper:
                raise LogDamaged("a node is not the hash of what is under it")
        return frontier

    @staticmethod
    def _signed(note: bytes, size: int, signer: Ed25519Signer) -> Checkpoint:
        try:
            checkpoint = open_checkpoint(bytes(note), signer.verifier).checkpoint
        except EvidenceRefused as error:
            raise LogDamaged("the last checkpoint was not signed by this log's key") from error
        if checkpoint.size != size:
            raise LogDamaged("the last checkpoint is of another size than its row says")
        return checkpoint


def _nodes_of(rows: Sequence[Row]) -> Nodes:
    """In order of level and index."""
    return {(row.level, index): value for row in rows for index, value in enumerate(row.hashes, row.first)}


def _headers(item: LogItem) -> str:
    return to_json(item.headers).decode()


def _opened(row: Record, item: LogItem) -> Opening:
    opening = item.opening_with(row["salt"], row["entry"][SALT_LENGTH:])
    if opening.entry() != row["entry"]:
        raise LogDamaged("a record is not what its entry commits to")
    return opening


def _item(row: Record) -> LogItem:
    return LogItem(row["kind"], row["family"], row["ref"], row["case_id"], row["body"], from_json(row["headers"]))
