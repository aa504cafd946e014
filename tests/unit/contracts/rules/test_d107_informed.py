"""D107-INFORMED: nobody asks for the return of a child that was not told what a return is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import MINISTRY, START, THAI, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_counterpart import RETURN

TOLD = {"topics": ["rights", "repatriation-process"]}


def reported(start: datetime = START) -> Case:
    case = Case(start)
    case.report(THAI, post=False)
    return case


def asking(case: Case, *, expired: bool = False, **data: Any) -> Decision:
    return case.tries(THAI, "repatriation.requested", 2, RETURN | {"to": MINISTRY} | data, expired=expired)


def test_it_waits_for_the_telling_and_is_refused_without_it() -> None:
    case = reported()
    assert waits_for(asking(case)) == "intake.child-informed"
    assert refused(asking(case, expired=True)) == {"D107-INFORMED"}


def test_a_telling_that_was_accepted_is_enough_named_or_not() -> None:
    case = reported()
    told = case.says(THAI, "intake.child-informed", 1, TOLD)
    assert isinstance(asking(case), Accept)
    assert isinstance(asking(case, informed=told), Accept)


def test_one_that_is_still_on_its_way_is_waited_for() -> None:
    case = reported()
    told = case.event(THAI, "intake.child-informed", 1, TOLD)
    asked = case.event(THAI, "repatriation.requested", 2, RETURN | {"to": MINISTRY, "informed": told.id})
    assert waits_for(case.judge(asked)) == "intake.child-informed"
    case.judge(told)
    assert isinstance(case.judge(asked), Accept)


def test_one_that_leaves_the_process_out_is_not_enough() -> None:
    case = reported()
    told = case.says(THAI, "intake.child-informed", 1, {"topics": ["rights", "services"]})
    assert refused(asking(case, informed=told)) == {"D107-INFORMED"}
    assert waits_for(asking(case)) == "intake.child-informed"
    assert refused(asking(case, expired=True)) == {"D107-INFORMED"}


def test_another_telling_than_the_one_that_is_named_is_not_it() -> None:
    case = reported()
    case.says(THAI, "intake.child-informed", 1, TOLD)
    unknown = "0190d7a0-0000-7000-8000-000000000001"
    assert waits_for(asking(case, informed=unknown)) == "intake.child-informed"
    assert refused(asking(case, informed=unknown, expired=True)) == {"D107-INFORMED"}


@pytest.mark.parametrize(("hours", "enough"), [(2, True), (2 + 1 / 3600, False)])
def test_the_child_is_told_before(hours: float, enough: bool) -> None:
    case = reported()
    case.says(THAI, "intake.child-informed", hours, TOLD)
    decision = asking(case, expired=True)
    assert isinstance(decision, Accept) is enough
    assert enough or refused(decision) == {"D107-INFORMED"}


def test_an_adult_may_be_asked_for_without() -> None:
    assert isinstance(asking(reported(), person="adult", gender="Feminine"), Accept)


@pytest.mark.parametrize(("day", "bites"), [(19, False), (20, True)])
def test_it_holds_from_the_day_of_the_decision(day: int, bites: bool) -> None:
    case = reported(datetime(2007, 12, day, 8, tzinfo=UTC))
    decision = asking(case, expired=True)
    assert isinstance(decision, Accept) is not bites
    assert not bites or refused(decision) == {"D107-INFORMED"}
