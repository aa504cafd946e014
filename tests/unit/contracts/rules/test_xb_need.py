"""XB-NEED: nothing sealed goes with a question; an identity goes from who asked to who accepted."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import need
from contracts.decision import Accept
from contracts.fields import case_code
from tests.unit.contracts.casework import MINISTRY, POLICE, PROVINCE, SHELTER, THAI, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_counterpart import RETURN

SEALED = "A" * 43
ASKING = {
    "to": SHELTER,
    "service": "child-shelter",
    "urgency": "asap",
    "answer_by": "2009-03-03T08:00:00Z",
    "person": "child",
}
TRACING = {"to": MINISTRY, "country": "KH", "tasks": ["identity"], "answer_by": "2009-04-01T08:00:00Z"}


def disclosing(request: str, to: str, *kinds: str) -> dict[str, Any]:
    return {"request": request, "to": to, "kinds": list(kinds or ("identity",)), "sealed_digest": SEALED}


def test_what_only_asks_carries_nothing_sealed() -> None:
    case = Case()
    case.opened()
    sealed = {"sealed_digest": SEALED}
    offer = case.offer(POLICE, SHELTER, 2, emergency_reason="disaster") | sealed
    assert refused(case.tries(POLICE, "custody.handover-offered", 2, offer)) == {"XB-NEED"}
    assert refused(case.tries(POLICE, "referral.requested", 2, ASKING | sealed)) == {"XB-NEED"}
    request = RETURN | {"to": MINISTRY} | sealed
    assert refused(case.told().tries(THAI, "repatriation.requested", 2, request)) == {"XB-NEED"}


def test_an_identity_follows_acceptance() -> None:
    case = Case()
    request = case.says(POLICE, "referral.requested", 1, ASKING)
    disclosure = disclosing(request, SHELTER)
    assert refused(case.tries(POLICE, "referral.identity-disclosed", 2, disclosure)) == {"XB-NEED"}
    answer = {"request": request, "answer": "accepted", "capacity": "capacity"}
    case.says(SHELTER, "referral.answered", 3, answer)
    case.says(POLICE, "referral.identity-disclosed", 4, disclosure)


@pytest.mark.parametrize(("actor", "to"), [(POLICE, PROVINCE), (MINISTRY, SHELTER), (SHELTER, SHELTER)])
def test_to_nobody_else_and_from_nobody_else(actor: str, to: str) -> None:
    case = Case()
    request = case.says(POLICE, "referral.requested", 1, ASKING)
    case.says(SHELTER, "referral.answered", 3, {"request": request, "answer": "accepted", "capacity": "capacity"})
    assert refused(case.tries(actor, "referral.identity-disclosed", 4, disclosing(request, to))) == {"XB-NEED"}


def test_not_to_one_that_rejected_or_whose_task_is_over() -> None:
    case = Case()
    request = case.says(POLICE, "referral.requested", 1, ASKING)
    answer = {"request": request, "answer": "rejected", "capacity": "no-capacity", "reason": "no-capacity"}
    case.says(SHELTER, "referral.answered", 3, answer)
    assert refused(case.tries(POLICE, "referral.identity-disclosed", 4, disclosing(request, SHELTER))) == {"XB-NEED"}


def test_an_accepted_tracing_task_opens_the_door_for_a_tracing_set_and_no_more() -> None:
    case = Case()
    request = case.says(THAI, "repatriation.tracing-requested", 1, TRACING)
    disclosure = disclosing(request, MINISTRY, "tracing-set")
    waiting = case.tries(THAI, "referral.identity-disclosed", 2, disclosure)
    assert waits_for(waiting) == "repatriation.tracing-answered"
    assert refused(case.tries(THAI, "referral.identity-disclosed", 2, disclosure, expired=True)) >= {"XB-NEED"}
    case.says(MINISTRY, "repatriation.tracing-answered", 3, {"request": request, "answer": "accepted"})
    whole = disclosing(request, MINISTRY, "tracing-set", "identity")
    assert refused(case.tries(THAI, "referral.identity-disclosed", 4, whole)) == {"XB-NEED"}
    case.says(THAI, "referral.identity-disclosed", 4, disclosure)


@pytest.mark.parametrize(
    ("kind", "responder", "marks"),
    [
        ("rescue-location", POLICE, ()),
        ("rescue-location", MINISTRY, ()),
        ("reporter", POLICE, ()),
        ("rescue-location", SHELTER, (("XB-NEED", "breach"),)),
        ("rescue-location", None, (("XB-NEED", "breach"),)),
        ("identity", POLICE, (("XB-NEED", "breach"),)),
        ("manifest", POLICE, (("XB-NEED", "breach"),)),
        (None, POLICE, (("XB-NEED", "breach"),)),
    ],
)
def test_the_place_of_rescue_goes_to_a_competent_responder_with_the_report_and_to_nobody_else(
    kind: str | None, responder: str | None, marks: tuple[tuple[str, str], ...]
) -> None:
    case = Case()
    said = {"channel": "hotline", "code": case_code(case.id), "found_country": "KH", "person": "child"}
    said |= {"at_police_post": False, "sealed_digest": "A" * 43, "sealed_kind": kind, "responder": responder}
    event = case.event(PROVINCE, "intake.report-received", 1, said)
    decision = case.judge(event)
    assert isinstance(decision, Accept)
    assert {(item.rule, item.code) for item in decision.breaches} == set(marks)
    named = event.type.named(event.data)
    assert need.sealed_for(named, decision.breaches) == (set(named) if not marks else set())
    assert case.roles["intake"]["reporter"] == (PROVINCE,)


@pytest.mark.parametrize(("responder", "marks"), [(MINISTRY, ()), (SHELTER, (("XB-NEED", "breach"),))])
def test_the_manifest_of_an_incident_goes_to_a_competent_responder(
    responder: str, marks: tuple[tuple[str, str], ...]
) -> None:
    case = Case()
    said = {"channel": "deported-unannounced", "from_country": "TH", "code": case_code(case.id), "found_country": "KH"}
    said |= {"person": "unknown", "at_police_post": False, "incident": case.id, "responder": responder}
    decision = case.judge(
        case.event(POLICE, "intake.report-received", 1, said | {"sealed_digest": "A" * 43, "sealed_kind": "manifest"})
    )
    assert isinstance(decision, Accept)
    assert {(item.rule, item.code) for item in decision.breaches} == set(marks)


def test_a_report_that_seals_nothing_needs_no_responder() -> None:
    Case().report()
