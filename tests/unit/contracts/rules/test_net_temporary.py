"""NET-TEMPORARY: a temporary placement has an end, and by then the person is back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from contracts.decision import Accept
from tests.unit.contracts.casework import HEALTH, MINISTRY, POLICE, PROVINCE, SHELTER, Case, refused

SECOND = 1 / 3600


def held() -> Case:
    case = Case()
    case.opened(PROVINCE, place="office")
    return case


def until(case: Case, hours: float = 100) -> dict[str, Any]:
    return {"purpose": "temporary-placement", "until": case.at(hours).isoformat()}


def due(case: Case) -> list[tuple[str, datetime, str | None, bool]]:
    running = [item for item in case.deadlines("custody") if item.rule == "NET-TEMPORARY"]
    return [(item.cause, item.due, item.owed_by, item.verified) for item in running]


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        ({"purpose": "temporary-placement", "until": 100}, set()),
        ({"purpose": "temporary-placement"}, {"NET-TEMPORARY"}),
        ({"purpose": "shelter", "until": 100}, {"NET-TEMPORARY"}),
        ({"purpose": "shelter"}, set()),
        ({"purpose": "temporary-placement", "until": 10}, {"NET-TEMPORARY"}),
        ({"purpose": "temporary-placement", "until": 10 + SECOND}, set()),
    ],
)
def test_an_end_belongs_to_a_temporary_placement_and_is_to_come(data: dict[str, Any], rules: set[str]) -> None:
    case = held()
    said = data | ({"until": case.at(data["until"]).isoformat()} if "until" in data else {})
    decision = case.tries(PROVINCE, "custody.handover-offered", 10, case.offer(PROVINCE, HEALTH, 10, **said))
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules


@pytest.mark.parametrize(("late", "marks"), [(0, ()), (SECOND, (("NET-TEMPORARY", "breach"),))])
def test_the_person_is_back_by_then(late: float, marks: tuple[tuple[str, str], ...]) -> None:
    case = held()
    assert due(case) == []
    offer = case.handover(PROVINCE, HEALTH, 10, "hospital", **until(case))
    assert due(case) == [(offer, case.at(100), HEALTH, False)]
    back = case.offered(HEALTH, PROVINCE, 98)
    case.says(PROVINCE, "custody.handover-accepted", 98.5, case.step(back))
    case.releases(HEALTH, PROVINCE, back, 99)
    case.receives(PROVINCE, HEALTH, back, 100 + late, "office", *marks)
    assert due(case) == []
    assert case.state("custody").temporary is None


def test_nothing_runs_before_the_receipt_and_a_second_placement_has_its_own_end() -> None:
    case = held()
    offer = case.offered(PROVINCE, HEALTH, 10, **until(case))
    case.says(HEALTH, "custody.handover-accepted", 10.5, case.step(offer))
    assert due(case) == []
    case.receives(HEALTH, PROVINCE, offer, 11, "hospital")
    case.releases(PROVINCE, HEALTH, offer, 11)
    case.handover(HEALTH, PROVINCE, 20, "office")
    again = case.handover(PROVINCE, HEALTH, 30, "hospital", **until(case, 200))
    assert due(case) == [(again, case.at(200), HEALTH, False)]


def test_who_goes_on_to_another_or_is_taken_over_is_not_waited_for() -> None:
    onward = held()
    onward.handover(PROVINCE, HEALTH, 10, "hospital", **until(onward))
    onward.handover(HEALTH, SHELTER, 20)
    assert due(onward) == []
    taken = held()
    taken.handover(PROVINCE, HEALTH, 10, "hospital", **until(taken))
    said = {"from_agency": HEALTH, "to": SHELTER, "reason": "neglect", "ordered_by": "referral-authority"}
    custody = {"custody": taken.state("custody").opened, "place_kind": "shelter"}
    taken.says(MINISTRY, "custody.taken-over", 20, said | custody)
    assert due(taken) == []
    assert POLICE not in taken.state("custody").responsible
