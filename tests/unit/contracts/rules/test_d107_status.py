"""D107-STATUS: a foreign child victim has a legal status in time, and pays nothing for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.decision import Accept, Deadline
from contracts.fields import case_code
from contracts.guidelines.corridors import limit
from tests.unit.contracts.casework import MINISTRY, POLICE, Case, breaches, refused

BEFORE, ON = datetime(2007, 12, 19, 8, tzinfo=UTC), datetime(2007, 12, 20, 8, tzinfo=UTC)
DECIDED = {"status": "ActualVictimOfTrafficking", "organization": "NonPoliceGovernmentalOrganization"}
CARE = {"guardian": "social-affairs", "legal_status": "temporary-stay", "charge": False}
HOURS = 720


def reported(start: datetime = ON, *, found: str = "KH", nationality: str | None = "VN", person: str = "child") -> Case:
    case = Case(start)
    data = {"channel": "police-rescue", "code": case_code(case.id), "found_country": found, "person": person}
    case.says(POLICE, "intake.report-received", 0, data | {"at_police_post": False, "nationality": nationality})
    return case


def owed(case: Case) -> list[Deadline]:
    return [deadline for deadline in case.deadlines("intake") if deadline.rule == "D107-STATUS"]


def test_a_charge_is_refused_for_a_foreign_child() -> None:
    case = reported()
    assert refused(case.tries(MINISTRY, "intake.interim-care-arranged", 1, CARE | {"charge": True})) == {"D107-STATUS"}
    case.says(MINISTRY, "intake.interim-care-arranged", 2, CARE)


@pytest.mark.parametrize(
    ("case", "status", "is_refused"),
    [
        (reported(BEFORE), "temporary-stay", False),
        (reported(nationality="KH"), "national", False),
        (reported(found="TH", nationality="KH"), "temporary-stay", False),
        (reported(found="TH", nationality="VN"), "temporary-stay", False),
        (reported(nationality=None), "temporary-stay", True),
        (reported(nationality=None), "national", False),
        (reported(person="adult"), "temporary-stay", True),
    ],
    ids=[
        "before",
        "own child",
        "abroad",
        "a foreigner abroad",
        "foreign by status",
        "national by status",
        "age not established",
    ],
)
def test_a_charge_is_refused_to_nobody_else(case: Case, status: str, is_refused: bool) -> None:
    data = CARE | {"legal_status": status, "charge": True}
    decision = case.tries(MINISTRY, "intake.interim-care-arranged", 1, data)
    assert isinstance(decision, Accept) != is_refused


def test_an_adult_may_be_charged_and_is_owed_no_status_by_this_rule() -> None:
    case = reported(person="adult")
    case.says(POLICE, "intake.age-determined", 1, {"result": "adult", "evidence": ["identity-card"]})
    case.says(MINISTRY, "intake.identification-decided", 2, DECIDED)
    assert owed(case) == []
    case.says(MINISTRY, "intake.interim-care-arranged", 3, CARE | {"charge": True})


def test_from_identification_a_status_is_due_by_the_one_that_identified() -> None:
    case = reported()
    assert owed(case) == []
    identified = case.says(MINISTRY, "intake.identification-decided", 5, DECIDED)
    assert owed(case) == [Deadline("D107-STATUS", identified, case.at(5 + HOURS), MINISTRY, verified=False)]
    assert limit("legal_status_hours").time.total_seconds() == HOURS * 3600
    case.says(MINISTRY, "intake.identification-decided", 9, DECIDED)
    assert [deadline.due for deadline in owed(case)] == [case.at(5 + HOURS)]
    case.says(MINISTRY, "intake.interim-care-arranged", 10, CARE | {"legal_status": "applied-for"})
    assert len(owed(case)) == 1
    case.says(MINISTRY, "intake.interim-care-arranged", 11, CARE)
    assert owed(case) == []


@pytest.mark.parametrize(("hours", "marks"), [(HOURS, set()), (HOURS + 1, {("D107-STATUS", "breach")})])
def test_a_status_at_the_last_hour_is_in_time_and_one_after_it_is_not(hours: int, marks: set[tuple[str, str]]) -> None:
    case = reported()
    case.says(MINISTRY, "intake.identification-decided", 0, DECIDED)
    assert breaches(case.tries(MINISTRY, "intake.interim-care-arranged", hours, CARE)) == marks


def test_a_deadline_that_has_passed_is_called_once_and_the_status_is_still_taken() -> None:
    case = reported()
    case.says(MINISTRY, "intake.identification-decided", 0, DECIDED)
    case.wait("intake", HOURS + 1)
    assert owed(case) == []
    case.says(MINISTRY, "intake.interim-care-arranged", HOURS + 2, CARE)


@pytest.mark.parametrize(
    "change",
    [{"nationality": "KH"}, {"status": "NotAVictimOfTrafficking"}],
)
def test_who_turns_out_to_be_no_foreign_victim_is_owed_nothing(change: dict[str, Any]) -> None:
    case = reported()
    case.says(MINISTRY, "intake.identification-decided", 1, DECIDED)
    assert len(owed(case)) == 1
    case.says(MINISTRY, "intake.identification-decided", 2, DECIDED | change)
    assert owed(case) == []


def test_who_is_found_to_be_a_child_later_is_owed_it_from_then() -> None:
    case = reported(person="adult")
    case.says(MINISTRY, "intake.identification-decided", 1, DECIDED | {"nationality": "VN"})
    assert owed(case) == []
    found = case.tries(POLICE, "intake.age-determined", 50, {"result": "child", "evidence": ["birth-certificate"]})
    assert breaches(found) == {("D107-AGE", "breach")}
    assert [(item.cause, item.due) for item in owed(case)] == [(case.events[-1].id, case.at(50 + HOURS))]


def test_it_holds_from_the_day_of_the_decision() -> None:
    for start, count in ((BEFORE, 0), (ON, 1)):
        case = reported(start)
        case.says(MINISTRY, "intake.identification-decided", 1, DECIDED)
        assert len(owed(case)) == count
