"""One item that cannot be dealt with costs itself: its neighbours go on, nobody's id is taken, the service lives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import Directory, entry
from contracts.fields import case_code
from contracts.identifiers import derived_id, new_id
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Verdict
from infra.client.agency import Agency
from infra.kernel import kernel as kernel_module
from infra.kernel.bench import Bench, Office
from infra.kernel.kernel import Kernel
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.records import KIND, Record
from infra.simulation.chance import Chance
from infra.simulation.world import SeededKeys, service_kid, world

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = SeededKeys(Chance.of("poison"))
POLICE, SHELTER = "kh-moi-ahtjp", "kh-ngo-shelter-capital"


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


def _report(case: str) -> dict[str, Any]:
    code = case_code(case)
    return {"channel": "hotline", "code": code, "found_country": "KH", "person": "child", "at_police_post": False}


def _case() -> str:
    return new_id(START)


async def test_an_id_that_waits_in_one_case_is_no_other_events() -> None:
    desk, here, there = Desk("intake"), _case(), _case()
    taken = new_id(START)
    waits = desk.record(SHELTER, "intake.risk-assessed", here, {"level": "high", "safe_to_move": False}, event_id=taken)
    assert await desk.outcomes(waits) == ["parked"]
    again = desk.record(SHELTER, "intake.report-received", there, _report(there), event_id=taken)
    assert await desk.outcomes(again) == ["refused"]
    victims = desk.record(POLICE, "intake.report-received", here, _report(here))
    assert await desk.outcomes(victims, waits) == ["accepted", "accepted"]


async def test_an_id_that_waits_is_taken_in_its_own_batch_too() -> None:
    desk, here, there = Desk("intake"), _case(), _case()
    taken, risk = new_id(START), {"level": "high", "safe_to_move": False}
    batch = [desk.record(SHELTER, "intake.risk-assessed", case, risk, event_id=taken) for case in (here, there)]
    assert await desk.outcomes(*batch) == ["parked", "refused"]


async def test_the_id_of_what_a_service_will_say_cannot_be_taken() -> None:
    desk, case, request = Desk("referral"), _case(), new_id(START)
    due = START - timedelta(minutes=4)
    asked = {"to": SHELTER, "service": "child-shelter", "urgency": "routine", "answer_by": due.isoformat()}
    asked["person"] = "child"
    assert await desk.outcomes(desk.record(POLICE, "referral.requested", case, asked, event_id=request)) == ["accepted"]
    guess, other = derived_id(due, case, "NET-ANSWER", request), _case()
    asked["answer_by"] = (START + timedelta(days=1)).isoformat()
    assert await desk.outcomes(desk.record(POLICE, "referral.requested", other, asked, event_id=guess)) == ["accepted"]
    desk.hand.at = START + timedelta(minutes=10)
    assert await desk.kernel.timers(desk.hand.at) == 1
    assert [row.name for row in desk.tables.inbox.values()].count("referral.deadline-passed") == 1


async def test_nobody_but_the_audit_service_speaks_for_it() -> None:
    desk, case = Desk("audit"), _case()
    facts = {"corrects": new_id(START), "reason": "entered-in-error"}
    assert await desk.outcomes(desk.record(SHELTER, "audit.corrected", case, facts)) == ["refused"]


async def test_an_error_in_judging_one_item_costs_that_item(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, bad = Desk("intake"), _case()
    judge = kernel_module.judge

    def failing(bench: Any, submission: Any) -> None:
        if submission.header.subject == bad:
            raise OverflowError("a date that cannot be")
        judge(bench, submission)

    monkeypatch.setattr(kernel_module, "judge", failing)
    cases = [_case(), bad, _case()]
    records = [desk.record(POLICE, "intake.report-received", case, _report(case)) for case in cases]
    assert await desk.outcomes(*records) == ["accepted", "dead-lettered", "accepted"]


async def test_a_case_in_which_nothing_can_be_done_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk("referral")
    advance = kernel_module.advance
    asked = {"to": SHELTER, "service": "child-shelter", "urgency": "routine", "person": "child"}
    asked["answer_by"] = (START + timedelta(minutes=1)).isoformat()
    cases = sorted([_case(), _case()])
    for case in cases:
        await desk.outcomes(desk.record(POLICE, "referral.requested", case, asked))

    def failing(bench: Any, case: Any, to: datetime) -> None:
        if case.case == cases[0]:
            raise OverflowError("a date that cannot be")
        advance(bench, case, to)

    monkeypatch.setattr(kernel_module, "advance", failing)
    desk.hand.at = START + timedelta(minutes=10)
    assert await desk.kernel.timers(desk.hand.at) == 2
    passed = [row.case for row in desk.tables.inbox.values() if row.name == "referral.deadline-passed"]
    assert passed == [cases[1]]
    assert await desk.kernel.timers(desk.hand.at) == 0
    assert desk.tables.timers[cases[0]] > desk.hand.at + timedelta(minutes=59)


async def test_what_waits_and_cannot_be_judged_costs_nothing_that_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, case = Desk("intake"), _case()
    waits = desk.record(SHELTER, "intake.risk-assessed", case, {"level": "high", "safe_to_move": False})
    assert await desk.outcomes(waits) == ["parked"]
    decide = Bench.decide

    def failing(self: Bench, found: Any, event: Any, *more: Any, **named: Any) -> Any:
        if event.name == "intake.risk-assessed":
            raise OverflowError("a date that cannot be")
        return decide(self, found, event, *more, **named)

    monkeypatch.setattr(Bench, "decide", failing)
    report = desk.record(POLICE, "intake.report-received", case, _report(case))
    assert await desk.outcomes(report) == ["accepted"]
    assert list(desk.tables.parked)
