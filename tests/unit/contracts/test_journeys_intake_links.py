"""Intake beyond one report: links and their end, a case that goes on, and the sealed query at screening."""

from __future__ import annotations

from typing import Any

from contracts.identifiers import derived_id
from tests.unit.contracts.casework import (
    FORCES,
    MINISTRY,
    POLICE,
    SHELTER,
    START,
    Case,
    breaches,
    refused,
    waits_for,
)

OTHER = derived_id(START, "other")
SCREENED = {"status": "PossibleVictimOfTrafficking", "organization": "Police", "person": "child"}
ORDER, PARTY = {"NET-ORDER"}, {"NET-PARTY"}


def reported() -> Case:
    case = Case()
    case.report()
    return case


def query(case: Case, to: str = MINISTRY, hours: float = 30) -> dict[str, Any]:
    return {"to": to, "sealed_digest": "A" * 43, "answer_by": case.at(hours).isoformat()}


def asked() -> tuple[Case, str]:
    case = reported()
    case.says(POLICE, "intake.screening-recorded", 1, SCREENED)
    return case, case.says(POLICE, "intake.match-asked", 2, query(case))


def test_a_case_is_linked_once_with_another_and_unlinked() -> None:
    case = reported()
    link = {"other_case": OTHER, "confidence": "probable", "basis": ["child-says-so"]}
    undo = {"other_case": OTHER, "reason": "different-persons"}
    assert waits_for(case.tries(MINISTRY, "intake.cases-unlinked", 1, undo)) == "intake.cases-linked"
    assert refused(case.tries(MINISTRY, "intake.cases-unlinked", 1, undo, expired=True)) == ORDER
    assert refused(case.tries(MINISTRY, "intake.cases-linked", 2, link | {"other_case": case.id})) == ORDER
    case.says(MINISTRY, "intake.cases-linked", 3, link)
    case.says(MINISTRY, "intake.cases-linked", 4, link | {"confidence": "certain"})
    assert case.state("intake").linked == (OTHER,)
    case.says(MINISTRY, "intake.cases-unlinked", 5, undo)
    assert case.state("intake").linked == ()


def test_a_closed_case_goes_on() -> None:
    case = reported()
    again = {"reason": "re-trafficked"}
    assert waits_for(case.tries(MINISTRY, "intake.case-reopened", 1, again)) == "intake.case-closed"
    assert refused(case.tries(MINISTRY, "intake.case-reopened", 1, again, expired=True)) == ORDER
    case.closes(2)
    reopened = case.says(SHELTER, "intake.case-reopened", 3, again)
    assert (case.state("intake").closed, case.state("intake").reopened) == (None, (reopened,))
    case.says(POLICE, "intake.screening-recorded", 4, SCREENED)
    case.closes(5)
    case.says(MINISTRY, "intake.case-reopened", 6, again)
    assert len(case.state("intake").reopened) == 2


def test_a_query_is_asked_at_screening_of_the_authority_that_keeps_the_register() -> None:
    case = reported()
    assert waits_for(case.tries(POLICE, "intake.match-asked", 1, query(case))) == "intake.screening-recorded"
    case.says(POLICE, "intake.screening-recorded", 1, SCREENED)
    assert refused(case.tries(POLICE, "intake.match-asked", 2, query(case, SHELTER))) == {"XB-NEED"}
    case.says(POLICE, "intake.match-asked", 3, query(case))


def test_the_authority_answers_the_one_that_asked_once() -> None:
    case, match = asked()
    answer = {"query": match, "to": POLICE, "answer": "maybe"}
    assert refused(case.tries(SHELTER, "intake.match-answered", 3, answer)) == PARTY
    assert refused(case.tries(MINISTRY, "intake.match-answered", 3, answer | {"to": FORCES})) == PARTY
    unknown = answer | {"query": OTHER}
    assert waits_for(case.tries(MINISTRY, "intake.match-answered", 3, unknown)) == "intake.match-asked"
    case.says(MINISTRY, "intake.match-answered", 4, answer)
    assert refused(case.tries(MINISTRY, "intake.match-answered", 5, answer)) == PARTY
    assert case.state("intake").queries[match].answer == "maybe"


def test_an_answer_is_due_by_the_time_that_the_query_names_and_not_in_a_closed_case() -> None:
    case, match = asked()
    (owed,) = case.deadlines("intake")
    assert (owed.rule, owed.cause, owed.due, owed.owed_by) == ("NET-ANSWER", match, case.at(30), MINISTRY)
    case.closes(5)
    assert case.deadlines("intake") == ()
    case.says(MINISTRY, "intake.case-reopened", 6, {"reason": "found-again"})
    late = case.tries(MINISTRY, "intake.match-answered", 31, {"query": match, "to": POLICE, "answer": "no"})
    assert breaches(late) == {("NET-ANSWER", "breach")}
    assert case.deadlines("intake") == ()


def test_nobody_floods_the_register() -> None:
    case, _ = asked()
    for _ in range(99):
        case.says(POLICE, "intake.match-asked", 3, query(case))
    assert refused(case.tries(POLICE, "intake.match-asked", 3, query(case))) == {"NET-MANY"}


def test_what_is_claimed_before_the_report_changes_nothing() -> None:
    case = Case()
    adult = SCREENED | {"person": "adult", "relationship": "Familial"}
    found = case.tries(POLICE, "intake.screening-recorded", 1, adult, expired=True)
    assert breaches(found) == {("NET-ORDER", "unproven"), ("D107-AGE", "breach")}
    assert case.state("intake") == type(case.state("intake"))()
