"""NET-MISDIRECTED: an identity that went astray is told of in every family, and who got it says what it did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.guidelines import limit
from tests.unit.contracts.casework import BAR, COURT, ELDERLY, MINISTRY, POLICE, SHELTER, THAI, Case, refused, waits_for

HOURS = limit("acknowledgement_hours").time / timedelta(hours=1)
SEAL = {"sealed_digest": "A" * 43}
ASTRAY, CLAIM = ("NET-MISDIRECTED", "breach"), ("NET-PARTY", "dispute")
FAMILIES = ("intake", "justice", "referral", "custody", "repatriation")


def sealed(family: str) -> tuple[Case, str, str, str]:
    """A case in which something sealed went out in a family: the case, the event, who sent it, and to whom."""
    case = Case()
    if family == "custody":
        chain = case.opened(place="office")
        offer = case.offered(POLICE, SHELTER, 2)
        case.says(SHELTER, "custody.handover-accepted", 3, {"custody": chain, "handover": offer})
        released = {"custody": chain, "handover": offer, "to": SHELTER, "condition": "well", **SEAL}
        return case, case.says(POLICE, "custody.handover-released", 4, released), POLICE, SHELTER
    case.report()
    if family == "intake":
        screened = {"status": "PossibleVictimOfTrafficking", "organization": "Police", "person": "child"}
        case.says(POLICE, "intake.screening-recorded", 2, screened)
        asked = {"to": MINISTRY, "answer_by": "2009-03-20T08:00:00Z", **SEAL}
        return case, case.says(POLICE, "intake.match-asked", 4, asked), POLICE, MINISTRY
    if family == "justice":
        case.says(POLICE, "justice.investigation-opened", 2, {})
        return case, case.says(BAR, "justice.legal-aid-appointed", 4, {"provider": SHELTER, **SEAL}), BAR, SHELTER
    if family == "referral":
        asking = {"to": SHELTER, "service": "child-shelter", "urgency": "asap", "person": "child"}
        asking["answer_by"] = "2009-03-20T08:00:00Z"
        request = case.says(POLICE, "referral.requested", 2, asking)
        case.says(SHELTER, "referral.answered", 3, {"request": request, "answer": "accepted", "capacity": "capacity"})
        told = {"request": request, "to": SHELTER, "kinds": ["identity"], **SEAL}
        return case, case.says(POLICE, "referral.identity-disclosed", 4, told), POLICE, SHELTER
    asked = {"to": THAI, "country": "TH", "tasks": ["identity"], "answer_by": "2009-04-01T08:00:00Z", **SEAL}
    return case, case.says(MINISTRY, "repatriation.tracing-requested", 4, asked), MINISTRY, THAI


def telling(event: str, *receivers: str) -> dict[str, Any]:
    return {"corrects": event, "reason": "misdirected-identity", "receivers": list(receivers)}


def owed(case: Case, family: str) -> list[tuple[str | None, float, bool]]:
    running = [item for item in case.deadlines(family) if item.rule == "NET-MISDIRECTED"]
    return [(item.owed_by, (item.due - case.start) / timedelta(hours=1), item.verified) for item in running]


@pytest.mark.parametrize("family", FAMILIES)
def test_who_got_it_is_asked_and_says_what_it_did(family: str) -> None:
    case, event, sender, receiver = sealed(family)
    correction = case.says(sender, f"{family}.corrected", 10, telling(event, receiver), ASTRAY)
    assert owed(case, family) == [(receiver, 10 + HOURS, False)]
    done = {"correction": correction, "to": sender, "done": "deleted"}
    case.says(ELDERLY, f"{family}.deletion-acknowledged", 11, done, CLAIM)
    assert owed(case, family) == [(receiver, 10 + HOURS, False)]
    case.says(receiver, f"{family}.deletion-acknowledged", 12, done)
    assert owed(case, family) == []
    case.says(receiver, f"{family}.deletion-acknowledged", 13, done, ("NET-PARTY", "breach"))


@pytest.mark.parametrize("family", FAMILIES)
def test_when_due_is_in_time_and_a_second_later_is_marked(family: str) -> None:
    for seconds, marks in ((0, ()), (1, (ASTRAY,))):
        case, event, sender, receiver = sealed(family)
        correction = case.says(sender, f"{family}.corrected", 10, telling(event, receiver), ASTRAY)
        done = {"correction": correction, "to": sender, "done": "locked"}
        case.says(receiver, f"{family}.deletion-acknowledged", 10 + HOURS + seconds / 3600, done, *marks)


@pytest.mark.parametrize("family", FAMILIES)
def test_only_the_sender_tells_of_it_and_names_those_who_got_it(family: str) -> None:
    case, event, sender, receiver = sealed(family)
    case.says(ELDERLY, f"{family}.corrected", 10, telling(event, receiver), CLAIM, ASTRAY)
    wrong = ("NET-MISDIRECTED", "dispute")
    case.says(sender, f"{family}.corrected", 11, telling(event, ELDERLY), wrong)
    case.says(sender, f"{family}.corrected", 12, telling(event), wrong)
    assert owed(case, family) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_never_sealed_went_to_nobody(family: str) -> None:
    case, _, sender, receiver = sealed(family)
    decision = case.tries(sender, f"{family}.corrected", 10, telling(case.id, receiver))
    assert waits_for(decision) == "the event that it corrects"
    done = {"correction": case.id, "to": sender, "done": "deleted"}
    assert waits_for(case.tries(receiver, f"{family}.deletion-acknowledged", 11, done)) == f"{family}.corrected"


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_told_to_the_one_that_sent_it(family: str) -> None:
    case, event, sender, receiver = sealed(family)
    correction = case.says(sender, f"{family}.corrected", 10, telling(event, receiver), ASTRAY)
    done = {"correction": correction, "to": ELDERLY, "done": "deleted"}
    case.says(receiver, f"{family}.deletion-acknowledged", 11, done, ("NET-PARTY", "breach"))


@pytest.mark.parametrize("reason", ["entered-in-error", "wrong-case", "wrong-time", "wrong-code"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_correction_for_another_reason_asks_nobody(family: str, reason: str) -> None:
    case, event, sender, _ = sealed(family)
    case.says(sender, f"{family}.corrected", 10, {"corrects": event, "reason": reason})
    assert owed(case, family) == []


def test_it_is_asked_after_the_chain_has_ended_and_the_case_is_closed_too() -> None:
    case, event, sender, receiver = sealed("custody")
    correction = case.says(sender, "custody.corrected", 10, telling(event, receiver), ASTRAY)
    case.closes(20)
    assert owed(case, "custody") == [(receiver, 10 + HOURS, False)]
    case.says(
        receiver, "custody.deletion-acknowledged", 30, {"correction": correction, "to": sender, "done": "deleted"}
    )
    assert refused(case.tries(COURT, "intake.consent-given", 31, {"scope": ["services"], "given_by": "child"}))
