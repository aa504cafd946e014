"""Viet Nam takes back girls who were found in Cambodia: it says who they are, accepts them, and receives them."""

from __future__ import annotations

from datetime import timedelta

from contracts.codes import Caretaker, DocumentKind, PlaceKind
from contracts.steps import CounterpartAnswer, FamilyOutcome, Level, Risk, TracingAnswer

from .act import Act
from .desk import Desk, Heard, short
from .routes import OUTBOUND
from .steps_reintegration import follow_up, settle

__all__ = ["REACTIONS"]


def tracing_requested(desk: Desk, heard: Heard) -> list[Act]:
    """Social affairs of Cambodia asks who a girl is: her family is visited, and the risk of a return looked at."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst("trace", 6 * 24, 12 * 24)
    burst.say(
        "repatriation.risk-assessed",
        {"level": Level.LOW, "risks": [Risk.STIGMA], "with_agency": heard.actor},
    )
    burst.say(
        "repatriation.family-assessed",
        {"outcome": FamilyOutcome.SAFE, "caretaker": Caretaker.PARENT},
    )
    burst.say(
        "repatriation.tracing-answered",
        {
            "request": heard.id,
            "answer": TracingAnswer.RESULT,
            "established": ["identity", "nationality", "family"],
        },
    )
    return burst.acts


def requested(desk: Desk, heard: Heard) -> list[Act]:
    """Her own country takes her, and issues a paper to travel on."""
    if heard.data["to"] != desk.me:
        return []
    accepting = desk.burst("accept return", 10, 40)
    accepting.say("repatriation.counterpart-answered", {"request": heard.id, "answer": CounterpartAnswer.ACCEPTED})
    issuing = desk.burst("laissez-passer", 44, 66)
    issuing.say(
        "repatriation.travel-document-issued",
        {
            "request": heard.id,
            "document": DocumentKind.LAISSEZ_PASSER,
            "valid_until": (issuing.at + timedelta(days=60)).date().isoformat(),
        },
    )
    return [*accepting.acts, *issuing.acts]


def offered(desk: Desk, heard: Heard) -> list[Act]:
    """She is offered across the border: she will be met."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst(f"take {short(heard.id)}", 4, 16)
    burst.say("custody.handover-accepted", {"custody": heard.data["custody"], "handover": heard.id})
    return burst.acts


def released(desk: Desk, heard: Heard) -> list[Act]:
    """She is across: received by name, and some days later with her family, who is visited."""
    if heard.data["to"] != desk.me:
        return []
    custody = heard.data["custody"]
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
            "request": desk.known("repatriation.requested") or desk.recall("travel").get("request"),
            "from_country": OUTBOUND["VN"].country,
            "place_kind": PlaceKind.TRANSIT_CENTRE,
            "condition": heard.data["condition"],
            "from_agency": heard.actor,
        },
    )
    settling = desk.burst("settle", 2 * 24, 4 * 24)
    assessment = settling.say(
        "repatriation.family-assessed", {"outcome": FamilyOutcome.SAFE, "caretaker": Caretaker.PARENT}
    )
    plan = settle(desk, settling, custody, Caretaker.PARENT, assessment, None)
    return [*burst.acts, *settling.acts, *follow_up(desk, settling, custody, plan)]


def scheduled(desk: Desk, heard: Heard) -> list[Act]:
    """Who will come, and under which request, is kept for the day."""
    if heard.data["to"] == desk.me:
        desk.remember("travel", {"request": heard.data["request"]})
    return []


REACTIONS = {
    "repatriation.tracing-requested": tracing_requested,
    "repatriation.requested": requested,
    "repatriation.travel-scheduled": scheduled,
    "custody.handover-offered": offered,
    "custody.handover-released": released,
}
