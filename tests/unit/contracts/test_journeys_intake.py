"""Intake, justice and audit: a case begins once, with its own code; services' words are their own."""

from __future__ import annotations

import pytest

from contracts.fields import case_code
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS, journey
from contracts.journeys.registry import SERVICE_OF
from tests.unit.contracts.casework import FORCES, MINISTRY, POLICE, START, Case, breaches, refused, waits_for

CLOSING = {"exit": "follow-up-done", "status": "Closed"}


def test_from_the_report_to_the_closing() -> None:
    case = Case()
    report = case.report()
    case.says(POLICE, "intake.risk-assessed", 1, {"level": "low", "safe_to_move": True})
    case.says(
        POLICE,
        "intake.screening-recorded",
        2,
        {"status": "PossibleVictimOfTrafficking", "organization": "Police", "person": "child"},
    )
    decided = {"status": "ActualVictimOfTrafficking", "organization": "NonPoliceGovernmentalOrganization"}
    case.says(MINISTRY, "intake.identification-decided", 3, decided)
    case.says(MINISTRY, "intake.age-determined", 4, {"result": "child", "evidence": ["birth-certificate"]})
    case.says(MINISTRY, "intake.child-informed", 5, {"topics": ["rights"]})
    event = case.event(MINISTRY, "intake.case-closed", 900, CLOSING | {"exit": "duplicate"})
    assert breaches(case.judge(event, countersigner=POLICE)) == set()
    state = case.state("intake")
    assert (state.report, state.presumed, state.age, state.status) == (report, "child", "child", decided["status"])
    assert state.closed is not None


def test_everything_waits_for_the_report() -> None:
    case = Case()
    assessed = {"level": "low", "safe_to_move": True}
    assert waits_for(case.tries(POLICE, "intake.risk-assessed", 1, assessed)) == "intake.report-received"
    late = case.tries(POLICE, "intake.risk-assessed", 1, assessed, expired=True)
    assert breaches(late) == {("NET-ORDER", "unproven")}
    informed = {"result": "child", "evidence": []}
    assert refused(case.tries(POLICE, "intake.age-determined", 1, informed, expired=True)) == {"NET-ORDER"}


def test_a_second_report_is_a_fact_and_a_dispute_and_changes_nothing() -> None:
    case = Case()
    first = case.report()
    second = case.event(FORCES, "intake.report-received", 3, _said(case))
    assert breaches(case.judge(second)) == {("NET-ORDER", "dispute")}
    assert case.state("intake").report == first


def test_a_code_of_another_case_is_marked() -> None:
    case = Case()
    data = _said(case) | {"code": case_code(derived_id(START, "another case"))}
    assert breaches(case.tries(POLICE, "intake.report-received", 0, data)) == {("NET-CODE", "breach")}


def test_closing_waits_for_the_closure_that_it_names() -> None:
    case = Case()
    case.report()
    closed = case.event(MINISTRY, "repatriation.closed", 800, {"exit": "duplicate"})
    closing = case.event(MINISTRY, "intake.case-closed", 801, CLOSING | {"exit": "duplicate", "closure": closed.id})
    assert waits_for(case.judge(closing)) == "repatriation.closed"
    case.judge(closed, countersigner=POLICE)
    assert breaches(case.judge(closing)) == set()


def test_nothing_is_proposed_in_a_closed_case_and_facts_are_still_taken() -> None:
    case = Case()
    case.report()
    event = case.event(MINISTRY, "intake.case-closed", 9, CLOSING | {"exit": "died"})
    assert breaches(case.judge(event, countersigner=POLICE)) == set()
    assert refused(case.tries(MINISTRY, "intake.case-closed", 10, CLOSING)) == {"NET-ORDER", "C009-FOLLOWUP"}
    assessed = {"level": "low", "safe_to_move": True}
    assert breaches(case.tries(POLICE, "intake.risk-assessed", 10, assessed)) == {("NET-ORDER", "breach")}


def test_findings_are_raised_by_the_audit_service_alone() -> None:
    case = Case()
    report = case.report()
    data = {"rule": "CUS-GAP", "code": "missing", "cause": report, "cause_digest": "A" * 43, "of_family": "intake"}
    for source, actor in (("agencies", POLICE), ("services", "referral")):
        event = case.event(actor, "audit.finding-raised", 2, data, source=source)
        assert refused(case.judge(event)) == {"NET-SERVICE"}
    assert breaches(case.judge(case.event("audit", "audit.finding-raised", 2, data, source="services"))) == set()


@pytest.mark.parametrize("family", sorted(JOURNEYS))
def test_every_family_has_a_journey_a_service_and_a_state_that_can_be_stored(family: str) -> None:
    own = journey(family)
    assert own.family == family
    assert SERVICE_OF[family] in {"intake", "referral", "repatriation", "audit"}
    state = own.state()
    assert own.state.model_validate_json(state.model_dump_json()) == state
    assert own.deadlines(state) == ()
    assert not any(name.startswith(f"{family}.") for name in own.followed)


@pytest.mark.parametrize("family", sorted(JOURNEYS))
def test_no_agency_says_that_a_deadline_has_passed(family: str) -> None:
    case = Case()
    data = {"rule": "CUS-GAP", "cause": case.id, "due": "2009-03-03T08:00:00Z"}
    for name in (POLICE, SERVICE_OF[family]):
        event = case.event(name, f"{family}.deadline-passed", 30, data)
        assert refused(case.judge(event)) == {"NET-SERVICE"}
    right = case.event(SERVICE_OF[family], f"{family}.deadline-passed", 30, data, source="services")
    assert breaches(case.judge(right, expired=True)) == set()
    assert case.state(family).passed == (("CUS-GAP", case.id),)


def _said(case: Case) -> dict[str, object]:
    twin = Case(case.start)
    twin.report()
    said = twin.events[0].data.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return dict(said)
