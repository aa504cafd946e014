"""The audit's log: what both of its sides promise, and what PostgreSQL's side withstands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.entry import LogItem
from contracts.evidence.merkle import EMPTY_ROOT, Frontier, leaf_hash
from contracts.evidence.note import Ed25519Signer
from contracts.evidence.proof import verify_consistency, verify_inclusion
from contracts.evidence.receipt import Receipt
from infra.embedded.cluster import Endpoints
from services.audit.log import Log
from services.audit.log_errors import LogDamaged, NoSuchTree, Superseded
from services.audit.log_memory import MemoryLog

SIGNER = Ed25519Signer.from_seed("log.example/kh", bytes(32))
CASE = "0197c5a0-0000-7000-8000-000000000001"
MIGRATIONS = sorted((Path(__file__).parents[2] / "services" / "audit").glob("[0-9]*.sql"))
LOG_TABLES = ("entry", "node", "head", "checkpoint", "record")


def items(first: int, count: int) -> list[LogItem]:
    return [
        LogItem("event", "custody", f"event-{number}", CASE if number % 2 else None, b"%d" % number, {"jws": "a..b"})
        for number in range(first, first + count)
    ]


@dataclass
class Side:
    """One side of the log, and a way to be in a transaction of it."""

    log: Any
    connection: Any
    transaction: Callable[[], AbstractAsyncContextManager[object]]

    async def append(self, batch: Sequence[LogItem]) -> list[int]:
        async with self.transaction():
            return list(await self.log.append(self.connection, batch))

    async def checkpoint(self, signer: Ed25519Signer = SIGNER) -> bytes:
        async with self.transaction():
            return bytes(await self.log.checkpoint(self.connection, signer))

    async def leaves(self) -> list[bytes]:
        openings = await self.log.openings(self.connection, range(await self.log.size(self.connection)))
        return [openings[index].leaf_hash() for index in sorted(openings)]


@pytest.fixture
async def schema(cluster: Endpoints) -> AsyncIterator[str]:
    """A schema with an empty log, in which the audit service's role has the rights that the migration gives it."""
    name = f"log_{uuid4().hex}"
    owner = await asyncpg.connect(cluster.superuser())
    try:
        if not await owner.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = 'svc_audit'"):
            await owner.execute("CREATE ROLE svc_audit")
        await owner.execute(f"CREATE SCHEMA {name}; SET search_path = {name}")
        await owner.execute(f"GRANT USAGE ON SCHEMA {name} TO svc_audit")
        for migration in MIGRATIONS:
            await owner.execute(migration.read_text(encoding="utf-8"))
        yield name
    finally:
        await owner.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        await owner.close()


@pytest.fixture
async def connect(cluster: Endpoints, schema: str) -> AsyncIterator[Callable[..., Any]]:
    """Opens connections to that schema, as the audit service unless told otherwise."""
    opened: list[asyncpg.Connection[Any]] = []

    async def connect(role: str | None = "svc_audit") -> asyncpg.Connection[Any]:
        connection = await asyncpg.connect(cluster.superuser(), server_settings={"search_path": schema})
        opened.append(connection)
        if role is not None:
            await connection.execute(f"SET ROLE {role}")
        return connection

    yield connect
    for connection in opened:
        await connection.close()


@asynccontextmanager
async def postgres_side(connect: Callable[..., Any]) -> AsyncIterator[Side]:
    connection = await connect()
    yield Side(Log(), connection, connection.transaction)


@pytest.fixture(params=["memory", "postgres"])
async def side(request: pytest.FixtureRequest, connect: Callable[..., Any]) -> AsyncIterator[Side]:
    if request.param == "memory":
        yield Side(MemoryLog(), None, nullcontext)
    else:
        async with postgres_side(connect) as made:
            yield made


@pytest.fixture
async def stored(connect: Callable[..., Any]) -> AsyncIterator[Side]:
    async with postgres_side(connect) as made:
        yield made


# -- both sides ------------------------------------------------------------------------------------------------------


async def test_entries_are_numbered_from_nought_without_a_gap(side: Side) -> None:
    assert await side.append(items(0, 3)) == [0, 1, 2]
    assert await side.append([]) == []
    assert await side.append(items(3, 5)) == [3, 4, 5, 6, 7]
    assert await side.log.size(side.connection) == 8


async def test_the_same_item_is_appended_once(side: Side) -> None:
    assert await side.append([*items(0, 2), *items(0, 2)]) == [0, 1, 0, 1]
    assert await side.append([*items(1, 2), *items(0, 1)]) == [1, 2, 0]
    assert await side.append(items(0, 3)) == [0, 1, 2]
    other_kind = LogItem("refusal", "custody", "event-0", None, b"0")
    other_family = LogItem("event", "intake", "event-0", None, b"0")
    other_body = LogItem("event", "custody", "event-0", None, b"another")
    assert await side.append([other_kind, other_family, other_body, other_body]) == [3, 4, 5, 5]
    assert await side.append([other_body, *items(0, 1)]) == [5, 0]
    assert await side.log.size(side.connection) == 6


async def test_every_proof_holds_against_every_checkpoint(side: Side) -> None:
    roots: dict[int, bytes] = {}
    for count in (1, 2, 4, 1, 9, 16, 3):
        await side.append(items(sum(roots) and max(roots), count))
        checkpoint = open_checkpoint(await side.checkpoint(), SIGNER.verifier).checkpoint
        roots[checkpoint.size] = checkpoint.root
    leaves = await side.leaves()
    assert max(roots) == len(leaves) == 36
    for size, root in roots.items():
        assert Frontier().extend(leaves[:size])[0].root() == root
        proofs = await side.log.prove_all(side.connection, range(size), size)
        for index in range(size):
            verify_inclusion(leaves[index], index, size, proofs[index], root)
        for old in (old for old in roots if old <= size):
            proof = await side.log.consistency(side.connection, old, size)
            verify_consistency(old, size, proof, roots[old], root)


async def test_a_receipt_from_end_to_end(side: Side) -> None:
    await side.append(items(0, 7))
    note = await side.checkpoint()
    proof = await side.log.prove(side.connection, 5, 7)
    opening = (await side.log.openings(side.connection, [5]))[5]
    raw = Receipt(5, tuple(proof), note, opening.encode()).encode()
    opening.check(items(5, 1)[0].body, {"jws": "a..b"})
    Receipt.parse(raw).verify(opening.leaf_hash(), SIGNER.verifier)


async def test_events_are_read_with_their_openings_and_without_the_audits_own(side: Side) -> None:
    batch = items(0, 3)
    others = [LogItem("refusal", "custody", "place", CASE, b"no"), LogItem("event", "audit", "finding", CASE, b"found")]
    await side.append([*batch[:1], *others, *batch[1:]])
    openings = await side.log.openings(side.connection, range(5))
    expected = [(index, item, openings[index]) for index, item in zip((0, 3, 4), batch, strict=True)]
    assert await side.log.events(side.connection, 0, 5) == expected
    assert await side.log.events(side.connection, 1, 4) == expected[1:2]


async def test_nothing_new_no_new_checkpoint(side: Side) -> None:
    empty = await side.checkpoint()
    assert open_checkpoint(empty, SIGNER.verifier).checkpoint == Checkpoint(SIGNER.name, 0, EMPTY_ROOT)
    assert await side.checkpoint() == empty
    await side.append(items(0, 2))
    two = await side.checkpoint()
    await side.append(items(0, 2))
    assert await side.checkpoint() == two


async def test_what_is_not_there_cannot_be_proven(side: Side) -> None:
    await side.append(items(0, 4))
    for index, size in ((4, 4), (0, 0), (-1, 4), (0, 5), (4, 5), (0, 8), (2**64, 4)):
        with pytest.raises(NoSuchTree):
            await side.log.prove(side.connection, index, size)
    for old, new in ((0, 4), (4, 5), (5, 5), (4, 2), (8, 8), (-1, 2)):
        with pytest.raises(NoSuchTree):
            await side.log.consistency(side.connection, old, new)


async def test_a_checkpoint_of_another_key_is_not_built_upon(side: Side) -> None:
    await side.append(items(0, 1))
    await side.checkpoint(Ed25519Signer.from_seed("log.example/kh", bytes([1]) * 32))
    await side.append(items(1, 1))
    with pytest.raises(LogDamaged):
        await side.checkpoint()


# -- PostgreSQL: rights, transactions, two at once -------------------------------------------------------------------


@pytest.mark.parametrize("table", LOG_TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}", "DROP TABLE {0}"])
async def test_the_service_cannot_take_anything_back(stored: Side, table: str, statement: str) -> None:
    await stored.append(items(0, 2))
    await stored.checkpoint()
    for column in ("index", "size", "hash", "note", "entry", "body"):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedColumnError)) as refusal:
            await stored.connection.execute(statement.format(table, column))
        denied = isinstance(refusal.value, asyncpg.InsufficientPrivilegeError)
        assert denied or "SET" in statement
    found = await stored.connection.fetchval("SELECT has_table_privilege($1, 'UPDATE, DELETE, TRUNCATE')", table)
    assert found is False


async def test_the_sequencers_row_stays(stored: Side) -> None:
    for statement in ("DELETE FROM sequencer", "TRUNCATE sequencer", "INSERT INTO sequencer (epoch) VALUES (1)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await stored.connection.execute(statement)


async def test_a_transaction_that_fails_leaves_nothing(stored: Side) -> None:
    await stored.append(items(0, 3))
    transaction = stored.connection.transaction()
    await transaction.start()
    assert await stored.log.append(stored.connection, items(3, 4)) == [3, 4, 5, 6]
    await stored.log.checkpoint(stored.connection, SIGNER)
    await transaction.rollback()
    assert await stored.log.size(stored.connection) == 3
    assert await stored.append(items(10, 1)) == [3]
    await stored.checkpoint()


async def test_two_sequencers_do_not_fork(connect: Callable[..., Any]) -> None:
    async def work(first: int) -> Side:
        async with postgres_side(connect) as made:
            for number in range(15):
                await made.append(items(first + number * 3, 3))
                await made.append(items(1000 + number, 1))
                if number % 5 == 0:
                    await made.checkpoint()
            return made

    one, _ = await asyncio.gather(work(0), work(100))
    # 45 of each, and 15 that both appended.
    assert await one.log.size(one.connection) == 105
    leaves = await one.leaves()
    checkpoint = open_checkpoint(await one.checkpoint(), SIGNER.verifier).checkpoint
    assert checkpoint == Checkpoint(SIGNER.name, 105, Frontier().extend(leaves)[0].root())


async def test_who_was_superseded_stops(stored: Side, connect: Callable[..., Any]) -> None:
    await stored.append(items(0, 1))
    async with postgres_side(connect) as other:
        assert await other.log.take_over(other.connection) == 2
        await other.append(items(1, 1))
        for attempt in (stored.append(items(2, 1)), stored.checkpoint()):
            with pytest.raises(Superseded):
                await attempt
        assert await other.log.size(other.connection) == 2


async def test_a_stale_view_of_the_head_is_an_error_and_no_fork(stored: Side, connect: Callable[..., Any]) -> None:
    async with postgres_side(connect) as other:
        await other.append(items(0, 1))
        transaction = stored.connection.transaction(isolation="repeatable_read")
        await transaction.start()
        await stored.connection.fetchval("SELECT 1 FROM head")
        await other.append(items(1, 2))
        with pytest.raises(LogDamaged):
            await stored.log.append(stored.connection, items(3, 1))
        await transaction.rollback()
        assert await stored.append(items(3, 1)) == [3]


# -- PostgreSQL: what a superuser changes is noticed before anything is signed ---------------------------------------

TAMPERINGS = {
    "an entry": "UPDATE entry SET entry = set_byte(entry, 40, 255 - get_byte(entry, 40)) WHERE index = 9",
    "a leaf": "UPDATE entry SET leaf_hash = sha256(leaf_hash) WHERE index = 9",
    "an entry with its leaf": (
        r"UPDATE entry SET entry = sha256('a') || sha256('b'), "
        r"leaf_hash = sha256('\x00'::bytea || sha256('a') || sha256('b')) WHERE index = 9"
    ),
    "a node": "UPDATE node SET hash = sha256(hash) WHERE level = 2 AND index = 2",
    "a node under the last checkpoint": "UPDATE node SET hash = sha256(hash) WHERE level = 2 AND index = 0",
    "a missing node": "DELETE FROM node WHERE level = 1 AND index = 5",
    "a missing entry": "DELETE FROM entry WHERE index = 9",
    "a cut tail": "DELETE FROM entry WHERE index >= 9",
    "the order": (
        "UPDATE entry SET entry = other.entry, leaf_hash = other.leaf_hash FROM entry other "
        "WHERE entry.index + other.index = 19 AND entry.index IN (9, 10)"
    ),
    "the head's root": "UPDATE head SET root = sha256(root) WHERE size = 13",
    "a head taken back": "DELETE FROM head WHERE size > 5",
    "all heads": "TRUNCATE head",
    "the last checkpoint's text": "UPDATE checkpoint SET note = overlay(note PLACING '6' FROM 16)",
    "the last checkpoint's size": "UPDATE checkpoint SET size = 4",
    "everything since the checkpoint, and the head": (
        "DELETE FROM entry WHERE index >= 4; DELETE FROM node WHERE (index + 1) << level > 4; DELETE FROM head "
        "WHERE size > 5"
    ),
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_tampering_is_noticed(stored: Side, connect: Callable[..., Any], statement: str) -> None:
    await stored.append(items(0, 5))
    await stored.checkpoint()
    await stored.append(items(5, 8))
    superuser = await connect(None)
    await superuser.execute(statement)
    with pytest.raises(LogDamaged):
        await stored.checkpoint()


async def test_entries_beyond_the_head_stop_the_next_append(stored: Side, connect: Callable[..., Any]) -> None:
    await stored.append(items(0, 5))
    await stored.append(items(5, 5))
    await (await connect(None)).execute("DELETE FROM head WHERE size = 10; DELETE FROM record WHERE index >= 5")
    with pytest.raises(LogDamaged):
        await stored.append(items(20, 1))


@pytest.mark.parametrize(
    "change", ["body = 'x'", "headers = '{}'", "ref = 'x'", "salt = sha256(salt)", "case_id = NULL"]
)
async def test_a_record_that_was_changed_is_not_handed_out(
    stored: Side, connect: Callable[..., Any], change: str
) -> None:
    await stored.append(items(1, 1))
    await (await connect(None)).execute(f"UPDATE record SET {change}")
    with pytest.raises(LogDamaged):
        await stored.log.openings(stored.connection, [0])
    with pytest.raises(LogDamaged):
        await stored.log.events(stored.connection, 0, 1)
    if change != "case_id = NULL":
        with pytest.raises(LogDamaged):
            await stored.log.history(stored.connection, [CASE])


async def test_a_cases_history_is_its_events_and_no_other(stored: Side) -> None:
    refusal = LogItem("refusal", "custody", "place", CASE, b"no")
    await stored.append([*items(0, 3), refusal, *items(3, 1)])
    assert await stored.log.history(stored.connection, [CASE]) == [*items(1, 1), *items(3, 1)]


async def test_proofs_from_what_was_read_back_are_those_that_are_read_again(stored: Side) -> None:
    for count in (1, 2, 4, 1, 9, 16, 3, 30):
        first = await stored.log.size(stored.connection)
        await stored.append(items(first, count))
        async with stored.transaction():
            head = await stored.log.sign(stored.connection, SIGNER)
        new = range(first, first + count)
        assert head.size == first + count
        known = await stored.log.prove_all(stored.connection, new, head.size, head.nodes)
        assert known == await stored.log.prove_all(stored.connection, new, head.size)


async def test_an_erased_record_leaves_a_proof_that_holds(stored: Side, connect: Callable[..., Any]) -> None:
    await stored.append(items(0, 6))
    leaves = await stored.leaves()
    await (await connect(None)).execute("DELETE FROM record WHERE index = 2")
    assert 2 not in await stored.log.openings(stored.connection, range(6))
    checkpoint = open_checkpoint(await stored.checkpoint(), SIGNER.verifier).checkpoint
    for index in range(6):
        proof = await stored.log.prove(stored.connection, index, 6)
        verify_inclusion(leaves[index], index, 6, proof, checkpoint.root)
    entry = await stored.connection.fetchval("SELECT entry FROM entry WHERE index = 2")
    assert leaf_hash(entry) == leaves[2]
