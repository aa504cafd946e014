"""The audit's books on PostgreSQL, fed with what a small network said: dockets, verdicts, receipts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.directory import Directory
from contracts.envelope import read
from contracts.evidence.entry import Opening
from contracts.evidence.note import Ed25519Signer
from contracts.evidence.receipt import Receipt
from contracts.signing import Signer, b64
from infra.embedded.cluster import Endpoints
from infra.kafka.topology import SERVICES
from infra.kernel.bench import Office
from infra.kernel.casebook import CaseRecord
from infra.kernel.clock import WallClock
from infra.kernel.kernel import Kernel
from infra.kernel.records import Outgoing, Record
from infra.postgres.bootstrap import bootstrap, prepare, role
from infra.postgres.store import PostgresStore
from infra.simulation.caseload import small
from infra.simulation.run import Disturbance, simulate
from infra.simulation.universe import Install, Node, install_office
from services.audit.app import ANSWERS, EVENTS, OFFICE
from services.audit.books import MemoryBooks, PostgresBooks
from services.audit.log import Log
from services.audit.log_errors import LogDamaged
from services.audit.publisher import Publisher
from services.audit.recorder import Recorder
from tests.simulation.offices import offices

SIGNER = Ed25519Signer.from_seed("log.example/kh", bytes(32))
AT_ONCE = 60
"""Records of a batch: small enough that a case's events come in many."""


@dataclass
class Played:
    """A small network's run: every record of its events and answers topics, and the audit's books in memory."""

    books: MemoryBooks
    records: list[Record]
    directory: Directory
    signer: Signer

    @property
    def owed(self) -> Counter[tuple[str, str]]:
        """Who is owed a receipt for which digest."""
        events = [read(record.value or b"") for record in self.records if record.topic in EVENTS]
        return Counter((f"mailbox.{it.actor}.v1", it.digest) for it in events if not it.header.from_service)


@dataclass
class Kafka:
    """Takes everything but what goes to some topics."""

    shut: set[str] = field(default_factory=set)
    taken: list[Outgoing] = field(default_factory=list)

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        self.taken += [record for record in records if record.topic not in self.shut]
        return [index for index, record in enumerate(records) if record.topic in self.shut]


@pytest.fixture(scope="module")
async def played() -> Played:
    """Some cases from beginning to end, with what goes wrong on purpose."""
    books, records, nodes = MemoryBooks(), list[Record](), list[Node]()

    def install(node: Node) -> None:
        install_office(node)
        recorder = Recorder(node.kernel, books, node.kernel.keyring)  # type: ignore[arg-type]

        async def batch(read: Sequence[Record]) -> None:
            records.extend(read)
            await recorder.batch(read)

        node.topics.subscribe((*EVENTS, *ANSWERS), "svc-audit.record", batch, node.store.stored_positions)
        nodes.append(node)

    caseload = small({"TH": 2, "VN": 2}, children=2, in_country=2)
    declared: Mapping[Office, Install] = {**offices(books), OFFICE: install}
    await asyncio.to_thread(simulate, 3, caseload, Disturbance(), declared)
    return Played(books, records, nodes[0].kernel.keyring.directory, nodes[0].kernel.signer)


@dataclass
class Audit:
    """An audit service at work in a database of its own."""

    store: PostgresStore
    books: PostgresBooks
    log: Log
    recorder: Recorder
    publisher: Publisher
    kafka: Kafka
    superuser: Any

    async def feed(self, records: Sequence[Record]) -> None:
        for first in range(0, len(records), AT_ONCE):
            await self.recorder.batch(records[first : first + AT_ONCE])

    async def dockets(self, books: PostgresBooks, cases: Sequence[str]) -> dict[str, CaseRecord]:
        async with self.store.transaction() as transaction:
            return await books.dockets(transaction, cases)


@pytest.fixture
async def audit(cluster: Endpoints, passwords: dict[str, str], played: Played) -> AsyncIterator[Audit]:
    name = f"audit_{uuid4().hex}"
    await bootstrap(cluster.superuser(), name, {role(service): passwords[role(service)] for service in SERVICES})
    await prepare(cluster.superuser(name))
    dsn = cluster.dsn("svc_audit", passwords["svc_audit"], name)
    superuser = await asyncpg.connect(cluster.superuser(name), server_settings={"search_path": "audit"})
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2, server_settings={"search_path": "audit"}) as pool:
        store, kafka, log, keyring = PostgresStore(pool), Kafka(), Log(), Ring(played.directory)
        kernel = Kernel(OFFICE, played.signer, store, kafka, keyring, WallClock(), replay=True)  # type: ignore[arg-type]
        books = PostgresBooks(log)
        recorder = Recorder(kernel, books, keyring)  # type: ignore[arg-type]
        publisher = Publisher(store, kafka, log, SIGNER, kernel.wake_relay)  # type: ignore[arg-type]
        yield Audit(store, books, log, recorder, publisher, kafka, superuser)
    await superuser.close()
    owner = await asyncpg.connect(cluster.superuser())
    await owner.execute(f"DROP DATABASE {name}")
    await owner.close()


@dataclass
class Ring:
    """The directory of the run."""

    directory: Directory

    def at(self, sequence: int) -> Directory:
        return self.directory


def parts(dockets: Mapping[str, CaseRecord]) -> dict[str, tuple[Any, Any, Any]]:
    return {case: (it.states, it.sequences, it.seen) for case, it in dockets.items()}


async def test_a_docket_follows_from_the_log(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    moved = {case: CaseRecord.from_json(text) for case, text in played.books.records.items()}
    cases = sorted(moved)
    assert len(cases) == 6
    folded = await audit.dockets(PostgresBooks(Log()), cases)
    assert parts(folded) == parts(moved)
    assert parts(await audit.dockets(audit.books, cases)) == parts(moved)
    assert await audit.superuser.fetchval("SELECT count(*) FROM undecided") == 0


async def test_another_copy_may_go_on_at_any_batch(audit: Audit, played: Played) -> None:
    """Each batch is recorded by another of two copies, which know nothing of each other."""
    other = PostgresBooks(audit.log)
    twin = Recorder(audit.recorder._kernel, other, audit.recorder._keyring)
    for number, first in enumerate(range(0, len(played.records), AT_ONCE)):
        await (twin if number % 2 else audit.recorder).batch(played.records[first : first + AT_ONCE])
        await (audit.recorder if number % 2 else twin).batch(played.records[first : first + AT_ONCE])  # too late
    moved = {case: CaseRecord.from_json(text) for case, text in played.books.records.items()}
    assert parts(await audit.dockets(other, sorted(moved))) == parts(moved)
    assert await audit.superuser.fetchval("SELECT count(*) FROM record") == len(played.books.log.records)


async def test_a_batch_that_fails_moves_nothing(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    cases = sorted(played.books.records)
    before = parts(await audit.dockets(audit.books, cases))

    class Failed(Exception):
        pass

    with suppress(Failed):
        async with audit.store.transaction() as transaction:
            dockets = await audit.books.dockets(transaction, cases)
            for docket in dockets.values():
                docket.sequences["custody"], docket.states["custody"] = 99, docket.state("intake")
            await audit.books.save(transaction, list(dockets.values()), [], [], [])
            raise Failed
    assert parts(await audit.dockets(audit.books, cases)) == before


async def test_what_was_changed_in_the_log_is_not_judged_by(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    case = min(played.books.records)
    await audit.superuser.execute("UPDATE record SET body = body || ' ' WHERE case_id = $1 AND kind = 'event'", case)
    with pytest.raises(LogDamaged):
        await audit.dockets(PostgresBooks(audit.log), [case])


async def test_an_erased_case_keeps_its_sequences(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    case = min(played.books.records)
    sequences = (await audit.dockets(audit.books, [case]))[case].sequences
    await audit.superuser.execute("DELETE FROM record WHERE case_id = $1", case)
    found = (await audit.dockets(PostgresBooks(audit.log), [case]))[case]
    assert found.sequences == sequences
    assert found.states == {}


async def test_every_submission_has_its_verdict(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    rows = await audit.superuser.fetch('SELECT topic, partition, "offset" AS at, outcome, token FROM verdict')
    found = {(row["topic"], row["partition"], row["at"]): row["outcome"] for row in rows}
    assert found == {place: verdict.outcome for place, verdict in played.books.outcomes.items()}
    assert {"accepted", "refused", "duplicate"} <= set(found.values())


async def test_every_sender_gets_a_receipt_that_holds(audit: Audit, played: Played) -> None:
    bodies = {it.digest: it.body for it in (read(r.value or b"") for r in played.records if r.topic in EVENTS)}
    middle = len(played.records) // 2
    for part in (played.records[:middle], played.records[middle:]):
        await audit.feed(part)
        assert await audit.publisher.step() > 0
        assert await audit.publisher.step() == 0
    sent = audit.kafka.taken
    assert Counter((record.topic, record.headers["digest"]) for record in sent) == played.owed
    for record in sent:
        receipt = Receipt.parse(record.value)
        opening = Opening.decode(receipt.extra or b"")
        opening.check(bodies[record.headers["digest"]], {})
        receipt.verify(opening.leaf_hash(), SIGNER.verifier)
        assert opening.case == record.key
        assert b64(opening.body) == record.headers["digest"]
    assert len({receipt for receipt, _ in groupby(sorted(record.value for record in sent))}) == len(sent)


async def test_a_mailbox_that_cannot_be_written_keeps_nobody_waiting(audit: Audit, played: Played) -> None:
    await audit.feed(played.records)
    shut = min(topic for topic, _ in played.owed)
    audit.kafka.shut.add(shut)
    await audit.publisher.step()
    kept = [row.record for row in await audit.store.outbox(9999) if row.record.headers.get("kind") == "receipt"]
    assert {record.topic for record in kept} == {shut}
    found = Counter((record.topic, record.headers["digest"]) for record in (*audit.kafka.taken, *kept))
    assert found == played.owed
    assert await audit.publisher.step() == 0
