"""A shelter with an agreement: it answers, takes a person in, serves, and sees them into a life of their own."""

from __future__ import annotations

from datetime import timedelta

from contracts.codes import Caretaker, DeclineReason, PlaceKind, Purpose
from contracts.envelope import rfc3339
from contracts.standards import SupportType
from contracts.steps import Answer, Capacity, FamilyOutcome, Service, Unfinished

from .act import Act
from .desk import Desk, Heard, short
from .steps_besides import sheltered
from .steps_reintegration import follow_up, settle

__all__ = ["REACTIONS"]

_SHELTER = (Service.CHILD_SHELTER, Service.ADULT_SHELTER)


def requested(desk: Desk, heard: Heard) -> list[Act]:
    """Somebody asks for a place: there is room, or now and then there is none. Who is asked in another's place has."""
    if heard.data["to"] != desk.me or heard.data["service"] not in _SHELTER:
        return []
    desk.remember("request", {"id": heard.id, "person": heard.data["person"], "by": heard.actor})
    burst = desk.burst(f"answer {short(heard.id)}", 0.8, 2)
    first = "replaces" not in heard.data
    if first and desk.happens(desk.assumptions.no_room, "no room"):
        said = {"answer": Answer.REJECTED, "capacity": Capacity.NO_CAPACITY, "reason": DeclineReason.NO_CAPACITY}
    else:
        said = {"answer": Answer.ACCEPTED, "capacity": Capacity.CAPACITY}
    burst.say("referral.answered", {"request": heard.id, **said})
    return burst.acts


def disclosed(desk: Desk, heard: Heard) -> list[Act]:
    """The identity has come, sealed to this shelter; it is kept for those to whom the person goes on."""
    if heard.sealed is not None and heard.data["to"] == desk.me:
        desk.remember("identity", heard.sealed)
    return []


def offered(desk: Desk, heard: Heard) -> list[Act]:
    """The person is offered: the shelter will take them, or now and then its room has gone since it answered."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst(f"take {short(heard.id)}", 0.8, 2)
    steps = {"custody": heard.data["custody"], "handover": heard.id}
    request = desk.recall("request")
    from_police = heard.data["purpose"] == Purpose.SAFE_PLACE
    retried = desk.known("custody.handover-accepted") is not None
    if from_police and not retried and desk.happens(desk.assumptions.no_room / 2, "room gone"):
        burst.say("custody.handover-declined", {**steps, "reason": DeclineReason.NO_CAPACITY})
        burst.say("referral.failed", {"request": request["id"], "reason": Unfinished.PROVIDER_SHUT})
        return burst.acts
    burst.say("custody.handover-accepted", {**steps, "expected_at": rfc3339(burst.at + timedelta(hours=6))})
    return burst.acts


def released(desk: Desk, heard: Heard) -> list[Act]:
    """The person is at the door: received by name, and served from then on."""
    if heard.data["to"] != desk.me:
        return []
    if heard.sealed is not None:
        desk.remember("identity", heard.sealed)
    burst = desk.burst(f"receive {short(heard.id)}", 0.7, 1.5)
    custody = heard.data["custody"]
    burst.say(
        "custody.handover-received",
        {
            "custody": custody,
            "handover": heard.data["handover"],
            "from_agency": heard.actor,
            "condition": heard.data["condition"],
            "place_kind": PlaceKind.SHELTER,
            "needs": heard.data.get("needs", []),
            "documents": heard.data.get("documents", []),
            "belongings": heard.data.get("belongings", []),
        },
    )
    request = desk.recall("request")
    if not request:
        return [*burst.acts, *_from_abroad(desk, custody)]
    burst.say("referral.started", {"request": request["id"]})
    besides = sheltered(desk, custody, request["person"])
    return [*burst.acts, *besides, *_served(desk, custody, request["id"], request["person"])]


def _served(desk: Desk, custody: str, request: str, person: str) -> list[Act]:
    """After some weeks of care a woman goes her own way; a girl goes to a family that was found safe."""
    burst = desk.burst("served", 20 * 24, 45 * 24)
    assessment = None
    placement = Caretaker.SELF
    if person == "child":
        placement = Caretaker.PARENT if desk.happens(0.7, "parents") else Caretaker.KIN
        assessment = burst.say(
            "repatriation.family-assessed",
            {
                "outcome": FamilyOutcome.SAFE_WITH_SUPPORT if desk.happens(0.5, "support") else FamilyOutcome.SAFE,
                "caretaker": placement,
                "province": desk.recall("identity").get("home_province"),
            },
        )
    burst.say(
        "referral.completed",
        {"request": request, "supports": [SupportType.SEXUAL_REHABILITATION, SupportType.SOCIAL_CARE]},
    )
    plan = settle(desk, burst, custody, placement, assessment, desk.recall("identity").get("home_province"))
    return [*burst.acts, *follow_up(desk, burst, custody, plan)]


def _from_abroad(desk: Desk, custody: str) -> list[Act]:
    """Who came back and cannot live with the family lives in a group home that the shelter runs."""
    burst = desk.burst("settle", 2 * 24, 5 * 24)
    assessment = desk.recall("identity").get("assessment")
    plan = settle(desk, burst, custody, Caretaker.GROUP_HOME, assessment, None)
    return [*burst.acts, *follow_up(desk, burst, custody, plan)]


REACTIONS = {
    "referral.requested": requested,
    "referral.identity-disclosed": disclosed,
    "custody.handover-offered": offered,
    "custody.handover-released": released,
}
