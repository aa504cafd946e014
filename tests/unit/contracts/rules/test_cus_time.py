"""CUS-TIME: the chain never goes back, and what is late is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.guidelines import limit
from tests.unit.contracts.casework import POLICE, SHELTER, Case, breaches, refused

LATE = limit("late_after_hours").time


def test_what_happened_before_the_last_step_is_marked_and_begins_at_the_boundary() -> None:
    case = Case()
    custody = case.opened(hours=5)
    placed = {"custody": custody, "to": SHELTER, "place_kind": "shelter", "reason": "place-unsafe"}
    case.says(POLICE, "custody.emergency-placed", 4, placed, ("CUS-TIME", "breach"))
    assert case.state("custody").holdings[-1].since == case.at(5)
    assert case.state("custody").boundary == case.at(5)


def test_the_same_instant_is_in_order() -> None:
    case = Case()
    custody = case.opened(hours=5)
    placed = {"custody": custody, "to": SHELTER, "place_kind": "shelter", "reason": "place-unsafe"}
    case.says(POLICE, "custody.emergency-placed", 5, placed)


@pytest.mark.parametrize(
    ("later", "marks"),
    [
        (LATE, set()),
        (LATE + timedelta(seconds=1), {("CUS-TIME", "late")}),
        (-limit("ahead_minutes").time, set()),
        (-limit("ahead_minutes").time - timedelta(seconds=1), {("CUS-TIME", "breach")}),
    ],
)
def test_a_fact_is_told_in_time_and_after_it_happened(later: timedelta, marks: set[tuple[str, str]]) -> None:
    case = Case()
    custody = case.opened()
    event = case.event(POLICE, "custody.missing-reported", 2, {"custody": custody, "how": "ran-away"})
    assert breaches(case.judge(event, later=later)) == marks


@pytest.mark.parametrize(
    ("later", "second", "taken"),
    [
        (LATE, None, True),
        (LATE + timedelta(seconds=1), None, False),
        (LATE + timedelta(seconds=1), SHELTER, True),
        (-limit("ahead_minutes").time - timedelta(seconds=1), None, False),
        (-limit("ahead_minutes").time - timedelta(seconds=1), SHELTER, False),
    ],
)
def test_a_proposal_is_of_its_day_or_a_second_agency_signs_it(
    later: timedelta, second: str | None, taken: bool
) -> None:
    case = Case()
    case.opened()
    data = case.offer(POLICE, SHELTER, 2, emergency_reason="disaster")
    decision = case.judge(case.event(POLICE, "custody.handover-offered", 2, data), later=later, countersigner=second)
    if taken:
        assert breaches(decision) == set()
    else:
        assert refused(decision) == {"CUS-TIME"}
