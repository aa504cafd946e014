"""The audit's recorder on books and tables in memory, and what other services write for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.directory import Directory
from contracts.envelope import read
from contracts.events.audit import FindingRaised
from contracts.identifiers import new_id
from contracts.messages import Message
from infra.kernel.records import Record
from infra.simulation.world import service_kid
from services.audit.books import MemoryBooks
from services.audit.recorder import Recorder
from tests.unit.kernel.desk import KEYS, POLICE, REQUEST, START, Desk

CASE = new_id(START)


@dataclass
class Keyring:
    """A directory that can be given later: when somebody waits for a newer one, the next comes. The clock stands."""

    directory: Directory
    coming: list[Directory] = field(default_factory=list)
    waits: int = 0

    def now(self) -> datetime:
        """The time."""
        return START

    def at(self, sequence: int) -> Directory:
        """The directory after an entry: this one, whose sequence must be that."""
        assert sequence == self.directory.sequence
        return self.directory

    async def sleep(self, seconds: float) -> None:
        """The next directory comes."""
        self.waits += 1
        self.directory = self.coming.pop(0)


class Audit:
    """The audit's recorder on books and tables in memory."""

    def __init__(self) -> None:
        self.desk = Desk("audit")
        self.keyring = Keyring(replace(self.desk.hand.known, head_at=START))
        self.desk.kernel.keyring = self.desk.kernel.clock = self.keyring
        self.books = MemoryBooks()
        self.recorder = Recorder(self.desk.kernel, self.books, self.keyring)
        self.offset = 0

    async def reads(self, *records: Record) -> None:
        """One batch; every record comes at a place of its own."""
        batch = []
        for record in records:
            self.offset += 1
            batch.append(replace(record, offset=self.offset))
        await self.recorder.batch(batch)

    def logged(self) -> list[str]:
        """The ids of agencies' events in the log."""
        items = [item for item, _ in self.books.log.records.values() if item.kind == "event"]
        return [item.ref for item in items if item.family != "audit"]

    def findings(self) -> list[tuple[str, str, str]]:
        """What was raised: rule, code, the event that shows it."""
        rows = self.desk.tables.inbox.values()
        said = [read(row.body or b"").data for row in rows if row.name == "audit.finding-raised"]
        return sorted((item.rule, item.code.value, item.cause) for item in said if isinstance(item, FindingRaised))


def written(desk: Desk, what: str) -> list[Record]:
    """What a service wrote on topics of one kind (`events`, `answers`), a second after START."""
    at = int((START + timedelta(seconds=1)).timestamp() * 1000)
    items = [item for item in desk.tables.outbox.values() if item.topic.split(".")[1] == what]
    return [
        Record(
            item.topic,
            0,
            number,
            item.key.encode(),
            item.value,
            tuple((name, value.encode()) for name, value in item.headers.items()),
            at,
        )
        for number, item in enumerate(items)
    ]


async def accepted(*records: Record, desk: Desk | None = None) -> tuple[list[Record], list[Record]]:
    """What the referral service writes when these come: events and answers."""
    desk = desk or Desk("referral")
    await desk.kernel.batch([replace(record, offset=number) for number, record in enumerate(records, 1)])
    return written(desk, "events"), written(desk, "answers")


def resigned(message: Message, by: str, /, **changed: Any) -> bytes:
    """The statement with other values, signed by a service of the network."""
    return message.model_copy(update=changed).sign(KEYS.signer(service_kid(by))).encode()


def request(**more: Any) -> Record:
    """A request of the police."""
    return Desk("referral").record(POLICE, "referral.requested", CASE, REQUEST, **more)


def without(directory: Directory, kid: str) -> Directory:
    """The directory before this key was listed."""
    keys = {name: key for name, key in directory.keys.items() if name != kid}
    return replace(directory, keys=keys)
