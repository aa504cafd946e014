"""Social affairs, in the capital and in the provinces: identification, tracing, and the return of its own people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.codes import Caretaker, DocumentKind, PlaceKind
from contracts.envelope import rfc3339
from contracts.standards import DecidingOrganization, SupportType, TraffickingStatus, TypeOfExploitation, Urgency
from contracts.steps import (
    Answer,
    Capacity,
    CounterpartAnswer,
    FamilyOutcome,
    Level,
    Risk,
    Service,
    Topic,
    TracingAnswer,
)

from .act import Act, Sealing
from .desk import Desk, Heard, short
from .steps_reintegration import follow_up, settle

__all__ = ["DEPARTMENT", "MINISTRY"]


def reported(desk: Desk, heard: Heard) -> list[Act]:
    """The ministry identifies who was found in the country, and sees that they are told their rights."""
    if heard.data.get("responder") != desk.me or heard.data["found_country"] != "KH":
        return []
    burst = desk.burst("identify", 2, 5)
    burst.say(
        "intake.identification-decided",
        {
            "status": TraffickingStatus.ACTUAL if desk.happens(0.8, "actual") else TraffickingStatus.POSSIBLE,
            "organization": DecidingOrganization.NON_POLICE_GOVERNMENTAL,
            "exploitation": [TypeOfExploitation.SEXUAL_EXPLOITATION],
            "nationality": "KH",
        },
    )
    burst.say("intake.child-informed", {"topics": [Topic.RIGHTS, Topic.SERVICES], "language": "km"})
    return burst.acts


def tracing_requested(desk: Desk, heard: Heard) -> list[Act]:
    """A counterpart asks who somebody is: the department of the home province is asked, without a name."""
    if heard.data["to"] != desk.me or heard.sealed is None:
        return []
    desk.remember("tracing", {"request": heard.id, "by": heard.actor, "set": heard.sealed})
    home = f"kh-dosvy-{heard.sealed['home_province']}"
    burst = desk.burst("ask home", 8, 30)
    burst.say(
        "referral.requested",
        {
            "to": home,
            "service": Service.FAMILY_TRACING,
            "urgency": Urgency.URGENT,
            "answer_by": rfc3339(burst.at + timedelta(days=5)),
            "person": "child",
        },
    )
    return burst.acts


def home_answered(desk: Desk, heard: Heard) -> list[Act]:
    """The department will trace: only now is it told who."""
    asked = desk.mine(heard.data["request"])
    if asked is None or heard.actor != asked["to"] or heard.data["answer"] != Answer.ACCEPTED:
        return []
    burst = desk.burst("disclose", 2, 6)
    content = desk.recall("tracing")["set"]
    burst.say(
        "referral.identity-disclosed",
        {"request": heard.data["request"], "to": heard.actor, "kinds": ["tracing-set"]},
        Sealing("tracing-set", content, (heard.actor,)),
    )
    return burst.acts


def traced(desk: Desk, heard: Heard) -> list[Act]:
    """The department is done: the counterpart gets the result, and both look at the risk of a return."""
    if desk.mine(heard.data["request"]) is None:
        return []
    tracing = desk.recall("tracing")
    burst = desk.burst("result", 8, 30)
    burst.say(
        "repatriation.risk-assessed",
        {
            "level": desk.choice((Level.LOW, Level.LOW, Level.MEDIUM), "risk"),
            "risks": [desk.choice((Risk.RE_TRAFFICKING, Risk.DEBT, Risk.STIGMA), "risks")],
            "with_agency": tracing["by"],
        },
    )
    burst.say(
        "repatriation.tracing-answered",
        {
            "request": tracing["request"],
            "answer": TracingAnswer.RESULT,
            "established": ["identity", "nationality", "family"],
        },
    )
    return burst.acts


def return_requested(desk: Desk, heard: Heard) -> list[Act]:
    """A counterpart asks to send somebody home: their own country takes them, and a child gets a paper to travel on.

    Foreign affairs issues it; where social affairs is asked, it attests that by the number of the covering letter.
    """
    if heard.data["to"] != desk.me:
        return []
    accepting = desk.burst("accept return", 10, 40)
    accepting.say("repatriation.counterpart-answered", {"request": heard.id, "answer": CounterpartAnswer.ACCEPTED})
    if heard.data["person"] == "adult":
        return accepting.acts
    issuing = desk.burst("laissez-passer", 44, 66)
    attested = desk.me != "kh-mfaic"
    issuing.say(
        "repatriation.travel-document-issued",
        {
            "request": heard.id,
            "document": DocumentKind.LAISSEZ_PASSER,
            "valid_until": (issuing.at + timedelta(days=60)).date().isoformat(),
            "on_behalf_of": "kh-mfaic" if attested else None,
            "paper": f"{desk.between(100, 9999, 'letter')}/{issuing.at:%y}" if attested else None,
        },
    )
    return [*accepting.acts, *issuing.acts]


def tracing_task(desk: Desk, heard: Heard) -> list[Act]:
    """The department is asked to trace a family: it will. Now and then it has others to trace first, and says so."""
    if heard.data["to"] != desk.me or heard.data["service"] != Service.FAMILY_TRACING:
        return []
    waits = desk.happens(desk.assumptions.no_room, "others first")
    waiting = desk.burst("desk", 2, 5)
    if waits:
        waiting.say("referral.received", {"request": heard.id})
        until = rfc3339(waiting.at + timedelta(hours=72))
        waiting.say("referral.waitlisted", {"request": heard.id, "capacity": Capacity.WAITLIST, "until": until})
    burst = desk.burst("take task", 6, 30)
    burst.say("referral.answered", {"request": heard.id, "answer": Answer.ACCEPTED, "capacity": Capacity.CAPACITY})
    return [*waiting.acts, *burst.acts]


def told_whom(desk: Desk, heard: Heard) -> list[Act]:
    """The department knows whom to look for: it goes there, and says how the family is."""
    if heard.data["to"] != desk.me or heard.sealed is None:
        return []
    desk.remember("identity", heard.sealed)
    request = heard.data["request"]
    done = desk.burst("visit family", 4 * 24, 8 * 24)
    if heard.sealed.get("visit", True):
        done.say("repatriation.family-assessed", _family(desk))
    done.say("referral.completed", {"request": request, "supports": [SupportType.SOCIAL_CARE]})
    return done.acts


def offered(desk: Desk, heard: Heard) -> list[Act]:
    """Somebody of the province comes home: the department takes them."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst(f"take {short(heard.id)}", 2, 6)
    burst.say(
        "custody.handover-accepted",
        {
            "custody": heard.data["custody"],
            "handover": heard.id,
            "expected_at": rfc3339(burst.at + timedelta(hours=20)),
        },
    )
    return burst.acts


def released(desk: Desk, heard: Heard) -> list[Act]:
    """The department receives its child, and some days later entrusts it to the family that it found safe."""
    if heard.data["to"] != desk.me:
        return []
    custody = heard.data["custody"]
    burst = desk.burst(f"receive {short(heard.id)}", 0.7, 2)
    burst.say(
        "custody.handover-received",
        {
            "custody": custody,
            "handover": heard.data["handover"],
            "from_agency": heard.actor,
            "condition": heard.data["condition"],
            "place_kind": PlaceKind.OFFICE,
            "documents": heard.data.get("documents", []),
            "belongings": heard.data.get("belongings", []),
        },
    )
    settling = desk.burst("settle", 1 * 24, 3 * 24)
    assessment = desk.known("repatriation.family-assessed")
    caretaker = _family(desk)["caretaker"]
    plan = settle(desk, settling, custody, caretaker, assessment, desk.recall("identity").get("home_province"))
    return [*burst.acts, *settling.acts, *follow_up(desk, settling, custody, plan)]


def _family(desk: Desk) -> Mapping[str, Any]:
    """What the department's visit finds: the same however often it is asked."""
    unsafe = desk.happens(desk.assumptions.family_unsafe, "family unsafe")
    support = desk.happens(0.4, "family needs support")
    safe = FamilyOutcome.SAFE_WITH_SUPPORT if support else FamilyOutcome.SAFE
    return {
        "outcome": FamilyOutcome.UNSAFE if unsafe else safe,
        "caretaker": Caretaker.PARENT if desk.happens(0.75, "parents") else Caretaker.KIN,
        "risks": [Risk.VIOLENCE_AT_HOME] if unsafe else [],
        "province": desk.recall("identity").get("home_province"),
    }


MINISTRY = {
    "intake.report-received": reported,
    "repatriation.tracing-requested": tracing_requested,
    "referral.answered": home_answered,
    "referral.completed": traced,
    "repatriation.requested": return_requested,
}
DEPARTMENT = {
    "referral.requested": tracing_task,
    "referral.identity-disclosed": told_whom,
    "custody.handover-offered": offered,
    "custody.handover-released": released,
}
