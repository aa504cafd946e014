"""Who has nothing to do with a case says something of it: on record as a claim, and no rule rests on it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.contracts.casework import HEALTH, MINISTRY, POLICE, PROVINCE, SHELTER, THAI, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_need import ASKING

CLAIM = ("NET-PARTY", "dispute")
TELLING = {"topics": ["rights", "repatriation-process"]}
RISK = {"level": "low", "safe_to_move": True}
FAMILY = {"caretaker": "kin", "outcome": "safe"}
SAID: list[tuple[str, dict[str, Any]]] = [
    ("intake.child-informed", TELLING),
    ("intake.risk-assessed", RISK),
    ("repatriation.family-assessed", FAMILY),
]


def held() -> Case:
    """A shelter holds the child."""
    case = Case()
    case.opened(place="office")
    case.handover(POLICE, SHELTER, 2)
    return case


@pytest.mark.parametrize(("name", "data"), SAID)
def test_a_stranger_is_waited_for_and_then_only_claims(name: str, data: dict[str, Any]) -> None:
    case = held()
    assert waits_for(case.tries(HEALTH, name, 10, data)) == "custody.handover-accepted"
    case.says(HEALTH, name, 10, data, CLAIM)


@pytest.mark.parametrize("actor", [POLICE, SHELTER, MINISTRY])
@pytest.mark.parametrize(("name", "data"), SAID)
def test_who_reported_took_on_or_is_an_authority_takes_part(name: str, data: dict[str, Any], actor: str) -> None:
    held().says(actor, name, 10, data)


@pytest.mark.parametrize(("name", "data"), SAID)
def test_who_accepted_a_service_or_opened_the_case_in_an_emergency_takes_part(name: str, data: dict[str, Any]) -> None:
    case = held()
    request = case.says(SHELTER, "referral.requested", 5, ASKING | {"to": PROVINCE})
    answer = {"request": request, "answer": "accepted", "capacity": "capacity"}
    case.says(PROVINCE, "referral.answered", 6, answer)
    case.says(PROVINCE, name, 10, data)
    case.says(HEALTH, "intake.glass-broken", 11, {"reason": "medical-emergency", "reviewer": MINISTRY})
    case.says(HEALTH, name, 12, data)


def test_a_claimed_telling_carries_no_request_for_return() -> None:
    case = held()
    case.says(HEALTH, "intake.child-informed", 10, TELLING, CLAIM)
    wish = {"to": THAI, "from_country": "KH", "to_country": "TH", "corridor": "kh-th", "channel": "instrument"}
    wish |= {"instrument": "kh-th", "person": "child"}
    assert refused(case.tries(MINISTRY, "repatriation.requested", 11, wish, expired=True)) == {"D107-INFORMED"}
    case.says(SHELTER, "intake.child-informed", 12, TELLING)
    case.says(MINISTRY, "repatriation.requested", 13, wish)


def test_a_claimed_assessment_of_risk_moves_no_child() -> None:
    case = Case()
    case.opened()
    claimed = case.says(HEALTH, "intake.risk-assessed", 2, RISK, CLAIM)
    offer = case.offer(POLICE, SHELTER, 3, risk_assessment=claimed)
    assert refused(case.tries(POLICE, "custody.handover-offered", 3, offer, expired=True)) == {"NET-ORDER"}
    own = case.says(POLICE, "intake.risk-assessed", 3, RISK)
    case.says(POLICE, "custody.handover-offered", 4, offer | {"risk_assessment": own})


def test_a_claimed_assessment_of_a_family_gives_it_no_child() -> None:
    case = held()
    claimed = case.says(HEALTH, "repatriation.family-assessed", 10, FAMILY, CLAIM)
    custody = {"custody": case.state("custody").opened, "to_kind": "kin"}
    case.says(SHELTER, "custody.entrusted", 11, custody | {"assessment": claimed}, ("CUS-FAMILY", "unproven"))
