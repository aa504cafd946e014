"""D107-BEST: a child crosses a border only after its best interests are determined to be the return."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.decision import Accept
from contracts.guidelines.rules.d107_best import d107_best_moved
from tests.unit.contracts.casework import MINISTRY, SHELTER, START, THAI, TRANSIT, Case, refused, waits_for

DECISION = datetime(2007, 12, 20, tzinfo=UTC)


def returning(start: datetime = START, person: str = "child") -> tuple[Case, dict[str, Any]]:
    """Somebody in Thai care whose return was accepted, and what an offer across the border says of it."""
    case = Case(start)
    case.opened(THAI, person=person, place="shelter")
    way = {"from_country": "TH", "to_country": "KH", "corridor": "kh-th", "channel": "instrument"}
    gender = {} if person == "child" else {"gender": "Feminine"}
    asked = {"to": MINISTRY, "person": person, "instrument": "kh-th"} | way | gender
    if person == "child":
        case.told()
    request = case.says(THAI, "repatriation.requested", 20, asked)
    case.says(MINISTRY, "repatriation.counterpart-answered", 30, {"request": request, "answer": "accepted"})
    return case, {"corridor": "kh-th", "repatriation": request}


def offering(case: Case, across: dict[str, Any], hours: float = 50, **data: str) -> set[str]:
    offer = case.offer(THAI, TRANSIT, hours, place_kind="transit-centre", **across, **data)
    decision = case.tries(THAI, "custody.handover-offered", hours, offer, expired=True)
    return set() if isinstance(decision, Accept) else refused(decision)


def test_without_a_determination_it_is_refused_and_with_one_it_goes() -> None:
    case, across = returning()
    assert offering(case, across) == {"D107-BEST"}
    assert offering(case, across, determination=case.determined(40)) == set()


@pytest.mark.parametrize("solution", ["family", "kin", "foster", "group-home", "institution", "third-country"])
def test_another_solution_than_the_return_carries_nobody_across(solution: str) -> None:
    case, across = returning()
    other = case.determined(40, solution=solution, reason="family-not-found")
    assert offering(case, across, determination=other) == {"D107-BEST"}


@pytest.mark.parametrize(("named", "found"), [("KH", set()), ("MY", {"D107-BEST"}), (None, {"D107-BEST"})])
def test_a_third_country_is_reached_by_a_determination_that_names_it_and_no_other_border_opens(
    named: str | None, found: set[str]
) -> None:
    case, across = returning()
    third = {"third_country": named} if named is not None else {}
    best = case.determined(40, solution="third-country", reason="family-not-found", **third)
    assert offering(case, across, determination=best) == found


def test_a_determination_that_is_still_on_its_way_is_waited_for_and_one_that_never_comes_is_not_believed() -> None:
    case, across = returning()
    views = case.says(THAI, "repatriation.views-heard", 39, {"hearing": "heard", "wish": "return"})
    case.says(THAI, "repatriation.risk-assessed", 39.5, {"level": "low", "with_agency": MINISTRY})
    said = {"solution": "return", "views": views}
    coming = case.event(THAI, "repatriation.best-interests-determined", 40, said)
    offer = case.offer(THAI, TRANSIT, 50, determination=coming.id, **across)
    waiting = case.event(THAI, "custody.handover-offered", 50, offer)
    assert waits_for(case.judge(waiting)) == "repatriation.best-interests-determined"
    assert refused(case.judge(waiting, expired=True)) == {"NET-ORDER"}
    case.judge(coming)
    assert isinstance(case.judge(waiting), Accept)


def test_an_adult_goes_without_and_so_does_a_child_within_a_country() -> None:
    case, across = returning(person="adult")
    assert offering(case, across) == set()
    home = Case()
    home.opened(MINISTRY, place="office")
    home.offered(MINISTRY, SHELTER, 2)


@pytest.mark.parametrize(("second", "rules"), [(-1, set()), (0, {"D107-BEST"})])
def test_it_holds_from_the_day_of_the_decision(second: int, rules: set[str]) -> None:
    case, across = returning(DECISION + timedelta(seconds=second) - timedelta(hours=50))
    assert offering(case, across) == rules


def test_a_child_that_came_across_by_a_fact_alone_is_there_and_it_is_a_breach() -> None:
    """An offer of before the decision, received after it; a placement and a take-over across a border."""
    case, across = returning(DECISION - timedelta(hours=52))
    offer = case.says(THAI, "custody.handover-offered", 50, case.offer(THAI, TRANSIT, 50, **across))
    case.says(TRANSIT, "custody.handover-accepted", 51, case.step(offer))
    case.releases(THAI, TRANSIT, offer, 51.5)
    case.receives(TRANSIT, THAI, offer, 52, "transit-centre", ("D107-BEST", "breach"))
    assert case.state("custody").carer == TRANSIT
    for person, marks in (("child", (("D107-BEST", "breach"),)), ("adult", ())):
        near = Case()
        custody = near.opened(THAI, person=person, place="shelter")
        placed = {"custody": custody, "place_kind": "transit-centre", "reason": "disaster"}
        near.says(THAI, "custody.emergency-placed", 2, placed | {"to": MINISTRY}, *marks)
        near.says(THAI, "custody.emergency-placed", 3, placed | {"to": TRANSIT})
        taken = {"custody": custody, "from_agency": THAI, "to": THAI, "reason": "place-unsafe"}
        taken |= {"ordered_by": "referral-authority", "place_kind": "shelter", "to": THAI, "from_agency": TRANSIT}
        near.says(MINISTRY, "custody.taken-over", 4, taken, *marks)


def test_a_receipt_on_a_determination_is_none() -> None:
    case, across = returning()
    case.handover(THAI, TRANSIT, 50, "transit-centre", determination=case.determined(40), **across)
    assert case.state("custody").responsible == (TRANSIT,)


@pytest.mark.parametrize(("here", "there"), [(None, "KH"), ("TH", None), (None, None), ("KH", "KH")])
def test_no_border_is_said_to_be_crossed_where_a_country_is_not_known(here: str | None, there: str | None) -> None:
    assert d107_best_moved(True, here, there, determined=False, on=START.date()) is None
    assert d107_best_moved(True, "TH", "KH", determined=False, on=START.date()) is not None
