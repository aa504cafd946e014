"""NET-FINDING: whom a finding is about says its side before another agency judges it, each in its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.decision import Accept
from contracts.guidelines import limit
from tests.unit.contracts.casework import (
    COUNCIL,
    MINISTRY,
    POLICE,
    SHELTER,
    Case,
    breaches,
    refused,
    waits_for,
)

REPLY = limit("finding_reply_hours").time / timedelta(hours=1)
JUDGE = limit("finding_judge_hours").time / timedelta(hours=1)
EXPLAINED = {"reply": "explained", "grounds": ["network-down"]}


def raised(owner: str | None = SHELTER, oversight: str | None = COUNCIL) -> tuple[Case, str]:
    """A case in which something was found, at its first hour."""
    case = Case()
    report = case.report()
    digest = case.events[-1].digest
    data = {"rule": "CUS-TIME", "code": "late", "cause": report, "cause_digest": digest, "of_family": "intake"}
    data |= {"owner": owner} if owner is not None else {}
    data |= {"oversight": oversight} if oversight is not None else {}
    event = case.event("audit", "audit.finding-raised", 1, data, source="services")
    assert isinstance(case.judge(event, expired=True), Accept)
    return case, event.id


def turn(case: Case) -> list[tuple[str | None, float]]:
    return [(item.owed_by, (item.due - case.start) / timedelta(hours=1)) for item in case.deadlines("audit")]


def answer(case: Case, finding: str, hours: float = 2, **more: Any) -> str:
    return case.says(SHELTER, "audit.finding-answered", hours, {"finding": finding, **EXPLAINED, **more})


def judging(finding: str, outcome: str = "justified", to: str | None = SHELTER) -> dict[str, Any]:
    return {"finding": finding, "outcome": outcome} | ({"to": to} if to is not None else {})


def status(case: Case, finding: str) -> str:
    return str(case.state("audit").findings[finding].status)


def test_from_the_finding_to_its_end() -> None:
    case, finding = raised()
    assert turn(case) == [(SHELTER, 1 + REPLY)]
    answer(case, finding)
    assert (status(case, finding), turn(case)) == ("answered", [(COUNCIL, 2 + JUDGE)])
    case.says(COUNCIL, "audit.finding-resolved", 3, judging(finding))
    assert (status(case, finding), turn(case)) == ("resolved", [])


def test_no_time_is_verified() -> None:
    case, finding = raised()
    assert [item.verified for item in case.deadlines("audit")] == [False]
    answer(case, finding)
    assert [item.verified for item in case.deadlines("audit")] == [False]


def test_the_one_it_is_about_answers_and_no_other() -> None:
    case, finding = raised()
    said = {"finding": finding, **EXPLAINED}
    assert refused(case.tries(POLICE, "audit.finding-answered", 2, said)) == {"NET-FINDING"}
    case, finding = raised(owner=None)
    assert refused(case.tries(SHELTER, "audit.finding-answered", 2, {"finding": finding, **EXPLAINED})) == {
        "NET-FINDING"
    }


@pytest.mark.parametrize(
    ("reply", "grounds", "right"),
    [("admitted", [], True), ("explained", [], False), ("disputed", [], False), ("disputed", ["not-ours"], True)],
)
def test_who_explains_or_disputes_says_by_what(reply: str, grounds: list[str], right: bool) -> None:
    case, finding = raised()
    decision = case.tries(
        SHELTER, "audit.finding-answered", 2, {"finding": finding, "reply": reply, "grounds": grounds}
    )
    assert isinstance(decision, Accept) if right else refused(decision) == {"NET-FINDING"}


def test_the_answer_when_due_is_in_time_and_a_second_later_it_is_marked() -> None:
    for seconds, marks in ((0, set()), (1, {("NET-FINDING", "breach")})):
        case, finding = raised()
        hours = 1 + REPLY + seconds / 3600
        decision = case.tries(SHELTER, "audit.finding-answered", hours, {"finding": finding, **EXPLAINED})
        assert breaches(decision) == marks


@pytest.mark.parametrize("judge", [MINISTRY, POLICE, SHELTER])
def test_who_has_no_oversight_judges_nothing(judge: str) -> None:
    case, finding = raised()
    answer(case, finding)
    assert refused(case.tries(judge, "audit.finding-resolved", 3, judging(finding))) == {"NET-FINDING"}


def test_nobody_judges_a_finding_about_itself() -> None:
    case, finding = raised(owner=COUNCIL, oversight=None)
    case.says(COUNCIL, "audit.finding-answered", 2, {"finding": finding, "reply": "admitted"})
    said = judging(finding, "withdrawn", None)
    assert refused(case.tries(COUNCIL, "audit.finding-resolved", 3, said)) == {"NET-FINDING"}


def test_nothing_is_upheld_before_whom_it_is_about_was_heard() -> None:
    case, finding = raised()
    upheld = judging(finding, "upheld")
    assert refused(case.tries(COUNCIL, "audit.finding-resolved", 2, upheld)) == {"NET-FINDING"}
    case.says(COUNCIL, "audit.finding-resolved", 2, judging(finding, "withdrawn"))
    for heard in ("answer", "time"):
        case, finding = raised()
        if heard == "answer":
            answer(case, finding)
        else:
            case.wait("audit", 1 + REPLY)
            assert refused(case.tries(COUNCIL, "audit.finding-resolved", 1 + REPLY, upheld | {"finding": finding})) == {
                "NET-FINDING"
            }
            case.wait("audit", 2 + REPLY)
            assert status(case, finding) == "unanswered"
            assert turn(case) == [(COUNCIL, 1 + REPLY + JUDGE)]
        case.says(COUNCIL, "audit.finding-resolved", 3 + REPLY, judging(finding, "upheld"))


def test_what_is_about_no_agency_is_judged_at_once() -> None:
    case, finding = raised(owner=None)
    assert turn(case) == [(COUNCIL, 1 + JUDGE)]
    assert refused(case.tries(COUNCIL, "audit.finding-resolved", 2, judging(finding, "upheld"))) == {"NET-FINDING"}
    case.says(COUNCIL, "audit.finding-resolved", 2, judging(finding, "upheld", None))
    case.says(COUNCIL, "audit.finding-reopened", 3, {"finding": finding, "reason": "not-remedied"})
    assert turn(case) == [(COUNCIL, 3 + JUDGE)]


def test_whom_it_is_about_is_told() -> None:
    case, finding = raised()
    answer(case, finding)
    for to in (None, POLICE):
        said = judging(finding, "upheld", to)
        assert refused(case.tries(COUNCIL, "audit.finding-resolved", 3, said)) == {"NET-FINDING"}


def test_judged_when_due_is_in_time_and_a_second_later_it_is_marked() -> None:
    for seconds, marks in ((0, set()), (1, {("NET-FINDING", "breach")})):
        case, finding = raised()
        answer(case, finding)
        decision = case.tries(COUNCIL, "audit.finding-resolved", 2 + JUDGE + seconds / 3600, judging(finding))
        assert breaches(decision) == marks


def test_who_answers_again_does_not_put_the_judgement_off() -> None:
    case, finding = raised()
    answer(case, finding)
    answer(case, finding, 5, reply="admitted")
    assert turn(case) == [(COUNCIL, 2 + JUDGE)]


def test_a_resolved_finding_is_reopened_by_whom_it_is_about_or_by_oversight_and_by_nobody_else() -> None:
    for who in (SHELTER, COUNCIL):
        case, finding = raised()
        answer(case, finding)
        again = {"finding": finding, "reason": "new-evidence"} | ({"to": SHELTER} if who == COUNCIL else {})
        assert refused(case.tries(who, "audit.finding-reopened", 3, again)) == {"NET-FINDING"}
        case.says(COUNCIL, "audit.finding-resolved", 3, judging(finding, "upheld"))
        assert refused(case.tries(SHELTER, "audit.finding-answered", 4, {"finding": finding, **EXPLAINED})) == {
            "NET-FINDING"
        }
        assert refused(case.tries(COUNCIL, "audit.finding-resolved", 4, judging(finding))) == {"NET-FINDING"}
        assert refused(case.tries(POLICE, "audit.finding-reopened", 4, again | {"to": SHELTER})) == {"NET-FINDING"}
        case.says(who, "audit.finding-reopened", 5, again)
        assert (status(case, finding), turn(case)) == ("raised", [(SHELTER, 5 + REPLY)])
        assert refused(case.tries(COUNCIL, "audit.finding-resolved", 6, judging(finding, "upheld"))) == {"NET-FINDING"}
        answer(case, finding, 6)
        case.says(COUNCIL, "audit.finding-resolved", 7, judging(finding, "remedied"))
        assert case.state("audit").findings[finding].reopened == 1


def test_what_names_no_finding_waits_for_one() -> None:
    case, _ = raised()
    for name, data in (
        ("answered", EXPLAINED),
        ("resolved", {"outcome": "withdrawn"}),
        ("reopened", {"reason": "new-evidence"}),
    ):
        decision = case.tries(COUNCIL, f"audit.finding-{name}", 2, {"finding": case.id, **data})
        assert waits_for(decision) == "audit.finding-raised"


def test_an_answer_and_a_judgement_are_taken_back_by_their_senders_alone() -> None:
    case, finding = raised()
    said = answer(case, finding)
    wrong = {"corrects": said, "reason": "wrong-code"}
    case.says(POLICE, "audit.corrected", 3, wrong, ("NET-PARTY", "dispute"))
    assert status(case, finding) == "answered"
    case.says(SHELTER, "audit.corrected", 4, wrong)
    assert (status(case, finding), turn(case)) == ("raised", [(SHELTER, 1 + REPLY)])
    answer(case, finding, 5)
    judged = case.says(COUNCIL, "audit.finding-resolved", 6, judging(finding))
    case.says(SHELTER, "audit.corrected", 7, {"corrects": judged, "reason": "wrong-code"}, ("NET-PARTY", "dispute"))
    case.says(COUNCIL, "audit.corrected", 8, {"corrects": judged, "reason": "wrong-code"})
    assert (status(case, finding), turn(case)) == ("answered", [(COUNCIL, 8 + JUDGE)])


def test_a_finding_is_raised_by_the_audit_service_alone() -> None:
    case, _ = raised()
    data = {"rule": "CUS-TIME", "code": "late", "cause": case.id, "cause_digest": "A" * 43, "of_family": "intake"}
    assert refused(case.tries(COUNCIL, "audit.finding-raised", 2, data)) == {"NET-SERVICE"}
