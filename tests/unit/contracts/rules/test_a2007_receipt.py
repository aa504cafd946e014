"""A2007-RECEIPT: both sides of a handover name the same two agencies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.unit.contracts.casework import FORCES, POLICE, PROVINCE, SHELTER, START, THAI, TRANSIT, Case
from tests.unit.contracts.rules.test_d107_best import returning


def offered(start: datetime = START) -> tuple[Case, str]:
    case = Case(start)
    case.opened(person="adult", place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    return case, offer


def test_a_release_to_another_than_offered_is_a_dispute() -> None:
    case, offer = offered()
    case.releases(POLICE, PROVINCE, offer, 4, ("A2007-RECEIPT", "dispute"))


def test_a_receipt_from_another_than_offered_is_a_dispute() -> None:
    case, offer = offered()
    case.releases(POLICE, SHELTER, offer, 4)
    case.receives(SHELTER, FORCES, offer, 5, "shelter", ("A2007-RECEIPT", "dispute"))


def test_the_right_names_are_no_dispute() -> None:
    case, offer = offered()
    case.releases(POLICE, SHELTER, offer, 4)
    case.receives(SHELTER, POLICE, offer, 5)


def test_before_the_agreement_nobody_asked_for_names() -> None:
    for day, marks in ((5, ()), (6, (("A2007-RECEIPT", "dispute"),))):
        case, offer = offered(datetime(2007, 2, day, 8, tzinfo=UTC))
        case.releases(POLICE, PROVINCE, offer, 4, *marks)


def across(day: date) -> tuple[Case, str]:
    """A woman on her way from Thailand: offered to a transit centre, and taken on by it."""
    case, way = returning(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), person="adult")
    said = case.offer(THAI, TRANSIT, 40, place_kind="transit-centre", **way)
    offer = case.says(THAI, "custody.handover-offered", 40, said)
    case.says(TRANSIT, "custody.handover-accepted", 41, case.step(offer))
    return case, offer


@pytest.mark.parametrize(
    ("day", "mark"), [(date(2006, 12, 28), None), (date(2006, 12, 30), "warning"), (date(2007, 2, 5), "dispute")]
)
def test_between_cambodia_and_thailand_a_draft_warns_of_it_before_the_agreement_disputes_it(
    day: date, mark: str | None
) -> None:
    case, offer = across(day)
    case.releases(THAI, PROVINCE, offer, 44, *([("A2007-RECEIPT", mark)] if mark is not None else []))
    assert "A2007-RECEIPT" not in {item.rule for item in case.deadlines("custody")}


def test_the_draft_of_two_countries_warns_nobody_within_one_or_who_keeps_to_it() -> None:
    case, offer = offered(datetime(2007, 1, 10, 8, tzinfo=UTC))
    case.releases(POLICE, PROVINCE, offer, 4)
    kept, right = across(date(2007, 1, 10))
    kept.releases(THAI, TRANSIT, right, 44)
