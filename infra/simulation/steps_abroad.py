"""Where somebody of Cambodia is found abroad: a report, a roof, who they are, and what they wish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.codes import Condition, Need, PlaceKind, ReportChannel
from contracts.fields import case_code
from contracts.standards import DecidingOrganization, SupportType, TraffickingStatus, TypeOfExploitation
from contracts.steps import (
    Guardian,
    Hearing,
    LegalStatus,
    Level,
    Risk,
    Topic,
    Wish,
)

from .act import Act, Sealing
from .desk import Burst, Desk, Heard
from .steps_besides import request_for_assistance
from .steps_return import ask, route_taken

__all__ = ["REACTIONS", "opening"]

_CHANNELS = (ReportChannel.POLICE_RESCUE, ReportChannel.OUTREACH, ReportChannel.WALK_IN, ReportChannel.HOTLINE)
_EXPLOITATIONS = (
    TypeOfExploitation.FORCED_BEGGING,
    TypeOfExploitation.FORCED_LABOUR,
    TypeOfExploitation.CHILD_LABOUR,
    TypeOfExploitation.SEXUAL_EXPLOITATION,
)


def opening(desk: Desk) -> list[Act]:
    """Somebody is found abroad: a report, a roof, and in the days after it who they are and what they were through."""
    route, card = route_taken(desk), desk.notes.card
    child = card["person"] == "child"
    found = desk.burst("found", 0, 0)
    others = [agency for agency in (route.holder, route.authority) if agency != desk.me]
    report = found.say(
        "intake.report-received",
        {
            "channel": desk.choice(_CHANNELS, "channel"),
            "code": case_code(desk.notes.case),
            "found_country": route.country,
            "person": card["presumed"],
            "at_police_post": False,
            "nationality": route.to,
            "gender": card["gender"],
            "responder": others[0] if others else None,
            "sealed_kind": "rescue-location" if others else None,
            "synthetic": True,
            "incident": card["incident"],
        },
        Sealing("rescue-location", _identity(card), (others[0],)) if others else None,
    )
    if child:
        found.say("intake.risk-assessed", {"level": Level.MEDIUM, "safe_to_move": True, "risks": [Risk.HEALTH]})
    acts = found.acts
    if desk.me == route.holder:
        _open(desk, found, report, card["person"])
    identified = desk.burst("identify", 20, 44)
    _identify(desk, identified, child)
    if desk.me == route.holder:
        _hear(identified)
        if child:
            _arrange_care(identified)
    acts += identified.acts
    if desk.me == route.authority:
        asking = desk.burst("ask", 60, 100)
        ask(desk, asking, route, card["person"], card["gender"], _identity(card))
        acts += asking.acts
    if desk.world.agencies[desk.me].may("criminal-justice"):
        acts += request_for_assistance(desk, route.country)
    return acts


def reported(desk: Desk, heard: Heard) -> list[Act]:
    """The police say that somebody needs a shelter; or a shelter, that somebody needs the authority to ask."""
    if heard.data.get("responder") != desk.me:
        return []
    route = route_taken(desk)
    person = "adult" if heard.data["person"] == "adult" else "child"
    desk.remember("identity", heard.sealed or {})
    acts: list[Act] = []
    if desk.me == route.holder:
        opened = desk.burst("open", 1, 3)
        _open(desk, opened, heard.id, person)
        heard_out = desk.burst("hear", 46, 56)
        _hear(heard_out)
        if person == "child":
            _arrange_care(heard_out)
        acts += [*opened.acts, *heard_out.acts]
    if desk.me == route.authority:
        asking = desk.burst("ask", 60, 100)
        ask(desk, asking, route, person, heard.data.get("gender"), heard.sealed or {})
        acts += asking.acts
    return acts


def _open(desk: Desk, burst: Burst, report: str, person: str) -> None:
    burst.say(
        "custody.opened",
        {
            "holder": desk.me,
            "person": person,
            "place_kind": PlaceKind.SHELTER,
            "from_report": report,
            "condition": desk.choice((Condition.WELL, Condition.DISTRESSED, Condition.ILL), "condition"),
            "needs": [Need.COUNSELLING, Need.INTERPRETER],
            "incident": desk.notes.card.get("incident"),
        },
    )


def _identify(desk: Desk, burst: Burst, child: bool) -> None:
    exploitation = [desk.choice(_EXPLOITATIONS, "exploitation")]
    actual = desk.happens(desk.assumptions.actual_victims, "actual")
    police = desk.me.endswith("-mps")
    organization = DecidingOrganization.POLICE if police else DecidingOrganization.NON_POLICE_GOVERNMENTAL
    if child:
        burst.say(
            "intake.screening-recorded",
            {
                "status": TraffickingStatus.POSSIBLE,
                "organization": organization,
                "person": "child",
                "exploitation": exploitation,
                "language": _language(desk),
            },
        )
    burst.say(
        "intake.identification-decided",
        {
            "status": TraffickingStatus.ACTUAL if actual else TraffickingStatus.POSSIBLE,
            "organization": organization,
            "exploitation": exploitation,
            "nationality": route_taken(desk).to,
        },
    )
    if desk.notes.card["presumed"] == "unknown":
        burst.say(
            "intake.age-determined",
            {"result": desk.notes.card["person"], "evidence": ["physical-appearance", "psychological-maturity"]},
        )
    burst.say("intake.child-informed", {"topics": list(Topic), "language": _language(desk), "interpreter": True})


def _language(desk: Desk) -> str:
    """The person's own (ISO 639-1)."""
    return {"KH": "km", "VN": "vi"}[route_taken(desk).to]


def _arrange_care(burst: Burst) -> None:
    burst.say(
        "intake.interim-care-arranged",
        {
            "guardian": Guardian.PROVIDER,
            "legal_status": LegalStatus.TEMPORARY_STAY,
            "charge": False,
            "supports": [SupportType.HEALTH, SupportType.SOCIAL_CARE],
        },
    )


def _hear(burst: Burst) -> None:
    burst.say("repatriation.views-heard", {"hearing": Hearing.HEARD, "wish": Wish.RETURN, "contact_risk": Level.LOW})


def _identity(card: Mapping[str, Any]) -> dict[str, Any]:
    return {"marker": card["marker"], "home_province": card["home_province"], "name": "synthetic"}


REACTIONS = {"intake.report-received": reported}
