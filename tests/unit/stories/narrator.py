"""Who tells a story: the four services on tables in memory, agencies with keys of their own, and a clock that is told.

A story says what happened, hour by hour; the services judge it as they do in production, and hand on what is for whom.
`Network.ends` then holds the whole against what no story may break: every fact is in the record, somebody answers for
each person at every instant, and a name is read by those alone who are to read it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.custody_table import CustodyTable, custody_table
from contracts.decision import disputed
from contracts.directory import Directory, Statement, entry
from contracts.envelope import Event, read
from contracts.events.audit import FindingRaised
from contracts.identifiers import derived_id
from contracts.messages import Acceptance, Verdict
from contracts.sealing import SealRefused, unseal
from contracts.signing import digest
from infra.kernel.bench import Office
from infra.kernel.kernel import Kernel
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.records import ACCEPTANCE, KIND, SEALED, Outgoing, Record
from infra.simulation.world import service_kid, world
from services.audit.app import OFFICE as AUDIT
from services.audit.books import MemoryBooks
from services.audit.recorder import Recorder
from services.intake.app import OFFICE as INTAKE
from services.referral.app import OFFICE as REFERRAL
from services.repatriation.app import OFFICE as REPATRIATION
from tests.unit.stories.cast import KEYS, NAME, START
from tests.unit.stories.child import Child


@dataclass
class Registrar:
    """The directory with its history, and a clock that stands where the story is."""

    time: datetime = START
    history: dict[int, Directory] = field(default_factory=lambda: {0: Directory()})

    def now(self) -> datetime:
        """The time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Nobody waits here."""

    @property
    def directory(self) -> Directory:
        """The newest directory, its head just come."""
        return replace(self.history[max(self.history)], head_at=self.time)

    def at(self, sequence: int) -> Directory:
        """The directory after an entry."""
        return self.history[sequence]

    def states(self, *statements: Statement) -> None:
        """More stands in the directory from now on."""
        for statement in statements:
            known = self.history[max(self.history)]
            line = entry(known, statement, self.time)
            self.history[known.sequence + 1] = known.extend(line, line.body())


class Network:
    """The services, every agency's mailbox, and what has been sent and answered."""

    def __init__(self) -> None:
        self.registrar = Registrar()
        self.registrar.states(*world().statements(KEYS))
        self.tables = {office.name: Tables() for office in (INTAKE, REFERRAL, REPATRIATION, AUDIT)}
        self.kernels = {office.name: self._kernel(office) for office in (INTAKE, REFERRAL, REPATRIATION, AUDIT)}
        self.books = MemoryBooks()
        self.recorder = Recorder(self.kernels["audit"], self.books, self.registrar)
        self.mail: dict[str, list[Record]] = {agency: [] for agency in world().agencies}
        self.verdicts: dict[str, Verdict] = {}
        self.record: list[Record] = []
        self.facts: set[str] = set()
        self.count = 0

    def _kernel(self, office: Office) -> Kernel:
        topics: Any = None  # what is written is taken from the outbox by `_passes_on`
        store: Any = MemoryStore(self.tables[office.name])
        return Kernel(office, KEYS.signer(service_kid(office.name)), store, topics, self.registrar, self.registrar)

    def child(self, name: str, start: datetime = START) -> Child:
        """A case of its own."""
        return Child(self, derived_id(start, name), start)

    # -- what happens --------------------------------------------------------------------------------------------

    def send(self, record: Record, fact: bool, at: datetime) -> Verdict:
        """Somebody writes a record at an instant; the answer, once the services have told one another."""
        self.registrar.time = max(self.registrar.time, at + timedelta(minutes=1))
        fingerprint = digest(record.value or b"")
        self.facts |= {fingerprint} if fact else set()
        family = record.topic.partition(".")[0]
        service = next(office for office in (INTAKE, REFERRAL, REPATRIATION, AUDIT) if family in office.families)
        asyncio.run(self._hears(service.name, record))
        return self.verdicts[fingerprint]

    def until(self, at: datetime) -> None:
        """Time passes: the services say what had become due by then."""
        self.registrar.time = max(self.registrar.time, at)
        asyncio.run(self._waits())

    async def _waits(self) -> None:
        for name in ("intake", "referral", "repatriation", "audit"):
            await self.kernels[name].timers(self.registrar.time)
            await self._passes_on(name)

    async def _hears(self, service: str, record: Record) -> None:
        await self.kernels[service].batch([record])
        await self._passes_on(service)

    async def _passes_on(self, service: str) -> None:
        """What a service wrote goes to the mailboxes, to the audit, and to the services that follow it."""
        outbox = self.tables[service].outbox
        written = [self._record(outbox.pop(position)) for position in sorted(outbox)]
        for record in written:
            first, kind, _ = (
                record.topic.rsplit(".", 2) if record.topic.startswith("mailbox") else (record.topic.split("."))
            )
            if first == "mailbox":
                self.mail[kind].append(record)
                continue
            if record.header(KIND) == "verdict":
                verdict = Verdict.unverified((record.value or b"").decode())
                self.verdicts[verdict.digest] = verdict
            elif kind == "events":
                self.record.append(record)
                for other in ("intake", "referral", "repatriation"):
                    if other != service:
                        await self._hears(other, record)
            await self.recorder.batch([record])
            if service != "audit":
                await self._passes_on("audit")

    def _record(self, item: Outgoing) -> Record:
        self.count += 1
        headers = tuple((name, value.encode()) for name, value in item.headers.items())
        return Record(item.topic, 0, self.count, item.key.encode(), item.value, headers)

    # -- what is known in the end --------------------------------------------------------------------------------

    def accepted(self, case: str) -> list[tuple[Event, Acceptance]]:
        """A case's accepted events with their acceptances, as the services published them."""
        pairs = [
            (read(item.value or b""), Acceptance.unverified(item.header(ACCEPTANCE) or ""))
            for item in self.record
            if (item.key or b"").decode() == case
        ]
        return sorted(pairs, key=lambda pair: (pair[0].family, pair[1].sequence))

    def table(self, case: str) -> CustodyTable:
        """Who cared and who answered, as an auditor reckons it, up to now."""
        known = self.accepted(case)
        claims = {event.id for event, acceptance in known if disputed(acceptance.breaches)}
        table = custody_table([event for event, _ in known], self.registrar.time, claims)
        assert table is not None
        return table

    def findings(self, case: str) -> set[tuple[str, str]]:
        """What the audit found in a case: rule and code."""
        said = [event.data for event, _ in self.accepted(case)]
        return {(item.rule, item.code.value) for item in said if isinstance(item, FindingRaised)}

    def answer_to(self, first: Verdict) -> tuple[str, set[str]]:
        """What became in the end of something that was answered before: the outcome, and the rules."""
        last = self.verdicts[first.digest]
        return last.outcome, {problem.rule for problem in last.problems}

    def told(self, agency: str, case: str) -> set[str]:
        """The names of the events of a case that an agency was handed."""
        mine = [item for item in self.mail[agency] if item.header(KIND) == "delivery"]
        return {read(item.value or b"").name for item in mine if (item.key or b"").decode() == case}

    def can_read(self, case: str) -> dict[str, set[str]]:
        """Who can open what of a case's sealed parts: the agencies, and the kinds."""
        found: dict[str, set[str]] = {}
        for agency, records in self.mail.items():
            key = KEYS.sealing(world().agencies[agency].sealing_kid)
            for item in records:
                sealed = item.header(SEALED)
                if sealed is None or (item.key or b"").decode() != case:
                    continue
                try:
                    kind, content = unseal(sealed.encode(), key)
                except SealRefused:
                    continue
                assert content == {"name": NAME}
                found.setdefault(agency, set()).add(kind)
        return found

    def ends(self) -> None:
        """What no story may break, whatever else it tells."""
        kept = {digest(item.value or b"") for item in self.record}
        assert self.facts <= kept, "a fact was sent, and is not in the record"
        logged = {digest(item.body) for item, _ in self.books.log.records.values() if item.kind == "event"}
        assert kept <= logged, "an event was accepted, and is not in the audit's log"
        assert not self.books.waiting, "an acceptance has not been judged"
        everything = [item.value or b"" for records in (self.record, *self.mail.values()) for item in records]
        assert not [body for body in everything if NAME.encode() in body], "a name stands where anybody can read it"
        for case in sorted({(item.key or b"").decode() for item in self.record}):
            assert ("AUDIT-JUDGEMENT", "disagreement") not in self.findings(case)
            assert unanswered(self.table(case)) == [], "nobody answered for a time"


def unanswered(table: CustodyTable) -> list[tuple[datetime, datetime]]:
    """The times between the opening and the end of a chain in which nobody answered, or nobody cared."""
    found = []
    for kind in ("care", "responsibility"):
        spans = sorted((span for span in table.spans if span.kind == kind), key=lambda span: span.since)
        reached = table.opened
        for span in spans:
            if reached is not None and span.since > reached:
                found.append((reached, span.since))
            last = span.until or datetime.max.replace(tzinfo=UTC)
            reached = max(reached, last) if reached is not None else last
    return found
