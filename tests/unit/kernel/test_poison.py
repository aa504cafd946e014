"""One item that cannot be dealt with costs itself: its neighbours go on, nobody's id is taken, the service lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.fields import case_code
from contracts.identifiers import derived_id, new_id
from infra.kernel import kernel as kernel_module
from infra.kernel.bench import Bench
from tests.unit.kernel.desk import POLICE, SHELTER, START, Desk


def _report(case: str) -> dict[str, Any]:
    code = case_code(case)
    return {"channel": "hotline", "code": code, "found_country": "KH", "person": "child", "at_police_post": False}


SCREENED = {"status": "PossibleVictimOfTrafficking", "organization": "NGO", "person": "child"}


def _case() -> str:
    return new_id(START)


async def test_an_id_that_waits_in_one_case_is_no_other_events() -> None:
    desk, here, there = Desk("intake"), _case(), _case()
    taken = new_id(START)
    waits = desk.record(SHELTER, "intake.screening-recorded", here, SCREENED, event_id=taken)
    assert await desk.outcomes(waits) == ["parked"]
    again = desk.record(SHELTER, "intake.report-received", there, _report(there), event_id=taken)
    assert await desk.outcomes(again) == ["refused"]
    victims = desk.record(POLICE, "intake.report-received", here, _report(here))
    assert await desk.outcomes(victims, waits) == ["accepted", "accepted"]


async def test_an_id_that_waits_is_taken_in_its_own_batch_too() -> None:
    desk, here, there = Desk("intake"), _case(), _case()
    taken = new_id(START)
    batch = [
        desk.record(SHELTER, "intake.screening-recorded", case, SCREENED, event_id=taken) for case in (here, there)
    ]
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
    finding = {"rule": "CUS-TIME", "code": "late", "cause": new_id(START), "cause_digest": "A" * 43}
    passed = {"rule": "NET-FINDING", "cause": new_id(START), "due": START.isoformat()}
    batch = [
        desk.record(SHELTER, "audit.finding-raised", case, finding | {"of_family": "custody"}),
        desk.record(SHELTER, "audit.deadline-passed", case, passed),
    ]
    assert await desk.outcomes(*batch) == ["refused", "refused"]


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
