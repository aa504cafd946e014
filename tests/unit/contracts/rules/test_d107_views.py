"""D107-VIEWS: best interests are determined once the child was heard, or cannot be heard yet and is spoken for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import MINISTRY, THAI, Case, breaches, refused, waits_for
from tests.unit.contracts.returning import HEARD, NOT_HEARD

AGAIN = NOT_HEARD | {"hear_again_on": "2009-03-12"}
BREACH = ("D107-VIEWS", "breach")


def determining(case: Case, *, expired: bool = False, **data: Any) -> Decision:
    best = {"solution": "foster"} | data
    return case.tries(THAI, "repatriation.best-interests-determined", 3, best, expired=expired)


def test_it_waits_for_the_hearing_and_is_refused_without_it() -> None:
    case = Case()
    assert waits_for(determining(case)) == "repatriation.views-heard"
    assert refused(determining(case, expired=True)) == {"D107-VIEWS"}


@pytest.mark.parametrize("hearing", [HEARD, AGAIN])
def test_a_hearing_is_enough_named_or_not(hearing: dict[str, Any]) -> None:
    case = Case()
    heard = case.says(THAI, "repatriation.views-heard", 2, hearing)
    assert isinstance(determining(case), Accept)
    assert isinstance(determining(case, views=heard), Accept)


def test_another_hearing_than_the_one_that_is_named_is_not_it() -> None:
    case = Case()
    case.says(THAI, "repatriation.views-heard", 2, HEARD)
    unknown = "0190d7a0-0000-7000-8000-000000000001"
    assert waits_for(determining(case, views=unknown)) == "repatriation.views-heard"
    assert refused(determining(case, views=unknown, expired=True)) == {"D107-VIEWS"}


@pytest.mark.parametrize("missing", ["not_heard", "representative", "hear_again_on"])
def test_who_could_not_be_heard_has_a_reason_a_representative_and_a_day(missing: str) -> None:
    case = Case()
    hearing = {name: value for name, value in AGAIN.items() if name != missing}
    case.says(THAI, "repatriation.views-heard", 2, hearing, BREACH)
    assert refused(determining(case, expired=True)) == {"D107-VIEWS"}


@pytest.mark.parametrize(("day", "marks"), [("2009-03-02", {BREACH}), ("2009-03-03", set())])
def test_the_day_to_be_heard_again_is_a_later_one(day: str, marks: set[tuple[str, str]]) -> None:
    case = Case()
    decision = case.tries(THAI, "repatriation.views-heard", 2, NOT_HEARD | {"hear_again_on": day})
    assert breaches(decision) == marks
    assert isinstance(determining(case, expired=True), Accept) is not bool(marks)


def test_the_child_is_heard_again_by_the_end_of_that_day() -> None:
    case = Case()
    first = case.says(THAI, "repatriation.views-heard", 2, AGAIN)
    (owed,) = case.deadlines("repatriation")
    assert (owed.rule, owed.cause, owed.owed_by) == ("D107-VIEWS", first, THAI)
    assert owed.due == datetime(2009, 3, 13, tzinfo=UTC)
    assert not owed.verified
    case.says(THAI, "repatriation.views-heard", 20, NOT_HEARD | {"hear_again_on": "2009-03-20"})
    (owed,) = case.deadlines("repatriation")
    assert owed.due == datetime(2009, 3, 21, tzinfo=UTC)
    case.says(MINISTRY, "repatriation.views-heard", 40, HEARD)
    assert case.deadlines("repatriation") == ()


@pytest.mark.parametrize(("seconds", "marks"), [(0, ()), (1, (BREACH,))])
def test_a_hearing_that_comes_too_late_is_marked(seconds: int, marks: tuple[tuple[str, str], ...]) -> None:
    case = Case()
    case.says(THAI, "repatriation.views-heard", 2, AGAIN)
    hours = (case.deadlines("repatriation")[0].due - case.start) / timedelta(hours=1) + seconds / 3600
    case.says(THAI, "repatriation.views-heard", hours, HEARD, *marks)


def test_a_deadline_that_passed_is_said_once() -> None:
    case = Case()
    case.says(THAI, "repatriation.views-heard", 2, AGAIN)
    (owed,) = case.deadlines("repatriation")
    case.passes("repatriation", owed)
    assert case.deadlines("repatriation") == ()


def test_an_adults_solution_asks_for_no_hearing() -> None:
    case = Case()
    assert isinstance(determining(case, person="adult"), Accept)
    assert breaches(case.tries(THAI, "repatriation.views-heard", 4, NOT_HEARD)) == set()


@pytest.mark.parametrize(("day", "bites"), [(19, False), (20, True)])
def test_it_holds_from_the_day_of_the_decision(day: int, bites: bool) -> None:
    case = Case(datetime(2007, 12, day, 8, tzinfo=UTC))
    assert breaches(case.tries(THAI, "repatriation.views-heard", 2, NOT_HEARD)) == ({BREACH} if bites else set())
    decision = determining(case, expired=True)
    assert isinstance(decision, Accept) is not bites
    assert not bites or refused(decision) == {"D107-VIEWS"}


def test_before_the_decision_no_second_hearing_is_due() -> None:
    case = Case(datetime(2007, 12, 19, 8, tzinfo=UTC))
    case.says(THAI, "repatriation.views-heard", 2, NOT_HEARD | {"hear_again_on": "2007-12-28"})
    assert case.deadlines("repatriation") == ()
