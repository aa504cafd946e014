"""Where people come back: a transit centre receives them by name, and children go on to their province."""

from __future__ import annotations

from datetime import timedelta

from contracts.codes import Condition, Escort, Exit, PlaceKind, Purpose
from contracts.envelope import rfc3339
from contracts.steps import Contact, FamilyOutcome, FollowUpOutcome

from .act import Act, Sealing
from .desk import Desk, Heard, short
from .routes import ROUTES
from .steps_reintegration import close

__all__ = ["REACTIONS"]


def scheduled(desk: Desk, heard: Heard) -> list[Act]:
    """Somebody will come: who it is, and where they are at home, is kept for the way on."""
    if heard.data["to"] == desk.me and heard.sealed is not None:
        desk.remember("manifest", {**heard.sealed, "request": heard.data["request"]})
    return []


def offered(desk: Desk, heard: Heard) -> list[Act]:
    """The counterpart offers them across the border: they will be met."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst(f"take {short(heard.id)}", 4, 16)
    burst.say("custody.handover-accepted", {"custody": heard.data["custody"], "handover": heard.id})
    return burst.acts


def released(desk: Desk, heard: Heard) -> list[Act]:
    """They are across: received by name. A child is offered to its province, an adult goes on by their own word."""
    if heard.data["to"] != desk.me:
        return []
    manifest = desk.recall("manifest")
    custody = heard.data["custody"]
    route = next(route for route in ROUTES.values() if heard.actor == route.holder)
    burst = desk.burst(f"receive {short(heard.id)}", 0.7, 1.5)
    burst.say(
        "custody.handover-received",
        {
            "custody": custody,
            "handover": heard.data["handover"],
            "from_agency": heard.actor,
            "condition": heard.data["condition"],
            "place_kind": PlaceKind.TRANSIT_CENTRE,
            "documents": heard.data.get("documents", []),
            "belongings": heard.data.get("belongings", []),
        },
    )
    burst.say(
        "repatriation.received",
        {
            "request": manifest.get("request"),
            "from_country": route.country,
            "place_kind": PlaceKind.TRANSIT_CENTRE,
            "condition": heard.data["condition"],
            "from_agency": heard.actor,
        },
    )
    if manifest.get("person") == "adult":
        return [*burst.acts, *_farewell(desk, custody)]
    return [*burst.acts, *_onward(desk, custody)]


def accepted(desk: Desk, heard: Heard) -> list[Act]:
    """The province or a shelter will take the child: it is brought there, and with it, sealed, who it is."""
    offer = desk.mine(heard.data["handover"])
    if offer is None or offer["purpose"] == Purpose.REPATRIATION:
        return []
    burst = desk.burst(f"release {short(heard.id)}", 8, 20)
    burst.say(
        "custody.handover-released",
        {
            "custody": heard.data["custody"],
            "handover": heard.data["handover"],
            "to": offer["to"],
            "condition": Condition.WELL,
            "documents": ["referral-document", "family-assessment-form"],
            "belongings": ["clothes", "bag"],
        },
        Sealing("identity", desk.recall("manifest"), (offer["to"],)),
    )
    return burst.acts


def _onward(desk: Desk, custody: str) -> list[Act]:
    manifest = desk.recall("manifest")
    unsafe = manifest.get("family") == FamilyOutcome.UNSAFE
    province = manifest["home_province"]
    burst = desk.burst("onward", 14, 40)
    burst.say(
        "custody.handover-offered",
        {
            "custody": custody,
            "to": desk.world.shelters_for(province)[0] if unsafe else f"kh-dosvy-{province}",
            "purpose": Purpose.SHELTER if unsafe else Purpose.REINTEGRATION,
            "place_kind": PlaceKind.SHELTER if unsafe else PlaceKind.OFFICE,
            "escort": Escort.SOCIAL_WORKER,
            "answer_by": rfc3339(burst.at + timedelta(hours=24)),
            "assessment": manifest.get("assessment"),
        },
    )
    return burst.acts


def _farewell(desk: Desk, custody: str) -> list[Act]:
    """An adult's own word ends the accompaniment; a call some weeks later ends the case."""
    parting = desk.burst("farewell", 10, 30)
    parting.say("custody.ended", {"custody": custody, "reason": Exit.OWN_WORD})
    call = desk.burst("call", 28 * 24, 35 * 24)
    made = call.say(
        "repatriation.follow-up-made",
        {"contact": Contact.PHONE, "outcome": FollowUpOutcome.WELL},
    )
    close(call, None, Exit.FOLLOW_UP_DONE, None, made)
    return [*parting.acts, *call.acts]


REACTIONS = {
    "repatriation.travel-scheduled": scheduled,
    "custody.handover-offered": offered,
    "custody.handover-released": released,
    "custody.handover-accepted": accepted,
}
