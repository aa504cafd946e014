"""A2007-RECEIPT: both sides of a handover name the same two agencies."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.contracts.casework import FORCES, POLICE, PROVINCE, SHELTER, START, Case


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
