"""The request to take somebody back, and the journey home: who they are, what is best, when they travel, the border."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contracts import guidelines
from contracts.codes import Condition, Escort, Person, PlaceKind, Purpose
from contracts.envelope import rfc3339
from contracts.standards import Gender
from contracts.steps import (
    CounterpartAnswer,
    FamilyOutcome,
    Solution,
    TracingAnswer,
)

from .act import Act, Sealing
from .desk import WRITING, Burst, Desk, Heard, short
from .routes import Route, route_of

__all__ = ["REACTIONS", "ask", "route_taken"]


def traced(desk: Desk, heard: Heard) -> list[Act]:
    """Who the child is, and how the family is, has come back: what is best is decided, and the return asked for."""
    asked = desk.mine(heard.data["request"])
    if asked is None or heard.data["answer"] != TracingAnswer.RESULT:
        return []
    route = route_taken(desk)
    unsafe = desk.recall("repatriation.family-assessed").get("outcome") == FamilyOutcome.UNSAFE
    burst = desk.burst("decide", 24, 72)
    determination = burst.say(
        "repatriation.best-interests-determined",
        {
            "solution": Solution.RETURN,
            "views": desk.known("repatriation.views-heard"),
            "family_assessment": desk.known("repatriation.family-assessed"),
            "risk_assessment": desk.known("repatriation.risk-assessed"),
            "reason": "family-unsafe" if unsafe else None,
        },
    )
    _request(desk, burst, route, "child", desk.recall("person").get("gender"), determination, heard.id)
    return burst.acts


def counterpart_answered(desk: Desk, heard: Heard) -> list[Act]:
    """Cambodia takes its own back: the journey is planned, and the receiver told who comes."""
    asked = desk.mine(heard.data["request"])
    if asked is None or heard.data["answer"] != CounterpartAnswer.ACCEPTED:
        return []
    route = route_taken(desk)
    burst = desk.burst("schedule", 72, 150)
    travel_at = burst.at + timedelta(hours=desk.between(60, 120, "travel"))
    if asked["person"] == "child":
        burst.say(
            "repatriation.transit-entered",
            {
                "request": heard.data["request"],
                "apart_from_prisoners": True,
                "health_care": True,
                "counselling": True,
            },
        )
    burst.say(
        "repatriation.travel-scheduled",
        {
            "request": heard.data["request"],
            "to": route.receiver,
            "travel_at": rfc3339(travel_at),
            "crossing": route.crossing,
            "escort": Escort.SOCIAL_WORKER,
            "documents": ["laissez-passer", "joint-risk-matrix"],
            "incident": desk.notes.card.get("incident"),
        },
        Sealing("manifest", _manifest(desk), (route.receiver,)),
    )
    if desk.me == route.holder:
        _offer(desk, burst, route, heard.data["request"], travel_at)
    return burst.acts


def scheduled(desk: Desk, heard: Heard) -> list[Act]:
    """The authority has planned the journey: the shelter offers the person to the receiver."""
    route = route_taken(desk)
    if desk.me != route.holder or heard.actor != route.authority:
        return []
    burst = desk.burst("offer", 3, 8)
    _offer(desk, burst, route, heard.data["request"], datetime.fromisoformat(heard.data["travel_at"]))
    return burst.acts


def accepted(desk: Desk, heard: Heard) -> list[Act]:
    """The receiver will be there: on the day, the person crosses the border and is handed over."""
    offer = desk.mine(heard.data["handover"])
    travel = desk.recall("travel")
    if offer is None or not travel:
        return []
    route = route_taken(desk)
    hours = (datetime.fromisoformat(travel["at"]) - desk.now) / timedelta(hours=1)
    burst = desk.burst(f"cross {short(heard.id)}", hours, hours + 3)
    burst.say(
        "repatriation.border-crossed",
        {
            "request": travel["request"],
            "from_country": route.country,
            "to_country": route.to,
            "crossing": route.crossing,
            "handover": heard.data["handover"],
        },
    )
    burst.say(
        "custody.handover-released",
        {
            "custody": heard.data["custody"],
            "handover": heard.data["handover"],
            "to": offer["to"],
            "condition": Condition.WELL,
            "documents": ["laissez-passer", "joint-risk-matrix"],
            "belongings": ["clothes", "bag"],
            "incident": desk.notes.card.get("incident"),
        },
    )
    return burst.acts


def assessed(desk: Desk, heard: Heard) -> list[Act]:
    """How the family is: kept for the decision."""
    desk.remember(heard.name, heard.data)
    return []


def ask(desk: Desk, burst: Burst, route: Route, person: str, gender: str | None, identity: Mapping[str, Any]) -> None:
    """Add to a burst the first question to Cambodia: who a child is, or at once whether an adult may come home."""
    desk.remember("person", {"person": person, "gender": gender})
    desk.remember("identity", identity)
    if person == "adult":
        _request(desk, burst, route, person, gender, None, None)
        return
    burst.say(
        "repatriation.tracing-requested",
        {
            "to": route.home,
            "country": route.to,
            "tasks": ["identity", "nationality", "family"],
            "answer_by": rfc3339(burst.at + timedelta(days=30)),
        },
        Sealing("tracing-set", identity, (route.home,)),
    )


def _request(
    desk: Desk,
    burst: Burst,
    route: Route,
    person: str,
    gender: str | None,
    determination: str | None,
    tracing: str | None,
) -> None:
    on = (burst.at - WRITING).date()
    way = guidelines.corridor(route.country, route.to, Person(person), on, Gender(gender) if gender else None)
    if way is None:
        raise LookupError(f"no corridor from {route.country}")
    burst.say(
        "repatriation.requested",
        {
            "to": route.home,
            "from_country": route.country,
            "to_country": route.to,
            "corridor": way.id,
            "channel": way.channel,
            "person": person,
            "gender": gender,
            "instrument": way.instrument,
            "informed": desk.known("intake.child-informed"),
            "determination": determination,
            "tracing": tracing,
            "answer_by": rfc3339(burst.at + timedelta(days=10)),
        },
    )


def _offer(desk: Desk, burst: Burst, route: Route, request: str, travel_at: datetime) -> None:
    desk.remember("travel", {"at": rfc3339(travel_at), "request": request})
    burst.say(
        "custody.handover-offered",
        {
            "custody": desk.known("custody.opened"),
            "to": route.receiver,
            "purpose": Purpose.REPATRIATION,
            "place_kind": PlaceKind.TRANSIT_CENTRE,
            "escort": Escort.SOCIAL_WORKER,
            "documents": ["laissez-passer", "joint-risk-matrix"],
            "answer_by": rfc3339(burst.at + timedelta(hours=36)),
            "risk_assessment": desk.known("intake.risk-assessed"),
            "corridor": guidelines.corridor_id(route.country, route.to),
            "repatriation": request,
            "determination": desk.known("repatriation.best-interests-determined"),
        },
    )


def _manifest(desk: Desk) -> dict[str, Any]:
    family = desk.recall("repatriation.family-assessed")
    return {
        **desk.recall("identity"),
        "person": desk.recall("person")["person"],
        "family": family.get("outcome"),
        "assessment": desk.known("repatriation.family-assessed"),
    }


def route_taken(desk: Desk) -> Route:
    """The way home in which this agency takes part; raises `LookupError` for an agency of none."""
    route = route_of(desk.me)
    if route is None:
        raise LookupError(f"{desk.me} takes part in no route")
    return route


REACTIONS = {
    "repatriation.family-assessed": assessed,
    "repatriation.tracing-answered": traced,
    "repatriation.counterpart-answered": counterpart_answered,
    "repatriation.travel-scheduled": scheduled,
    "custody.handover-accepted": accepted,
}
