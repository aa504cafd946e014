"""Repatriation: every step in its order, and at each of them whose turn it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.codes import DocumentKind
from contracts.events import EVENTS
from contracts.guidelines import limit
from contracts.guidelines.documents import documents
from contracts.journeys.repatriation import turn
from tests.unit.contracts.casework import (
    HEALTH,
    MINISTRY,
    PROVINCE,
    THAI,
    TRANSIT,
    Case,
    breaches,
    refused,
    waits_for,
)
from tests.unit.contracts.returning import (
    ARRIVED,
    HEARD,
    JOINT,
    MONTH,
    PLAN,
    SAFE,
    VISIT,
    accepted,
    determined,
    planned,
    received,
    requested,
    visits,
    whose,
)
from tests.unit.contracts.rules.test_xb_counterpart import TRAVEL, WAITING
from tests.unit.contracts.rules.test_xb_need import TRACING

NOBODY = "0190d7a0-0000-7000-8000-000000000001"


def hours_to(case: Case, due: object) -> float:
    """How many hours into the case an instant is."""
    assert isinstance(due, type(case.start))
    return (due - case.start) / timedelta(hours=1)


def test_a_return_from_its_tracing_to_its_closing_and_whose_turn_it_is() -> None:
    case = Case().told()
    assert turn(case.state("repatriation")) is None
    tracing = case.says(THAI, "repatriation.tracing-requested", 1, TRACING)
    assert whose(case) == ("tracing-answered", MINISTRY)
    case.says(MINISTRY, "repatriation.tracing-answered", 2, {"request": tracing, "answer": "accepted"})
    assert whose(case) == ("tracing-answered", MINISTRY)
    case.says(THAI, "repatriation.views-heard", 3, HEARD)
    case.says(MINISTRY, "repatriation.family-assessed", 20, SAFE)
    case.says(MINISTRY, "repatriation.risk-assessed", 21, JOINT)
    done = {"request": tracing, "answer": "result", "established": ["identity", "family"]}
    case.says(MINISTRY, "repatriation.tracing-answered", 22, done)
    assert whose(case) == ("best-interests-determined", THAI)
    case.says(THAI, "repatriation.best-interests-determined", 25, {"solution": "return"})
    assert whose(case) == ("requested", THAI)
    asked = requested(case)
    assert whose(case) == ("counterpart-answered", MINISTRY)
    case.says(MINISTRY, "repatriation.counterpart-answered", 40, {"request": asked, "answer": "accepted"})
    assert whose(case) == ("travel-document-issued", MINISTRY)
    case.says(MINISTRY, "repatriation.travel-document-issued", 60, {"request": asked, "document": "laissez-passer"})
    assert whose(case) == ("travel-scheduled", THAI)
    case.says(THAI, "repatriation.transit-entered", 70, WAITING | {"request": asked})
    assert whose(case) == ("travel-scheduled", THAI)
    case.says(THAI, "repatriation.travel-scheduled", 80, TRAVEL | {"request": asked, "to": TRANSIT})
    assert whose(case) == ("received", TRANSIT)
    crossing = {"request": asked, "from_country": "TH", "to_country": "KH", "crossing": "poipet"}
    case.says(THAI, "repatriation.border-crossed", 100, crossing)
    case.says(TRANSIT, "repatriation.received", 101, ARRIVED | {"request": asked})
    assert whose(case) == ("reintegration-planned", MINISTRY)
    plan = planned(case)
    assert whose(case) == ("follow-up-made", PROVINCE)
    visits(case, plan, 200 + MONTH, 1)
    assert whose(case) == ("follow-up-made", PROVINCE)
    last = visits(case, plan, 200 + 2 * MONTH, 1)
    assert whose(case) == ("closed", PROVINCE)
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": last}
    after = 201 + 2 * MONTH
    assert refused(case.tries(HEALTH, "repatriation.closed", after, closing)) == {"NET-PARTY"}
    case.says(PROVINCE, "repatriation.closed", after, closing)
    assert turn(case.state("repatriation")) is None
    assert case.deadlines("repatriation") == ()
    late = case.tries(MINISTRY, "repatriation.reintegration-planned", after + 1, PLAN)
    assert refused(late) == {"NET-ORDER"}


def test_an_answer_is_due_when_the_request_says_or_the_corridor() -> None:
    case = Case()
    requested(case)
    (deadline,) = case.deadlines("repatriation")
    assert (deadline.owed_by, deadline.due) == (MINISTRY, case.at(30) + limit("answer_hours", "kh-th").time)
    case = Case()
    requested(case, answer_by=case.at(40).isoformat())
    assert [item.due for item in case.deadlines("repatriation")] == [case.at(40)]
    for seconds, marks in ((0, ()), (1, (("NET-ANSWER", "breach"),))):
        case = Case()
        asked = requested(case)
        hours = hours_to(case, case.deadlines("repatriation")[0].due) + seconds / 3600
        answer = {"request": asked, "answer": "accepted"}
        case.says(MINISTRY, "repatriation.counterpart-answered", hours, answer, *marks)


def test_a_tracing_task_that_was_taken_on_still_has_its_result_to_give() -> None:
    case = Case()
    tracing = case.says(THAI, "repatriation.tracing-requested", 1, TRACING)
    case.says(MINISTRY, "repatriation.tracing-answered", 2, {"request": tracing, "answer": "accepted"})
    assert [item.cause for item in case.deadlines("repatriation")] == [tracing]
    case.says(MINISTRY, "repatriation.tracing-answered", 3, {"request": tracing, "answer": "result"})
    assert case.deadlines("repatriation") == ()
    again = {"request": tracing, "answer": "declined", "reason": "family-not-found"}
    assert refused(case.tries(MINISTRY, "repatriation.tracing-answered", 4, again)) == {"NET-PARTY"}


# ── the counterpart needs more, or declines ──


def needing(*needed: str) -> tuple[Case, str]:
    """A request of which the counterpart needs more."""
    case = Case()
    asked = requested(case)
    more = {"request": asked, "answer": "more-needed", "needed": list(needed)}
    case.says(MINISTRY, "repatriation.counterpart-answered", 40, more)
    return case, asked


def test_a_counterpart_that_needs_more_is_told_by_a_deadline_and_answers_then() -> None:
    case, asked = needing("identity-proof", "health-report")
    assert whose(case) == ("request-completed", THAI)
    (owed,) = case.deadlines("repatriation")
    assert (owed.owed_by, owed.due) == (THAI, case.at(40) + limit("completion_hours", "kh-th").time)
    part = {"request": asked, "given": ["identity-proof"]}
    assert refused(case.tries(THAI, "repatriation.request-completed", 50, part)) == {"NET-REASON"}
    whole = part | {"not_to_be_had": ["health-report"], "documents": ["birth-certificate"]}
    assert refused(case.tries(HEALTH, "repatriation.request-completed", 50, whole)) == {"NET-PARTY"}
    assert refused(case.tries(THAI, "repatriation.request-completed", 50, whole | {"sealed_digest": "A" * 43})) == {
        "XB-NEED"
    }
    completed = case.says(THAI, "repatriation.request-completed", 50, whole)
    assert whose(case) == ("counterpart-answered", MINISTRY)
    (owed,) = case.deadlines("repatriation")
    assert (owed.owed_by, owed.cause) == (MINISTRY, completed)
    assert owed.due == case.at(50) + limit("answer_hours", "kh-th").time
    case.says(MINISTRY, "repatriation.counterpart-answered", 60, {"request": asked, "answer": "accepted"})
    again = {"request": asked, "answer": "declined", "reason": "not-our-national"}
    assert refused(case.tries(MINISTRY, "repatriation.counterpart-answered", 61, again)) == {"NET-PARTY"}


@pytest.mark.parametrize(("seconds", "marks"), [(0, ()), (1, (("NET-ANSWER", "breach"),))])
def test_a_completion_that_comes_late_is_marked(seconds: int, marks: tuple[tuple[str, str], ...]) -> None:
    case, asked = needing("consent")
    hours = hours_to(case, case.deadlines("repatriation")[0].due) + seconds / 3600
    case.says(THAI, "repatriation.request-completed", hours, {"request": asked, "given": ["consent"]}, *marks)


def test_nothing_is_completed_that_nobody_asked_for() -> None:
    case = Case()
    asked = requested(case)
    told = {"request": asked, "given": ["consent"]}
    waiting = case.tries(THAI, "repatriation.request-completed", 40, told)
    assert waits_for(waiting) == "repatriation.counterpart-answered"
    assert refused(case.tries(THAI, "repatriation.request-completed", 40, told, expired=True)) == {"NET-ORDER"}


@pytest.mark.parametrize("answer", ["declined", "more-needed"])
def test_an_answer_that_is_no_yes_says_why_or_what(answer: str) -> None:
    case = Case()
    data = {"request": requested(case), "answer": answer}
    assert refused(case.tries(MINISTRY, "repatriation.counterpart-answered", 40, data)) == {"NET-REASON"}


def test_after_a_refusal_the_asker_decides_by_a_deadline() -> None:
    case = Case()
    asked = requested(case)
    no = {"request": asked, "answer": "declined", "reason": "not-our-national"}
    declined = case.says(MINISTRY, "repatriation.counterpart-answered", 40, no)
    assert whose(case) == ("requested", THAI)
    (owed,) = case.deadlines("repatriation")
    assert (owed.owed_by, owed.cause) == (THAI, declined)
    assert owed.due == case.at(40) + limit("decision_hours", "kh-th").time
    requested(case, 50)
    assert whose(case) == ("counterpart-answered", MINISTRY)
    assert [item.owed_by for item in case.deadlines("repatriation")] == [MINISTRY]


# ── another solution ──


def test_a_local_solution_is_decided_instead_and_what_was_asked_abroad_is_over() -> None:
    case = Case()
    asked = requested(case)
    found = case.says(THAI, "repatriation.views-heard", 31, HEARD)
    best = {"solution": "foster", "views": found}
    determination = case.says(THAI, "repatriation.best-interests-determined", 32, best)
    local = {"solution": "foster", "determination": determination, "reason": "family-unsafe"}
    assert refused(case.tries(HEALTH, "repatriation.local-solution-decided", 33, local, expired=True)) == {"NET-PARTY"}
    case.says(THAI, "repatriation.local-solution-decided", 33, local)
    assert case.deadlines("repatriation") == ()
    assert whose(case) == ("reintegration-planned", THAI)
    answer = {"request": asked, "answer": "accepted"}
    assert refused(case.tries(MINISTRY, "repatriation.counterpart-answered", 34, answer)) == {"NET-PARTY"}
    planned(case, 40, THAI, placement="foster", lead=THAI)
    assert whose(case) == ("follow-up-made", THAI)


@pytest.mark.parametrize(
    ("solution", "step"),
    [("return", "requested"), ("third-country", "requested"), ("foster", "local-solution-decided")],
)
def test_what_follows_a_determination(solution: str, step: str) -> None:
    case = Case()
    tracing = TRACING | {"answer_by": case.at(9).isoformat()}
    asked = case.says(THAI, "repatriation.tracing-requested", 1, tracing)
    case.says(MINISTRY, "repatriation.tracing-answered", 1.5, {"request": asked, "answer": "result"})
    case.says(THAI, "repatriation.views-heard", 2, HEARD)
    case.says(MINISTRY, "repatriation.risk-assessed", 2, JOINT)
    case.says(THAI, "repatriation.best-interests-determined", 3, {"solution": solution})
    assert whose(case) == (step, THAI)


def test_somebody_goes_to_a_third_country_by_the_channel_of_its_corridor() -> None:
    case = Case()
    determination = determined(case, solution="third-country")
    asked = {"to": "au-home", "from_country": "KH", "to_country": "AU", "corridor": "kh-au", "channel": "diplomatic"}
    decision = case.told().tries(
        MINISTRY, "repatriation.requested", 30, asked | {"person": "child", "determination": determination}
    )
    # Its country is in nobody's directory here: everything but the counterpart itself is in order.
    assert refused(decision) == {"XB-COUNTERPART"}


def test_a_determination_waits_for_the_risk_of_a_return_that_two_assessed_together() -> None:
    case = Case()
    case.says(THAI, "repatriation.views-heard", 2, HEARD)
    best = {"solution": "return"}
    case.says(THAI, "repatriation.risk-assessed", 2, {"level": "low"})
    case.says(THAI, "repatriation.risk-assessed", 2, {"level": "low", "with_agency": THAI})
    waiting = case.tries(THAI, "repatriation.best-interests-determined", 3, best)
    assert waits_for(waiting) == "repatriation.risk-assessed"
    assert refused(case.tries(THAI, "repatriation.best-interests-determined", 3, best, expired=True)) == {"NET-ORDER"}
    case.says(MINISTRY, "repatriation.risk-assessed", 3, JOINT)
    case.says(THAI, "repatriation.best-interests-determined", 4, best)


def test_a_request_waits_for_the_determination_that_it_names() -> None:
    case = Case().told()
    data = {"determination": NOBODY}
    from_thai = {"to": MINISTRY, "from_country": "TH", "to_country": "KH", "corridor": "kh-th"}
    asked = from_thai | {"channel": "instrument", "instrument": "kh-th", "person": "child"} | data
    waiting = case.tries(THAI, "repatriation.requested", 30, asked)
    assert waits_for(waiting) == "repatriation.best-interests-determined"


# ── order, travel, documents ──


@pytest.mark.parametrize(
    ("name", "data", "waiting"),
    [
        ("repatriation.counterpart-answered", {"answer": "accepted"}, "repatriation.requested"),
        ("repatriation.tracing-answered", {"answer": "accepted"}, "repatriation.tracing-requested"),
        ("repatriation.request-completed", {}, "repatriation.requested"),
        ("repatriation.travel-scheduled", TRAVEL | {"to": TRANSIT}, "repatriation.requested"),
        ("repatriation.travel-document-issued", {"document": "laissez-passer"}, "repatriation.requested"),
    ],
)
def test_a_step_waits_for_what_it_builds_on(name: str, data: dict[str, Any], waiting: str) -> None:
    assert waits_for(Case().tries(MINISTRY, name, 3, data | {"request": NOBODY})) == waiting


def test_a_step_of_a_return_that_was_never_asked_for_is_on_record_and_moves_nothing() -> None:
    case = Case()
    tracing = TRACING | {"answer_by": case.at(9).isoformat()}
    case.says(THAI, "repatriation.tracing-requested", 1, tracing)
    before = case.state("repatriation")
    case.says(HEALTH, "repatriation.received", 3, ARRIVED | {"request": NOBODY}, ("NET-ORDER", "unproven"))
    assert case.state("repatriation") == before


def test_a_journey_is_planned_only_once_the_counterpart_has_accepted() -> None:
    case = Case()
    travel = TRAVEL | {"request": requested(case), "to": TRANSIT}
    waiting = case.tries(THAI, "repatriation.travel-scheduled", 35, travel)
    assert waits_for(waiting) == "repatriation.counterpart-answered"
    assert refused(case.tries(THAI, "repatriation.travel-scheduled", 35, travel, expired=True)) == {"NET-ORDER"}


def test_a_group_that_travels_has_its_incident() -> None:
    case = Case()
    travel = TRAVEL | {"request": accepted(case), "to": TRANSIT, "needs": ["infant-care"], "group_of": 24}
    assert refused(case.tries(THAI, "repatriation.travel-scheduled", 35, travel)) == {"NET-ORDER"}
    case.says(THAI, "repatriation.travel-scheduled", 35, travel | {"incident": NOBODY})


def test_who_has_a_date_to_travel_needs_no_paper_any_more() -> None:
    case = Case()
    case.says(THAI, "repatriation.travel-scheduled", 35, TRAVEL | {"request": accepted(case), "to": TRANSIT})
    assert whose(case) == ("received", TRANSIT)


def test_a_step_names_documents_of_its_own() -> None:
    case = Case()
    travel = TRAVEL | {"request": accepted(case), "to": TRANSIT}
    strange = travel | {"documents": ["laissez-passer", "verdict"]}
    assert refused(case.tries(THAI, "repatriation.travel-scheduled", 35, strange)) == {"NET-DOCUMENT"}
    case.says(THAI, "repatriation.travel-scheduled", 35, travel | {"documents": ["laissez-passer"]})
    issued = {"request": travel["request"], "document": "complaint"}
    case.says(MINISTRY, "repatriation.travel-document-issued", 36, issued, ("NET-DOCUMENT", "breach"))


def test_documents_are_listed_for_steps_that_name_them_and_criminal_justices_for_none() -> None:
    own = [kind for kind in EVENTS.values() if kind.family == "repatriation"]
    naming = {kind.name for kind in own if {"documents", "document"} & set(kind.model.model_fields)}
    listed = {f"repatriation.{kind.name}" for kind in own if documents(f"repatriation.{kind.name}")}
    assert listed == {f"repatriation.{name}" for name in naming}
    used = {kind for name in listed for kind in documents(name)}
    assert set(DocumentKind) - used == {DocumentKind.COMPLAINT, DocumentKind.WARRANT, DocumentKind.VERDICT}
    assert documents("repatriation.closed") == ()


# ── who comes back ──


def test_an_unannounced_return_enters_at_its_reception() -> None:
    case = Case()
    arrived = {"from_country": "TH", "place_kind": "border-post", "condition": "well", "unannounced": True}
    case.says(TRANSIT, "repatriation.received", 1, arrived)
    assert whose(case) == ("reintegration-planned", TRANSIT)
    assert case.state("repatriation").corridor == "kh-th"
    plan = planned(case, 50)
    assert whose(case) == ("follow-up-made", PROVINCE)
    last = visits(case, plan, 50 + MONTH, 2)
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": last}
    case.says(PROVINCE, "repatriation.closed", 60 + 2 * MONTH, closing)
    assert case.state("repatriation").closed


def test_an_adult_who_came_back_is_called_and_needs_no_plan() -> None:
    case = Case()
    asked = accepted(case, person="adult", gender="Feminine")
    case.says(THAI, "repatriation.travel-scheduled", 35, TRAVEL | {"request": asked, "to": TRANSIT})
    case.says(TRANSIT, "repatriation.received", 60, ARRIVED | {"request": asked})
    assert whose(case) == ("follow-up-made", TRANSIT)
    case.says(MINISTRY, "repatriation.follow-up-made", 700, {"contact": "phone", "outcome": "not-found"})
    assert whose(case) == ("follow-up-made", TRANSIT)
    case.says(MINISTRY, "repatriation.follow-up-made", 800, {"contact": "phone", "outcome": "well"})
    assert whose(case) == ("closed", TRANSIT)


def test_who_comes_back_again_is_planned_for_anew() -> None:
    case = Case()
    received(case, accepted(case))
    planned(case)
    received(case, accepted(case, 300), 400)
    assert whose(case) == ("reintegration-planned", MINISTRY)
    again = planned(case, 500)
    assert case.state("repatriation").plan.id == again


def test_who_is_deported_after_a_return_is_planned_for_where_they_arrived() -> None:
    case = Case()
    received(case, accepted(case))
    assert whose(case) == ("reintegration-planned", MINISTRY)
    case.says(PROVINCE, "repatriation.received", 300, ARRIVED | {"unannounced": True})
    assert whose(case) == ("reintegration-planned", PROVINCE)


def test_a_plan_made_before_the_reception_stands() -> None:
    case = Case()
    asked = accepted(case)
    plan = planned(case, 40)
    assert whose(case) == ("travel-document-issued", MINISTRY)
    received(case, asked)
    assert case.state("repatriation").plan.id == plan


def test_a_closing_waits_for_the_visit_that_it_names() -> None:
    case = Case()
    plan = planned(case, 50)
    visit = case.event(PROVINCE, "repatriation.follow-up-made", 60, VISIT | {"plan": plan})
    closing = {"exit": "follow-up-done", "plan": plan, "follow_up": visit.id}
    assert waits_for(case.tries(PROVINCE, "repatriation.closed", 70, closing)) == "repatriation.follow-up-made"
    other = {"exit": "follow-up-done", "plan": NOBODY}
    waiting = case.tries(PROVINCE, "repatriation.closed", 70, other)
    assert waits_for(waiting) == "repatriation.reintegration-planned"


def test_a_visit_by_a_stranger_is_a_claim_and_counts_for_nothing() -> None:
    case = Case()
    plan = planned(case, 50)
    waiting = case.tries(HEALTH, "repatriation.follow-up-made", 60, VISIT | {"plan": plan})
    assert waits_for(waiting) == "custody.handover-accepted"
    case.says(HEALTH, "repatriation.follow-up-made", 60, VISIT | {"plan": plan}, ("NET-PARTY", "dispute"))
    assert case.state("repatriation").visits == ()
    asking = {"to": HEALTH, "service": "follow-up", "urgency": "routine", "person": "child"}
    request = case.says(PROVINCE, "referral.requested", 61, asking | {"answer_by": case.at(99).isoformat()})
    case.says(HEALTH, "referral.answered", 62, {"request": request, "answer": "accepted", "capacity": "capacity"})
    case.says(HEALTH, "repatriation.follow-up-made", 63, VISIT | {"plan": plan})
    assert len(case.state("repatriation").visits) == 1


def test_a_late_report_of_a_visit_under_a_former_plan_is_kept_and_counts_for_no_other() -> None:
    case = Case()
    first, second = planned(case, 50), planned(case, 60, placement="foster")
    case.says(PROVINCE, "repatriation.follow-up-made", 61, VISIT | {"plan": first})
    assert case.state("repatriation").visits == ()
    case.says(PROVINCE, "repatriation.follow-up-made", 62, VISIT | {"plan": second})
    assert len(case.state("repatriation").visits) == 1


def test_a_stranger_plans_nothing_and_determines_nothing() -> None:
    case = Case()
    for name, data in (
        ("repatriation.reintegration-planned", PLAN | {"lead": HEALTH}),
        ("repatriation.best-interests-determined", {"solution": "foster", "person": "adult"}),
    ):
        assert waits_for(case.tries(HEALTH, name, 3, data)) == "custody.handover-accepted"
        assert refused(case.tries(HEALTH, name, 3, data, expired=True)) == {"NET-PARTY"}


def test_who_took_the_person_on_plans_and_who_claims_to_does_not() -> None:
    case = Case()
    case.opened(MINISTRY, place="office")
    case.handover(MINISTRY, PROVINCE, 2, "office")
    planned(case, 10, PROVINCE)
    opening = {"holder": HEALTH, "person": "child", "place_kind": "hospital", "from_report": NOBODY}
    claimed = case.tries(HEALTH, "custody.opened", 11, opening, expired=True)
    assert ("CUS-ONE", "dispute") in breaches(claimed)
    assert waits_for(case.tries(HEALTH, "repatriation.reintegration-planned", 12, PLAN)) == "custody.handover-accepted"


@pytest.mark.parametrize("kind", ["tracing", "return"])
def test_a_question_that_its_asker_takes_back_is_owed_by_nobody(kind: str) -> None:
    case = Case()
    case.report()
    if kind == "tracing":
        tracing = {"to": THAI, "country": "TH", "tasks": ["identity"], "answer_by": "2009-03-20T08:00:00Z"}
        asked = case.says(MINISTRY, "repatriation.tracing-requested", 4, tracing)
    else:
        case.says(MINISTRY, "intake.child-informed", 2, {"topics": ["rights", "repatriation-process"]})
        wish = {"to": THAI, "from_country": "KH", "to_country": "TH", "corridor": "kh-th", "channel": "instrument"}
        asked = case.says(MINISTRY, "repatriation.requested", 4, wish | {"instrument": "kh-th", "person": "child"})
    assert [item.owed_by for item in case.deadlines("repatriation")] == [THAI]
    wrong = {"corrects": asked, "reason": "wrong-case"}
    case.says(THAI, "repatriation.corrected", 5, wrong)
    assert [item.owed_by for item in case.deadlines("repatriation")] == [THAI], "only who asked takes it back"
    # Long after its time too: who takes a question back is not the one who had not answered it.
    case.says(MINISTRY, "repatriation.corrected", 24 * 90, wrong)
    assert case.deadlines("repatriation") == ()
