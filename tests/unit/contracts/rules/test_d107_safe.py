"""D107-SAFE: from where it was found a child is brought to a safe place in time, over consecutive unsafe places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.codes import PlaceKind
from contracts.decision import Accept
from contracts.guidelines import limit
from contracts.guidelines.rules.d107_safe import UNSAFE
from tests.unit.contracts.casework import FORCES, HEALTH, POLICE, SHELTER, Case

HOURS = limit("safe_place_hours").time / timedelta(hours=1)
SECOND = 1 / 3600


def safe(case: Case) -> list[tuple[str, datetime, str | None, bool]]:
    """What this rule lets run."""
    running = [item for item in case.deadlines("custody") if item.rule == "D107-SAFE"]
    return [(item.cause, item.due, item.owed_by, item.verified) for item in running]


def placed(case: Case, hours: float, place: str, *marks: tuple[str, str], actor: str = POLICE, to: str = POLICE) -> str:
    data = {"custody": case.state("custody").opened, "to": to, "place_kind": place, "reason": "place-unsafe"}
    return case.says(actor, "custody.emergency-placed", hours, data, *marks)


@pytest.mark.parametrize("place", sorted(PlaceKind))
def test_where_the_time_runs(place: PlaceKind) -> None:
    """At a police post alone the text's own 48 hours run instead (D107-48H)."""
    case = Case()
    opening = {"holder": POLICE, "person": "child", "place_kind": place.value, "from_report": case.report(post=False)}
    detained = (("D107-DETENTION", "breach"),) if place is PlaceKind.DETENTION_FACILITY else ()
    custody = case.says(POLICE, "custody.opened", 1, opening, *detained)
    runs = place in UNSAFE - {PlaceKind.POLICE_POST}
    assert safe(case) == ([(custody, case.at(1 + HOURS), POLICE, False)] if runs else [])


def test_no_safe_kind_of_place_is_among_the_unsafe() -> None:
    assert {"shelter", "state-centre", "transit-centre", "hospital", "office"}.isdisjoint(UNSAFE)
    assert {"foster-home", "group-home", "family-home"}.isdisjoint(UNSAFE)


@pytest.mark.parametrize(("late", "marks"), [(0, ()), (SECOND, (("D107-SAFE", "breach"),))])
def test_in_time_and_a_second_late(late: float, marks: tuple[tuple[str, str], ...]) -> None:
    case = Case()
    case.opened(place="street")
    placed(case, 1 + HOURS + late, "hospital", *marks)
    assert safe(case) == []


def test_a_deadline_that_passed_is_said_once() -> None:
    case = Case()
    case.opened(place="border-post")
    (running,) = case.deadlines("custody")
    assert isinstance(case.passes("custody", running), Accept)
    assert safe(case) == []
    placed(case, 1 + HOURS + 5, "shelter", actor=POLICE, to=POLICE)


def test_from_one_unsafe_place_to_another_the_time_goes_on() -> None:
    case = Case()
    custody = case.opened(place="street")
    placed(case, 10, "vehicle")
    placed(case, 20, "police-post", to=FORCES)
    assert safe(case) == [(custody, case.at(1 + HOURS), FORCES, False)]
    placed(case, 30, "hospital", to=HEALTH)
    assert safe(case) == []
    then = placed(case, 40, "unknown", to=HEALTH)
    assert safe(case) == [(then, case.at(40 + HOURS), HEALTH, False)]


def test_a_stay_that_began_at_a_post_counts_once_the_child_has_left_it_for_no_safe_place() -> None:
    case = Case()
    custody = case.opened(place="police-post")
    assert safe(case) == []
    placed(case, 30, "court")
    assert safe(case) == [(custody, case.at(1 + HOURS), POLICE, False)]


def test_who_is_found_is_brought_to_safety_anew() -> None:
    case = Case()
    custody = case.opened(place="street")
    case.says(POLICE, "custody.missing-reported", 10, {"custody": custody, "how": "ran-away"})
    assert safe(case) == []
    found = {"custody": custody, "place_kind": "street", "condition": "well"}
    again = case.says(FORCES, "custody.found", 100, found)
    assert safe(case) == [(again, case.at(100 + HOURS), FORCES, False)]


def test_a_receipt_ends_it_and_a_claim_does_not() -> None:
    case = Case()
    custody = case.opened(place="vehicle")
    running = safe(case)
    elsewhere = {"custody": custody, "place_kind": "hospital", "condition": "well"}
    case.says(HEALTH, "custody.found", 3, elsewhere, ("NET-ORDER", "unproven"))
    assert [item[:2] for item in safe(case)] == [item[:2] for item in running]
    case.handover(POLICE, SHELTER, 4)
    assert safe(case) == []


@pytest.mark.parametrize(("person", "day", "running"), [("child", 20, 1), ("child", 19, 0), ("adult", 20, 0)])
def test_children_from_the_day_of_the_decision(person: str, day: int, running: int) -> None:
    case = Case(datetime(2007, 12, day, 8, tzinfo=UTC))
    case.opened(person=person, place="street")
    assert len(safe(case)) == running


def test_an_end_of_custody_ends_it() -> None:
    case = Case()
    custody = case.opened(place="street")
    case.says(POLICE, "custody.ended", 2, {"custody": custody, "reason": "duplicate"})
    assert safe(case) == []
