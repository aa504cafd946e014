"""CUS-TAKEOVER: who may take a child from a holder that endangers it, from whom, and what comes of it at once."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import need
from contracts.decision import Accept
from contracts.envelope import Unacceptable
from tests.unit.contracts.casework import (
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    THAI,
    Case,
    breaches,
    directory,
    refused,
)

CLAIM = ("CUS-TAKEOVER", "dispute")


def taken(case: Case, **data: Any) -> dict[str, Any]:
    known = {"from_agency": SHELTER, "to": PROVINCE, "reason": "abuse", "place_kind": "office"}
    return known | {"custody": case.state("custody").opened, "ordered_by": "referral-authority"} | data


def held(person: str = "child") -> Case:
    """A shelter has somebody, and has offered them on."""
    case = Case()
    case.opened(person=person)
    case.handover(POLICE, SHELTER, 2)
    return case


@pytest.mark.parametrize("person", ["child", "adult"])
def test_the_referral_authority_takes_over_at_once_without_the_holder(person: str) -> None:
    case = held(person)
    offer = case.offered(SHELTER, HEALTH, 5)
    case.says(MINISTRY, "custody.taken-over", 6, taken(case))
    state = case.state("custody")
    assert (state.carer, state.responsible, state.place_kind) == (PROVINCE, (PROVINCE,), "office")
    assert state.holdings[-1].since == case.at(6)
    onward = case.offer(SHELTER, HEALTH, 7)
    assert refused(case.tries(SHELTER, "custody.handover-offered", 7, onward)) == {"CUS-HOLDER"}
    assert refused(case.tries(HEALTH, "custody.handover-accepted", 7, case.step(offer))) == {"CUS-HOLDER"}


@pytest.mark.parametrize(
    ("actor", "more", "second", "rightful"),
    [
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, MINISTRY, True),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, None, False),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, HEALTH, False),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, THAI, False),
        (FORCES, {"ordered_by": "court"}, MINISTRY, False),
        (FORCES, {"ordered_by": "referral-authority", "paper": "12/09"}, MINISTRY, False),
        (THAI, {}, None, False),
    ],
)
def test_a_court_by_an_order_that_the_authority_signs_and_no_other_countrys(
    actor: str, more: dict[str, str], second: str | None, rightful: bool
) -> None:
    case = held()
    event = case.event(actor, "custody.taken-over", 6, taken(case, **more))
    assert breaches(case.judge(event, countersigner=second)) == (set() if rightful else {CLAIM})
    state = case.state("custody")
    assert (state.carer, state.rightful) == (PROVINCE, (PROVINCE,) if rightful else (SHELTER,))
    assert state.responsible == ((PROVINCE,) if rightful else (SHELTER, PROVINCE))


@pytest.mark.parametrize("change", [{"from_agency": HEALTH}, {"to": SHELTER}])
def test_from_another_than_the_holder_or_back_to_it_holds_and_is_marked(change: dict[str, str]) -> None:
    case = held()
    case.says(MINISTRY, "custody.taken-over", 6, taken(case, **change), ("CUS-TAKEOVER", "breach"))
    assert case.state("custody").rightful == (change.get("to", PROVINCE),)


@pytest.mark.parametrize("reason", ["abuse", "neglect", "exploitation", "holder-accused", "holder-suspended"])
def test_it_says_by_a_code_how_the_holder_endangers_the_child(reason: str) -> None:
    case = held()
    case.says(MINISTRY, "custody.taken-over", 6, taken(case, reason=reason))
    with pytest.raises(Unacceptable):
        case.event(MINISTRY, "custody.taken-over", 7, taken(case, reason="convenient"))
    with pytest.raises(Unacceptable):
        case.event(MINISTRY, "custody.taken-over", 7, taken(case, reason=None))


def test_a_carer_that_does_not_answer_is_a_holder_too() -> None:
    case = held()
    placed = {"custody": case.state("custody").opened, "to": HEALTH, "place_kind": "hospital", "reason": "disaster"}
    case.says(SHELTER, "custody.emergency-placed", 5, placed)
    event = case.event(MINISTRY, "custody.taken-over", 6, taken(case, from_agency=HEALTH))
    assert isinstance(case.judge(event), Accept)
    assert case.state("custody").responsible == (PROVINCE,)


def test_the_one_that_endangered_the_person_is_not_told_where_they_are_and_hears_nothing_more() -> None:
    case = Case()
    custody = case.opened()
    taken = {"custody": custody, "from_agency": POLICE, "to": SHELTER, "reason": "abuse", "place_kind": "shelter"}
    event = case.event(MINISTRY, "custody.taken-over", 2, taken | {"ordered_by": "referral-authority"})
    case.judge(event)
    assert event.type.named(event.data) == (SHELTER,)
    assert set(event.type.agencies(event.data)) == {POLICE, SHELTER}, "both must be in the directory"
    told = need.audience("custody.taken-over", (SHELTER,), case.roles, directory(), event.time.date())
    later = need.audience("custody.ended", (), case.roles, directory(), event.time.date())
    assert (told, later) == ({SHELTER}, {SHELTER})
    assert case.roles["custody"]["holder"] == (SHELTER,)
