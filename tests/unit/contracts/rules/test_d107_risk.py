"""D107-RISK: the police offer a child on an assessment of the risk, or in an emergency that they name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import HEALTH, MINISTRY, POLICE, SHELTER, START, Case, refused, waits_for

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


# -- what an emergency put off -----------------------------------------------------------------------------------

EMERGENCY = {"emergency_reason": "immediate-danger"}
DAY = 24.0
SECOND = 1 / 3600


def due(case: Case) -> list[tuple[str, datetime, str | None, bool]]:
    """The assessments that are still to come."""
    running = [item for item in case.deadlines("custody") if item.rule == "D107-RISK"]
    return [(item.cause, item.due, item.owed_by, item.verified) for item in running]


def assess(case: Case, hours: float, move: str, *marks: tuple[str, str], actor: str = POLICE) -> None:
    """The assessment is made, and it is said that it is the one that was due."""
    assessment = case.says(actor, "intake.risk-assessed", hours, ASSESSED | {"offer": move})
    said = {"custody": case.state("custody").opened, "move": move, "assessment": assessment}
    case.says(actor, "custody.emergency-assessed", hours, said, *marks)


@pytest.mark.parametrize(("late", "marks"), [(0, ()), (SECOND, (("D107-RISK", "breach"),))])
def test_an_emergency_offer_has_its_assessment_within_a_day(late: float, marks: tuple[tuple[str, str], ...]) -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 3, **EMERGENCY)
    assert due(case) == [(offer, case.at(3 + DAY), POLICE, False)]
    assess(case, 3 + DAY + late, offer, *marks)
    assert due(case) == []


def test_the_move_does_not_end_it_and_it_passes_once() -> None:
    case = Case()
    case.opened(place="office")
    case.handover(POLICE, SHELTER, 3, **EMERGENCY)
    (running,) = case.deadlines("custody")
    assert isinstance(case.passes("custody", running), Accept)
    assert due(case) == []


def test_an_offer_that_names_an_assessment_too_owes_none() -> None:
    case = Case()
    case.opened(place="office")
    assessment = case.says(POLICE, "intake.risk-assessed", 2, ASSESSED)
    case.offered(POLICE, SHELTER, 3, risk_assessment=assessment, **EMERGENCY)
    assert due(case) == []


@pytest.mark.parametrize(
    ("actor", "name", "data"),
    [
        (SHELTER, "custody.handover-declined", {"reason": "no-capacity"}),
        (POLICE, "custody.handover-failed", {"reason": "no-show"}),
    ],
)
def test_where_there_was_no_move_none_is_due(actor: str, name: str, data: dict[str, str]) -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 3, **EMERGENCY)
    case.says(actor, name, 4, case.step(offer, **data))
    assert due(case) == []


def test_a_placement_out_of_a_police_post_is_such_a_move_and_one_from_elsewhere_is_not() -> None:
    case = Case()
    custody = case.opened()
    placed = {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "medical-emergency"}
    move = case.says(POLICE, "custody.emergency-placed", 3, placed)
    assert due(case) == [(move, case.at(3 + DAY), POLICE, False)]
    case.says(HEALTH, "custody.emergency-placed", 4, placed | {"to": SHELTER, "place_kind": "shelter"})
    assert len(due(case)) == 1
    assess(case, 5, move)
    assert due(case) == []


def test_the_assessment_names_the_move_and_is_waited_for() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 3, **EMERGENCY)
    other = case.says(POLICE, "intake.risk-assessed", 4, ASSESSED)
    said = {"custody": case.state("custody").opened, "move": offer, "assessment": other}
    assert waits_for(case.tries(POLICE, "custody.emergency-assessed", 4, said)) == "intake.risk-assessed"
    case.says(POLICE, "custody.emergency-assessed", 4, said, ("NET-ORDER", "unproven"))
    assert len(due(case)) == 1


def test_a_strangers_word_ends_nothing_and_the_one_that_answers_now_may_say_it() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.handover(POLICE, SHELTER, 3, **EMERGENCY)
    claimed = case.says(HEALTH, "intake.risk-assessed", 6, ASSESSED | {"offer": offer}, ("NET-PARTY", "dispute"))
    said = {"custody": case.state("custody").opened, "move": offer, "assessment": claimed}
    case.says(HEALTH, "custody.emergency-assessed", 6, said, ("CUS-HOLDER", "dispute"), ("NET-ORDER", "unproven"))
    assert len(due(case)) == 1
    assess(case, 7, offer, actor=SHELTER)
    assert due(case) == []


@pytest.mark.parametrize(("person", "day", "running"), [("child", 20, 1), ("child", 19, 0), ("adult", 20, 0)])
def test_children_from_the_day_of_the_decision(person: str, day: int, running: int) -> None:
    case = Case(datetime(2007, 12, day, 8, tzinfo=UTC))
    case.opened(person=person, place="office")
    case.offered(POLICE, MINISTRY, 3, **EMERGENCY)
    assert len(due(case)) == running
