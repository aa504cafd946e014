"""XB-COUNTERPART: the competent authorities of both countries ask and answer, give and take at the border."""

from __future__ import annotations

import pytest

from contracts.decision import Accept
from tests.unit.contracts.casework import (
    EMBASSY,
    HEALTH,
    MALAY_EMBASSY,
    MINISTRY,
    SHELTER,
    THAI,
    THAI_POLICE,
    TRANSIT,
    VIET,
    Case,
    breaches,
    refused,
)

RETURN = {
    "from_country": "TH",
    "to_country": "KH",
    "corridor": "kh-th",
    "channel": "instrument",
    "instrument": "kh-th",
    "person": "child",
}
WAITING = {"apart_from_prisoners": True, "health_care": True, "counselling": True}
TRAVEL = {"travel_at": "2009-05-01T08:00:00+07:00", "crossing": "poipet", "escort": "social-worker"}


@pytest.mark.parametrize(
    ("actor", "to", "rules"),
    [
        (THAI, MINISTRY, set()),
        (THAI_POLICE, MINISTRY, {"XB-COUNTERPART"}),
        (VIET, MINISTRY, {"XB-COUNTERPART"}),
        (THAI, HEALTH, {"XB-COUNTERPART"}),
        (THAI, EMBASSY, {"XB-COUNTERPART"}),
        (THAI, VIET, {"XB-COUNTERPART"}),
    ],
)
def test_who_asks_and_who_is_asked(actor: str, to: str, rules: set[str]) -> None:
    decision = Case().told().tries(actor, "repatriation.requested", 2, RETURN | {"to": to})
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules


def test_embassies_ask_where_there_is_no_instrument() -> None:
    data = {"from_country": "MY", "to_country": "KH", "corridor": "kh-my", "channel": "diplomatic", "person": "child"}
    Case().told().says(MALAY_EMBASSY, "repatriation.requested", 2, data | {"to": EMBASSY})
    assert refused(Case().told().tries(MALAY_EMBASSY, "repatriation.requested", 2, data | {"to": HEALTH})) == {
        "XB-COUNTERPART"
    }


def accepted() -> tuple[Case, str]:
    case = Case()
    asked = case.told().says(THAI, "repatriation.requested", 2, RETURN | {"to": MINISTRY})
    answer = {"request": asked, "answer": "accepted"}
    assert refused(case.tries(HEALTH, "repatriation.counterpart-answered", 3, answer)) == {"NET-PARTY"}
    case.says(MINISTRY, "repatriation.counterpart-answered", 3, answer)
    return case, asked


@pytest.mark.parametrize(
    ("actor", "to", "rules"),
    [(THAI, TRANSIT, set()), (VIET, TRANSIT, {"XB-COUNTERPART"}), (THAI, THAI, {"XB-COUNTERPART"})],
)
def test_who_plans_the_journey_and_to_whom(actor: str, to: str, rules: set[str]) -> None:
    case, asked = accepted()
    decision = case.tries(actor, "repatriation.travel-scheduled", 4, TRAVEL | {"request": asked, "to": to})
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules


def test_a_reception_by_another_is_a_fact_and_a_breach() -> None:
    case, asked = accepted()
    received = {"request": asked, "from_country": "TH", "place_kind": "transit-centre", "condition": "well"}
    case.says(THAI, "repatriation.transit-entered", 4, WAITING | {"request": asked})
    decision = case.tries(HEALTH, "repatriation.received", 5, received)
    assert breaches(decision) == {("XB-COUNTERPART", "breach")}
    case.says(TRANSIT, "repatriation.received", 6, received)


def test_who_gives_and_takes_at_the_border() -> None:
    case = Case()
    case.opened(THAI_POLICE, place="office")
    asked = case.told().says(THAI, "repatriation.requested", 20, RETURN | {"to": MINISTRY})
    case.says(MINISTRY, "repatriation.counterpart-answered", 30, {"request": asked, "answer": "accepted"})
    across = {"corridor": "kh-th", "repatriation": asked, "emergency_reason": "disaster"}
    across["determination"] = case.determined(35)
    by_police = case.offer(THAI_POLICE, SHELTER, 40, **across)
    assert refused(case.tries(THAI_POLICE, "custody.handover-offered", 40, by_police)) == {"XB-COUNTERPART"}
    case.handover(THAI_POLICE, THAI, 50, emergency_reason="disaster")
    case.says(THAI, "custody.handover-offered", 60, case.offer(THAI, TRANSIT, 60, **across))
    to_health = case.offer(THAI, HEALTH, 60, **across)
    assert refused(case.tries(THAI, "custody.handover-offered", 60, to_health)) == {"XB-COUNTERPART"}
