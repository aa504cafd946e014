"""The police of first contact in the country: a report, a safe place within 48 hours, and the handover to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.codes import Condition, EmergencyReason, Escort, HandoverFailure, Need, PlaceKind, Purpose, ReportChannel
from contracts.envelope import rfc3339
from contracts.fields import case_code
from contracts.standards import DecidingOrganization, TraffickingStatus, TypeOfExploitation, Urgency
from contracts.steps import Answer, Level, Risk, Service

from .act import Act, Sealing
from .desk import Burst, Desk, Heard, short
from .steps_besides import proceedings

__all__ = ["REACTIONS", "opening"]

_CHANNELS = (ReportChannel.POLICE_RESCUE, ReportChannel.POLICE_RESCUE, ReportChannel.HOTLINE, ReportChannel.WALK_IN)
_NEEDS = ((), (Need.COUNSELLING,), (Need.COUNSELLING, Need.FEMALE_CARER), (Need.PROTECTION_FROM_THREAT,))
_CONDITIONS = (Condition.WELL, Condition.DISTRESSED, Condition.DISTRESSED, Condition.MINOR_INJURY, Condition.ILL)


def opening(desk: Desk) -> list[Act]:
    """Somebody is found; the post they are brought to holds them, and asks a shelter for a place."""
    card = desk.notes.card
    burst = desk.burst("found", 0, 0)
    channel = desk.choice(_CHANNELS, "channel")
    report = burst.say(
        "intake.report-received",
        {
            "channel": channel,
            "code": case_code(desk.notes.case),
            "found_country": "KH",
            "person": card["presumed"],
            "at_police_post": True,
            "province": card["found_province"],
            "nationality": "KH",
            "gender": card["gender"],
            "urgency": Urgency.URGENT,
            "responder": "kh-mosvy",
            "sealed_kind": "rescue-location",
            "synthetic": True,
            "incident": card["incident"],
        },
        Sealing("rescue-location", {"marker": card["marker"], "place": "synthetic"}, ("kh-mosvy",)),
    )
    burst.say(
        "intake.risk-assessed",
        {
            "level": desk.choice((Level.LOW, Level.MEDIUM, Level.MEDIUM, Level.HIGH), "risk"),
            "safe_to_move": True,
            "risks": [desk.choice((Risk.TRAFFICKER_AT_LARGE, Risk.THREATS, Risk.HEALTH, Risk.DEBT), "risks")],
        },
    )
    if card["person"] == "adult":
        burst.say("intake.age-determined", {"result": "adult", "evidence": ["identity-card"]})
    burst.say(
        "intake.screening-recorded",
        {
            "status": TraffickingStatus.POSSIBLE,
            "organization": DecidingOrganization.POLICE,
            "person": card["person"],
            "exploitation": [TypeOfExploitation.SEXUAL_EXPLOITATION],
            "language": "km",
        },
    )
    burst.say(
        "custody.opened",
        {
            "holder": desk.me,
            "person": card["person"],
            "place_kind": PlaceKind.POLICE_POST,
            "from_report": report,
            "condition": desk.choice(_CONDITIONS, "condition"),
            "incident": card["incident"],
        },
    )
    asking = desk.burst("ask", 1.5, 4)
    _ask(desk, asking, desk.world.shelters_for(card["found_province"])[0], None)
    return [*burst.acts, *asking.acts, *proceedings(desk)]


def answered(desk: Desk, heard: Heard) -> list[Act]:
    """A shelter has answered: it learns who it is and is offered the person, or the next one is asked."""
    request = heard.data["request"]
    asked = desk.mine(request)
    if asked is None or heard.actor != asked["to"] or asked["service"] not in _shelters():
        return []
    if heard.data["answer"] != Answer.ACCEPTED:
        return _ask_another(desk, heard)
    burst = desk.burst(f"offer {short(heard.id)}", 1, 2)
    burst.say(
        "referral.identity-disclosed",
        {"request": request, "to": heard.actor, "kinds": ["identity"]},
        Sealing("identity", {"marker": desk.notes.card["marker"], **_identity(desk)}, (heard.actor,)),
    )
    _offer(desk, burst, heard.actor)
    return burst.acts


def declined(desk: Desk, heard: Heard) -> list[Act]:
    """A shelter that had accepted has no room any more: the next one is asked."""
    return _ask_another(desk, heard) if desk.mine(heard.data["handover"]) is not None else []


def accepted(desk: Desk, heard: Heard) -> list[Act]:
    """The offer is accepted: the person is brought there, or it fails and is tried again."""
    offer = desk.mine(heard.data["handover"])
    if offer is None:
        return []
    assumed = desk.assumptions
    steps = {"custody": heard.data["custody"], "handover": heard.data["handover"]}
    if desk.known("custody.handover-failed") is None and desk.happens(assumed.handover_fails, "handover fails"):
        burst = desk.burst("handover fails", 2, 4)
        reason = desk.choice((HandoverFailure.TRANSPORT_FAILED, HandoverFailure.NO_SHOW), "failure")
        burst.say("custody.handover-failed", {**steps, "reason": reason})
        _offer(desk, burst, offer["to"])
        return burst.acts
    waits = (46, 60) if desk.happens(assumed.past_48_hours, "no transport") else (2, 4)
    burst = desk.burst(f"release {short(heard.id)}", *waits)
    burst.say(
        "custody.handover-released",
        {
            **steps,
            "to": offer["to"],
            "condition": _condition(desk),
            "needs": offer["needs"],
            "documents": ["screening-interview-form", "referral-document"],
            "belongings": ["clothes"],
        },
    )
    return burst.acts


def _ask(desk: Desk, burst: Burst, to: str, replaces: str | None) -> None:
    card = desk.notes.card
    request = burst.say(
        "referral.requested",
        {
            "to": to,
            "service": Service.CHILD_SHELTER if card["person"] == "child" else Service.ADULT_SHELTER,
            "urgency": Urgency.ASAP,
            "answer_by": rfc3339(burst.at + timedelta(hours=24)),
            "person": card["person"],
            "gender": card["gender"],
            "needs": list(desk.choice(_NEEDS, "needs")),
            "replaces": replaces,
        },
    )
    asked: tuple[str, ...] = (*desk.recall("asked").get("agencies", ()), to)
    desk.remember("asked", {"agencies": asked, "last": request})


def _ask_another(desk: Desk, heard: Heard) -> list[Act]:
    asked = desk.recall("asked")
    shelters = desk.world.shelters_for(desk.notes.card["found_province"])
    left = [agency for agency in shelters if agency not in asked["agencies"]]
    if not left:
        return []
    burst = desk.burst(f"ask again {short(heard.id)}", 1, 2)
    _ask(desk, burst, left[0], asked["last"])
    return burst.acts


def _offer(desk: Desk, burst: Burst, to: str) -> None:
    child = desk.notes.card["person"] == "child"
    risk = desk.known("intake.risk-assessed") if child else None
    burst.say(
        "custody.handover-offered",
        {
            "custody": desk.known("custody.opened"),
            "to": to,
            "purpose": Purpose.SAFE_PLACE,
            "place_kind": PlaceKind.SHELTER,
            "needs": list(desk.choice(_NEEDS, "needs")),
            "escort": Escort.POLICE,
            "answer_by": rfc3339(burst.at + timedelta(hours=12)),
            "risk_assessment": risk,
            "emergency_reason": EmergencyReason.NO_SAFE_PLACE if child and risk is None else None,
        },
    )


def _condition(desk: Desk) -> Condition:
    condition: Condition = desk.choice(_CONDITIONS, "condition")
    return condition


def _identity(desk: Desk) -> dict[str, Any]:
    return {"home_province": desk.notes.card["home_province"], "name": "synthetic"}


def _shelters() -> tuple[Service, ...]:
    return (Service.CHILD_SHELTER, Service.ADULT_SHELTER)


REACTIONS = {
    "referral.answered": answered,
    "custody.handover-declined": declined,
    "custody.handover-accepted": accepted,
}
