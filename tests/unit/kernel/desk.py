"""A service on tables in memory, and agencies that write to it: what the tests of kernel, audit and client stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.directory import Directory, entry
from contracts.identifiers import new_id
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Verdict
from contracts.signing import sign_detached
from infra.client.agency import Agency
from infra.kernel.bench import Office
from infra.kernel.kernel import Kernel
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.records import COUNTERSIGNATURE, KIND, Record
from infra.simulation.chance import Chance
from infra.simulation.world import SeededKeys, service_kid, world

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = SeededKeys(Chance.of("desk"))
POLICE, SHELTER = "kh-moi-ahtjp", "kh-ngo-shelter-capital"
REQUEST = {
    "to": SHELTER,
    "service": "child-shelter",
    "urgency": "asap",
    "person": "child",
    "answer_by": "2026-04-03T09:00:00+07:00",
}
LONG_AGO = START - timedelta(days=20)


@dataclass
class Hand:
    """A clock that stands, and a directory with a fresh head."""

    at: datetime = START
    known: Directory = field(default_factory=Directory)

    def now(self) -> datetime:
        """The time, as it was set."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Nobody waits here."""

    @property
    def directory(self) -> Directory:
        """The directory, its head just come."""
        return Directory(**{**_fields(self.known), "head_at": self.at})


def _fields(directory: Directory) -> dict[str, Any]:
    return {name: getattr(directory, name) for name in directory.__dataclass_fields__}


@dataclass
class Desk:
    """One service on tables in memory, and agencies that write to it."""

    service: str
    hand: Hand = field(default_factory=Hand)
    tables: Tables = field(default_factory=Tables)
    sent: int = 0

    def __post_init__(self) -> None:
        for statement in world().statements(KEYS):
            line = entry(self.hand.known, statement, START)
            self.hand.known = self.hand.known.extend(line, line.body())
        families = tuple(family for family, owner in SERVICE_OF.items() if owner == self.service)
        signer = KEYS.signer(service_kid(self.service))
        store: Any = MemoryStore(self.tables)
        topics: Any = None
        self.kernel = Kernel(Office(self.service, families), signer, store, topics, self.hand, self.hand)

    def record(self, agency: str, name: str, case: str, data: dict[str, Any], **more: Any) -> Record:
        """What an agency writes, as it comes from Kafka."""
        sender = Agency(agency, KEYS.signer(world().agencies[agency].signing_kid))
        at = self.hand.at
        said = {"event_id": new_id(at), "time": at - timedelta(minutes=1), **more}
        made = sender.prepare(name, case=case, data=data, **said)
        self.sent += 1
        return Record(made.topic, 0, self.sent, made.key.encode(), made.body, tuple(made.headers))

    async def outcomes(self, *records: Record) -> list[str]:
        """Deal with one batch; the last outcome of each record's place."""
        await self.kernel.batch(records)
        found = {}
        for item in self.tables.outbox.values():
            if item.headers.get(KIND) == "verdict":
                verdict = Verdict.unverified(item.value.decode())
                found[verdict.offset] = verdict.outcome
        return [found.get(record.offset, "nothing") for record in records]


def countersigned(record: Record, agency: str, *, spoiled: bool = False) -> Record:
    """The record with a second agency's signature over its bytes, or over others."""
    assert record.value is not None
    body = record.value + (b" " if spoiled else b"")
    jws = sign_detached(body, KEYS.signer(world().agencies[agency].signing_kid))
    headers = (*record.headers, (COUNTERSIGNATURE, jws.encode()))
    return Record(record.topic, record.partition, record.offset, record.key, record.value, headers)
