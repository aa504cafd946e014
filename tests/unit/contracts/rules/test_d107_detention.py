"""D107-DETENTION: no offer brings a child to a detention facility, and a fact that it is in one is a breach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.decision import Accept
from tests.unit.contracts.casework import FORCES, MINISTRY, POLICE, SHELTER, START, Case, refused

BREACH = ("D107-DETENTION", "breach")
IN_IT = {"place_kind": "detention-facility"}
BEFORE = datetime(2007, 12, 19, 8, tzinfo=UTC)
SINCE = datetime(2007, 12, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("person", "start", "place", "rules"),
    [
        ("child", START, "detention-facility", {"D107-DETENTION"}),
        ("child", SINCE, "detention-facility", {"D107-DETENTION"}),
        ("child", BEFORE, "detention-facility", set()),
        ("adult", START, "detention-facility", set()),
        ("child", START, "police-post", set()),
        ("child", START, "state-centre", set()),
    ],
)
def test_offers(person: str, start: datetime, place: str, rules: set[str]) -> None:
    case = Case(start)
    case.opened(MINISTRY, person=person, place="office")
    offer = case.offer(MINISTRY, FORCES, 2, place_kind=place)
    decision = case.tries(MINISTRY, "custody.handover-offered", 2, offer)
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules


def said(case: Case, name: str) -> tuple[str, dict[str, Any]]:
    """Who says that a person is in a detention facility, and how."""
    custody = {"custody": case.state("custody").opened} | IN_IT
    match name:
        case "custody.emergency-placed":
            return POLICE, custody | {"to": FORCES, "reason": "no-safe-place-here"}
        case "custody.taken-over":
            taken = {"from_agency": POLICE, "to": FORCES, "reason": "abuse", "ordered_by": "referral-authority"}
            return MINISTRY, custody | taken
        case "custody.found":
            case.says(POLICE, "custody.missing-reported", 2, custody | {"how": "taken"})
            return FORCES, custody | {"condition": "well"}
        case _:
            offer = case.offered(POLICE, FORCES, 2, place_kind="office")
            case.says(FORCES, "custody.handover-accepted", 2.5, case.step(offer))
            case.releases(POLICE, FORCES, offer, 3)
            return FORCES, case.step(offer, from_agency=POLICE, condition="well") | IN_IT


FACTS = ("custody.emergency-placed", "custody.taken-over", "custody.found", "custody.handover-received")


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize(("person", "start"), [("child", START), ("adult", START), ("child", BEFORE)])
def test_facts(name: str, person: str, start: datetime) -> None:
    case = Case(start)
    case.opened(person=person, place="office")
    actor, data = said(case, name)
    marks = (BREACH,) if person == "child" and start is START else ()
    case.says(actor, name, 4, data, *marks)
    assert case.state("custody").place_kind == "detention-facility"
    assert case.state("custody").carer == FORCES


@pytest.mark.parametrize(("person", "marks"), [("child", (BREACH,)), ("adult", ())])
def test_an_opening(person: str, marks: tuple[tuple[str, str], ...]) -> None:
    case = Case()
    report = case.report(post=False, person=person)
    opening = {"holder": POLICE, "person": person, "from_report": report} | IN_IT
    case.says(POLICE, "custody.opened", 1, opening, *marks)
    assert case.state("custody").carer == POLICE


def test_who_leaves_it_is_offered_as_any_other() -> None:
    case = Case()
    report = case.report(post=False)
    case.says(POLICE, "custody.opened", 1, {"holder": POLICE, "person": "child", "from_report": report} | IN_IT, BREACH)
    case.handover(POLICE, SHELTER, 2)
    assert case.state("custody").place_kind == "shelter"
