"""Repatriation: every step in its order, and at each of them whose turn it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.guidelines import limit
from contracts.journeys.repatriation import turn
from tests.unit.contracts.casework import HEALTH, MINISTRY, PROVINCE, THAI, TRANSIT, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_counterpart import RETURN, TRAVEL
from tests.unit.contracts.rules.test_xb_need import TRACING

PLAN = {"placement": "kin", "lead": PROVINCE, "visit_every": 1, "follow_up": 2}
VISIT = {"contact": "visit", "outcome": "well"}


def whose(case: Case) -> tuple[str, str | None]:
    """The next step of the return, and who owes it."""
    now = turn(case.state("repatriation"))
    assert now is not None
    assert not now.verified
    return now.step, now.agency


def requested(case: Case, hours: float = 30) -> str:
    return case.says(THAI, "repatriation.requested", hours, RETURN | {"to": MINISTRY})


def test_a_return_from_its_tracing_to_its_closing_and_whose_turn_it_is() -> None:
    case = Case()
    assert turn(case.state("repatriation")) is None
    tracing = case.says(THAI, "repatriation.tracing-requested", 1, TRACING)
    assert whose(case) == ("tracing-answered", MINISTRY)
    case.says(MINISTRY, "repatriation.tracing-answered", 2, {"request": tracing, "answer": "accepted"})
    case.says(THAI, "repatriation.views-heard", 3, {"hearing": "heard", "wish": "return"})
    case.says(PROVINCE, "repatriation.family-assessed", 20, {"outcome": "safe", "caretaker": "kin"})
    case.says(MINISTRY, "repatriation.risk-assessed", 21, {"level": "low", "with_agency": THAI})
    done = {"request": tracing, "answer": "result", "established": ["identity", "family"]}
    case.says(MINISTRY, "repatriation.tracing-answered", 22, done)
    case.says(THAI, "repatriation.best-interests-determined", 25, {"solution": "return"})
    assert whose(case) == ("requested", THAI)
    asked = requested(case)
    assert whose(case) == ("counterpart-answered", MINISTRY)
    case.says(MINISTRY, "repatriation.counterpart-answered", 40, {"request": asked, "answer": "accepted"})
    assert whose(case) == ("travel-document-issued", MINISTRY)
    case.says(MINISTRY, "repatriation.travel-document-issued", 60, {"request": asked, "document": "laissez-passer"})
    assert whose(case) == ("travel-scheduled", THAI)
    case.says(THAI, "repatriation.travel-scheduled", 80, TRAVEL | {"request": asked, "to": TRANSIT})
    assert whose(case) == ("received", TRANSIT)
    crossing = {"request": asked, "from_country": "TH", "to_country": "KH", "crossing": "poipet"}
    case.says(THAI, "repatriation.border-crossed", 100, crossing)
    received = {"request": asked, "from_country": "TH", "place_kind": "transit-centre", "condition": "well"}
    case.says(TRANSIT, "repatriation.received", 101, received)
    assert whose(case) == ("reintegration-planned", MINISTRY)
    plan = case.says(PROVINCE, "repatriation.reintegration-planned", 200, PLAN)
    assert whose(case) == ("follow-up-made", PROVINCE)
    visit = case.says(PROVINCE, "repatriation.follow-up-made", 900, VISIT | {"plan": plan})
    assert whose(case) == ("closed", PROVINCE)
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": visit}
    assert refused(case.tries(HEALTH, "repatriation.closed", 901, closing)) == {"NET-PARTY"}
    case.says(PROVINCE, "repatriation.closed", 901, closing)
    assert turn(case.state("repatriation")) is None
    assert case.deadlines("repatriation") == ()
    assert refused(case.tries(PROVINCE, "repatriation.reintegration-planned", 902, PLAN)) == {"NET-ORDER"}


def test_an_answer_is_due_when_the_request_says_or_the_corridor() -> None:
    case = Case()
    requested(case)
    (deadline,) = case.deadlines("repatriation")
    assert (deadline.owed_by, deadline.due) == (MINISTRY, case.at(30) + limit("answer_hours", "kh-th").time)
    case = Case()
    case.says(THAI, "repatriation.requested", 30, RETURN | {"to": MINISTRY, "answer_by": case.at(40).isoformat()})
    assert [item.due for item in case.deadlines("repatriation")] == [case.at(40)]
    for seconds, marks in ((0, ()), (1, (("NET-ANSWER", "breach"),))):
        case = Case()
        asked = requested(case)
        hours = (case.deadlines("repatriation")[0].due - case.start) / timedelta(hours=1) + seconds / 3600
        answer = {"request": asked, "answer": "accepted"}
        case.says(MINISTRY, "repatriation.counterpart-answered", hours, answer, *marks)


def test_a_counterpart_that_needs_more_is_told_and_answers_then() -> None:
    case = Case()
    asked = requested(case)
    more = {"request": asked, "answer": "more-needed", "needed": ["identity-proof"]}
    case.says(MINISTRY, "repatriation.counterpart-answered", 40, more)
    assert whose(case) == ("counterpart-answered", THAI)
    case.says(MINISTRY, "repatriation.counterpart-answered", 60, {"request": asked, "answer": "accepted"})
    again = {"request": asked, "answer": "declined", "reason": "not-our-national"}
    assert refused(case.tries(MINISTRY, "repatriation.counterpart-answered", 61, again)) == {"NET-PARTY"}


@pytest.mark.parametrize(
    ("name", "data", "waiting"),
    [
        ("repatriation.counterpart-answered", {"answer": "accepted"}, "repatriation.requested"),
        ("repatriation.tracing-answered", {"answer": "accepted"}, "repatriation.tracing-requested"),
        ("repatriation.travel-scheduled", TRAVEL | {"to": TRANSIT}, "repatriation.requested"),
        ("repatriation.travel-document-issued", {"document": "laissez-passer"}, "repatriation.requested"),
    ],
)
def test_a_step_waits_for_what_it_builds_on(name: str, data: dict[str, Any], waiting: str) -> None:
    case = Case()
    data = data | {"request": "0190d7a0-0000-7000-8000-000000000001"}
    assert waits_for(case.tries(MINISTRY, name, 3, data)) == waiting


def test_a_journey_is_planned_only_once_the_counterpart_has_accepted() -> None:
    case = Case()
    asked = requested(case)
    travel = TRAVEL | {"request": asked, "to": TRANSIT}
    assert (
        waits_for(case.tries(THAI, "repatriation.travel-scheduled", 35, travel)) == "repatriation.counterpart-answered"
    )
    assert refused(case.tries(THAI, "repatriation.travel-scheduled", 35, travel, expired=True)) == {"NET-ORDER"}


def test_an_unannounced_return_enters_at_its_reception() -> None:
    case = Case()
    arrived = {"from_country": "TH", "place_kind": "border-post", "condition": "well", "unannounced": True}
    case.says(TRANSIT, "repatriation.received", 1, arrived)
    plan = case.says(PROVINCE, "repatriation.reintegration-planned", 50, PLAN)
    visit = case.says(PROVINCE, "repatriation.follow-up-made", 900, VISIT | {"plan": plan})
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": visit}
    case.says(PROVINCE, "repatriation.closed", 901, closing)
    assert case.state("repatriation").closed


def test_a_closing_waits_for_the_visit_that_it_names() -> None:
    case = Case()
    plan = case.says(PROVINCE, "repatriation.reintegration-planned", 50, PLAN)
    visit = case.event(PROVINCE, "repatriation.follow-up-made", 60, VISIT | {"plan": plan})
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": visit.id}
    assert waits_for(case.tries(PROVINCE, "repatriation.closed", 70, closing)) == "repatriation.follow-up-made"


def test_a_local_solution_is_decided_instead() -> None:
    case = Case()
    determined = case.says(MINISTRY, "repatriation.best-interests-determined", 25, {"solution": "foster"})
    local = {"solution": "foster", "determination": determined, "reason": "family-unsafe"}
    case.says(MINISTRY, "repatriation.local-solution-decided", 26, local)
    assert "local-solution-decided" in case.state("repatriation").steps
