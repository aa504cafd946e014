"""Where somebody of Cambodia is found abroad: shelter, the question who they are, and the request to take them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contracts import guidelines
from contracts.codes import Condition, Escort, Need, Person, PlaceKind, Purpose, ReportChannel
from contracts.envelope import rfc3339
from contracts.fields import case_code
from contracts.standards import DecidingOrganization, Gender, SupportType, TraffickingStatus, TypeOfExploitation
from contracts.steps import (
    CounterpartAnswer,
    FamilyOutcome,
    Guardian,
    Hearing,
    LegalStatus,
    Level,
    Risk,
    Solution,
    Topic,
    TracingAnswer,
    Wish,
)

from .act import Act, Sealing
from .desk import WRITING, Burst, Desk, Heard, short
from .routes import Route, route_of

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
    route, card = _route(desk), desk.notes.card
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
            "nationality": "KH",
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
        _ask(desk, asking, route, card["person"], card["gender"], _identity(card))
        acts += asking.acts
    return acts


def reported(desk: Desk, heard: Heard) -> list[Act]:
    """The police say that somebody needs a shelter; or a shelter, that somebody needs the authority to ask."""
    if heard.data.get("responder") != desk.me:
        return []
    route = _route(desk)
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
        _ask(desk, asking, route, person, heard.data.get("gender"), heard.sealed or {})
        acts += asking.acts
    return acts


def traced(desk: Desk, heard: Heard) -> list[Act]:
    """Who the child is, and how the family is, has come back: what is best is decided, and the return asked for."""
    asked = desk.mine(heard.data["request"])
    if asked is None or heard.data["answer"] != TracingAnswer.RESULT:
        return []
    route = _route(desk)
    unsafe = desk.recall("repatriation.family-assessed").get("outcome") == FamilyOutcome.UNSAFE
    burst = desk.burst("decide", 24, 72)
    determination = burst.say(
        "repatriation.best-interests-determined",
        {
            "solution": Solution.GROUP_HOME if unsafe else Solution.RETURN,
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
    route = _route(desk)
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
    route = _route(desk)
    if desk.me != route.holder or heard.actor != route.authority:
        return []
    burst = desk.burst("offer", 3, 8)
    _offer(desk, burst, route, heard.data["request"], datetime.fromisoformat(heard.data["travel_at"]))
    return burst.acts


def accepted(desk: Desk, heard: Heard) -> list[Act]:
    """The receiver will be there: on the day, the person crosses the border and is handed over."""
    offer = desk.mine(heard.data["handover"])
    if offer is None:
        return []
    route = _route(desk)
    travel = desk.recall("travel")
    hours = (datetime.fromisoformat(travel["at"]) - desk.now) / timedelta(hours=1)
    burst = desk.burst(f"cross {short(heard.id)}", hours, hours + 3)
    burst.say(
        "repatriation.border-crossed",
        {
            "request": travel["request"],
            "from_country": route.country,
            "to_country": "KH",
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
                "language": "km",
            },
        )
    burst.say(
        "intake.identification-decided",
        {
            "status": TraffickingStatus.ACTUAL if actual else TraffickingStatus.POSSIBLE,
            "organization": organization,
            "exploitation": exploitation,
            "nationality": "KH",
        },
    )
    if desk.notes.card["presumed"] == "unknown":
        burst.say(
            "intake.age-determined",
            {"result": desk.notes.card["person"], "evidence": ["physical-appearance", "psychological-maturity"]},
        )
    burst.say("intake.child-informed", {"topics": list(Topic), "language": "km", "interpreter": True})


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


def _ask(desk: Desk, burst: Burst, route: Route, person: str, gender: str | None, identity: Mapping[str, Any]) -> None:
    desk.remember("person", {"person": person, "gender": gender})
    desk.remember("identity", identity)
    if person == "adult":
        _request(desk, burst, route, person, gender, None, None)
        return
    burst.say(
        "repatriation.tracing-requested",
        {
            "to": route.home,
            "country": "KH",
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
    way = guidelines.corridor(route.country, "KH", Person(person), on, Gender(gender) if gender else None)
    if way is None:
        raise LookupError(f"no corridor from {route.country}")
    burst.say(
        "repatriation.requested",
        {
            "to": route.home,
            "from_country": route.country,
            "to_country": "KH",
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
            "corridor": guidelines.corridor_id(route.country, "KH"),
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


def _identity(card: Mapping[str, Any]) -> dict[str, Any]:
    return {"marker": card["marker"], "home_province": card["home_province"], "name": "synthetic"}


def _route(desk: Desk) -> Route:
    route = route_of(desk.me)
    if route is None:
        raise LookupError(f"{desk.me} takes part in no route")
    return route


REACTIONS = {
    "intake.report-received": reported,
    "repatriation.family-assessed": assessed,
    "repatriation.tracing-answered": traced,
    "repatriation.counterpart-answered": counterpart_answered,
    "repatriation.travel-scheduled": scheduled,
    "custody.handover-accepted": accepted,
}
