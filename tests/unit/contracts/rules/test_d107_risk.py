"""D107-RISK: the police offer a child on an assessment of the risk, or in an emergency that they name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import MINISTRY, POLICE, SHELTER, START, Case, refused, waits_for

ASSESSED = {"level": "low", "safe_to_move": True}


def offering(case: Case, actor: str = POLICE, **data: str) -> Decision:
    return case.tries(actor, "custody.handover-offered", 3, case.offer(actor, SHELTER, 3, **data))


def test_without_either_it_is_refused() -> None:
    case = Case()
    case.opened()
    assert refused(offering(case)) == {"D107-RISK"}


def test_an_accepted_assessment_or_an_emergency_is_enough() -> None:
    case = Case()
    case.opened()
    assessment = case.says(POLICE, "intake.risk-assessed", 2, ASSESSED)
    case.says(POLICE, "custody.handover-offered", 3, case.offer(POLICE, SHELTER, 3, risk_assessment=assessment))
    case.offered(POLICE, SHELTER, 4, emergency_reason="medical-emergency")


def test_an_assessment_that_is_still_on_its_way_is_waited_for() -> None:
    case = Case()
    case.opened()
    assessment = case.event(POLICE, "intake.risk-assessed", 2, ASSESSED)
    offer = case.offer(POLICE, SHELTER, 3, risk_assessment=assessment.id)
    waiting = case.event(POLICE, "custody.handover-offered", 3, offer)
    assert waits_for(case.judge(waiting)) == "intake.risk-assessed"
    case.judge(assessment)
    assert isinstance(case.judge(waiting), Accept)


def test_one_that_never_comes_is_not_believed() -> None:
    case = Case()
    case.opened()
    unknown = "0190d7a0-0000-7000-8000-000000000001"
    offer = case.offer(POLICE, SHELTER, 3, risk_assessment=unknown)
    assert refused(case.tries(POLICE, "custody.handover-offered", 3, offer, expired=True)) == {"NET-ORDER"}


@pytest.mark.parametrize(
    ("person", "holder", "start"),
    [
        ("adult", POLICE, START),
        ("child", MINISTRY, START),
        ("child", POLICE, datetime(2007, 12, 19, 8, tzinfo=UTC)),
    ],
)
def test_adults_other_agencies_and_earlier_days_need_none(person: str, holder: str, start: datetime) -> None:
    case = Case(start)
    case.opened(holder, person=person, place="office")
    to = SHELTER if start is START else MINISTRY
    case.says(holder, "custody.handover-offered", 3, case.offer(holder, to, 3))


def test_it_holds_from_the_day_of_the_decision() -> None:
    case = Case(datetime(2007, 12, 20, 8, tzinfo=UTC))
    case.opened(place="office")
    offer = case.offer(POLICE, MINISTRY, 3)
    assert refused(case.tries(POLICE, "custody.handover-offered", 3, offer)) == {"D107-RISK"}
