"""ACP-FAMILY: an institution, or adoption abroad, has a reason; without one it stands, and is a breach."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.steps import Solution
from tests.unit.contracts.casework import START, THAI, Case, breaches
from tests.unit.contracts.returning import HEARD

BREACH = ("ACP-FAMILY", "breach")
EVENTS = ("repatriation.best-interests-determined", "repatriation.local-solution-decided")
LAST = (Solution.INSTITUTION, Solution.ADOPTION_ABROAD)


def heard(start: datetime = START) -> Case:
    case = Case(start)
    case.says(THAI, "repatriation.views-heard", 1, HEARD)
    return case


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("solution", [item for item in Solution if item is not Solution.RETURN])
def test_without_a_reason_what_comes_last_is_a_breach_and_nothing_else_is(name: str, solution: Solution) -> None:
    decision = heard().tries(THAI, name, 2, {"solution": solution})
    assert breaches(decision) == ({BREACH} if solution in LAST else set())


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("solution", LAST)
def test_with_a_reason_it_is_none(name: str, solution: Solution) -> None:
    decision = heard().tries(THAI, name, 2, {"solution": solution, "reason": "special-care-needed"})
    assert breaches(decision) == set()


def test_an_adult_goes_where_they_will() -> None:
    data = {"solution": "institution", "person": "adult"}
    case = Case()
    assert breaches(case.tries(THAI, EVENTS[0], 2, data)) == set()
    assert breaches(case.tries(THAI, EVENTS[1], 3, {"solution": "institution"})) == set()


@pytest.mark.parametrize(("day", "marks"), [(25, set()), (26, {BREACH})])
def test_it_holds_from_the_day_of_the_policy(day: int, marks: set[tuple[str, str]]) -> None:
    case = heard(datetime(2006, 4, day, 8, tzinfo=UTC))
    assert breaches(case.tries(THAI, EVENTS[0], 2, {"solution": "institution"})) == marks
