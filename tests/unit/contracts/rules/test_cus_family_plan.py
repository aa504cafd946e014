"""CUS-FAMILY, of plans: nobody plans to give a child back to a family that was found unsafe."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import MINISTRY, Case, refused
from tests.unit.contracts.returning import PLAN


def assessed(case: Case, outcome: str, hours: float, caretaker: str = "kin") -> str:
    data = {"outcome": outcome, "caretaker": caretaker}
    return case.says(MINISTRY, "repatriation.family-assessed", hours, data)


def planning(case: Case, **data: Any) -> Decision:
    return case.tries(MINISTRY, "repatriation.reintegration-planned", 9, PLAN | data)


@pytest.mark.parametrize(
    ("outcome", "fine"), [("safe", True), ("safe-with-support", True), ("not-found", True), ("unsafe", False)]
)
def test_a_family_that_was_found_unsafe_is_no_plan(outcome: str, fine: bool) -> None:
    case = Case()
    assessment = assessed(case, outcome, 1)
    for data in ({"assessment": assessment}, {}):
        decision = planning(case, **data)
        assert isinstance(decision, Accept) is fine
        assert fine or refused(decision) == {"CUS-FAMILY"}


def test_the_last_assessment_counts() -> None:
    case = Case()
    first = assessed(case, "unsafe", 1)
    second = assessed(case, "safe", 2)
    assert refused(planning(case, assessment=first)) == {"CUS-FAMILY"}
    assert isinstance(planning(case, assessment=second), Accept)
    third = assessed(case, "unsafe", 3)
    assert refused(planning(case, assessment=second)) == {"CUS-FAMILY"}
    assert refused(planning(case, assessment=third)) == {"CUS-FAMILY"}


def test_other_kin_or_another_home_may_be_planned() -> None:
    case = Case()
    unsafe = assessed(case, "unsafe", 1, "parent")
    assert refused(planning(case, placement="parent")) == {"CUS-FAMILY"}
    assert isinstance(planning(case, placement="kin", assessment=assessed(case, "safe", 2)), Accept)
    assert isinstance(planning(case, placement="foster", assessment=unsafe), Accept)
    assert isinstance(planning(case, placement="group-home", reason="family-unsafe"), Accept)
