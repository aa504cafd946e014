"""CUS-GAP: a release has its receipt in time, once, in the condition of the release."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.guidelines import limit
from contracts.guidelines.corridors import Limit
from contracts.guidelines.rules import cus_gap
from tests.unit.contracts.casework import POLICE, SHELTER, START, Case

ALLOWED = limit("receipt_hours").time / timedelta(hours=1)


def released(**data: str) -> tuple[Case, str]:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 4, **data)
    return case, offer


def test_a_receipt_clears_the_deadline_of_its_release() -> None:
    case, offer = released()
    (deadline,) = case.deadlines("custody")
    assert (deadline.rule, deadline.cause, deadline.owed_by, deadline.verified) == ("CUS-GAP", offer, SHELTER, False)
    assert deadline.due == case.at(4 + ALLOWED)
    case.receives(SHELTER, POLICE, offer, 4 + ALLOWED)
    assert case.deadlines("custody") == ()


def test_a_receipt_a_second_after_it_was_due_is_a_breach() -> None:
    case, offer = released()
    case.receives(SHELTER, POLICE, offer, 4 + ALLOWED + 1 / 3600, "shelter", ("CUS-GAP", "breach"))
    assert case.state("custody").carer == SHELTER


def test_a_deadline_that_passed_is_said_once_and_the_receipt_still_counts() -> None:
    case, offer = released()
    case.passes("custody", case.deadlines("custody")[0])
    assert case.deadlines("custody") == ()
    case.receives(SHELTER, POLICE, offer, 4 + ALLOWED + 30)
    assert case.state("custody").responsible == (SHELTER,)


def test_a_second_receipt_is_a_dispute() -> None:
    case, offer = released()
    case.receives(SHELTER, POLICE, offer, 5)
    case.receives(SHELTER, POLICE, offer, 6, "shelter", ("CUS-GAP", "dispute"))
    assert case.state("custody").responsible == (SHELTER,)


@pytest.mark.parametrize(
    ("gave", "took", "marks"),
    [
        ("well", "well", ()),
        ("well", "not-assessed", ()),
        ("not-assessed", "ill", ()),
        ("well", "minor-injury", (("CUS-GAP", "dispute"),)),
    ],
)
def test_the_condition_is_the_same_on_both_sides_in_whatever_order_they_speak(
    gave: str, took: str, marks: tuple[tuple[str, str], ...]
) -> None:
    case, offer = released(condition=gave)
    case.receives(SHELTER, POLICE, offer, 5, "shelter", *marks, condition=took)
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.receives(SHELTER, POLICE, offer, 5, condition=took)
    case.releases(POLICE, SHELTER, offer, 4, *marks, condition=gave)


def test_the_time_is_that_of_the_corridor(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_corridor(name: str, corridor: str | None = None) -> Limit:
        return {("receipt_hours", "kh-vn"): Limit(timedelta(hours=7), verified=True)}[name, corridor]

    monkeypatch.setattr(cus_gap, "limit", of_corridor)
    deadline = cus_gap.cus_gap_deadline("offer", START, SHELTER, "kh-vn")
    assert (deadline.due, deadline.verified) == (START + timedelta(hours=7), True)
