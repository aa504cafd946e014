"""A case carried over from the year before: a shelter reports it, says what was done, and does what falls in the year.

All of it is synthetic, and an assumption: it stands for the earlier years' cases in the totals of OPSC ¶111.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.codes import Caretaker, Condition, Exit, PlaceKind, ReportChannel
from contracts.envelope import rfc3339
from contracts.fields import case_code
from contracts.standards import SupportType, Urgency
from contracts.steps import Answer, Contact, FamilyOutcome, FollowUpOutcome, Service

from .act import Act, Sealing
from .desk import Burst, Desk, Heard, short
from .steps_reintegration import close

__all__ = ["REACTIONS", "opening"]

_DAY = 24.0
_MONTH = 30 * _DAY


def opening(desk: Desk) -> list[Act]:
    """The case as the shelter carries it over, and every step that is not another agency's to begin."""
    card, steps = desk.notes.card, desk.notes.card["steps"]
    burst = desk.burst("carry over", 0, 0)
    report = burst.say(
        "intake.report-received",
        {
            "channel": ReportChannel.CARRIED_OVER,
            "code": case_code(desk.notes.case),
            "found_country": "KH",
            "person": card["presumed"],
            "at_police_post": False,
            "nationality": "KH",
            "gender": card["gender"],
            "synthetic": True,
        },
    )
    custody = burst.say(
        "custody.opened",
        {
            "holder": desk.me,
            "person": card["person"],
            "place_kind": PlaceKind.SHELTER,
            "from_report": report,
            "condition": Condition.WELL,
        },
    )
    if "traced" in steps:
        return [*burst.acts, *_ask_to_trace(desk)]
    if "reintegrated" in steps:
        visiting = desk.burst("assess", _DAY, 3 * _DAY)
        assessment = _assess(desk, visiting)
        settling = desk.burst("settle", *_in_the_year(desk, "settle"))
        # Visited once a year, so that nothing more of the case falls in this one.
        _settle(desk, settling, custody, assessment, every=12)
        return [*burst.acts, *visiting.acts, *settling.acts]
    return [*burst.acts, *_settled_before(desk, custody, followed="followed" in steps)]


def answered(desk: Desk, heard: Heard) -> list[Act]:
    """The department will trace the family: it is told who, and whether it is to assess the family too."""
    asked = desk.mine(heard.data["request"])
    if asked is None or asked["service"] != Service.FAMILY_TRACING or heard.data["answer"] != Answer.ACCEPTED:
        return []
    card = desk.notes.card
    content = {
        "marker": card["marker"],
        "home_province": card["home_province"],
        "name": "synthetic",
        "visit": "assessed" in card["steps"],
    }
    burst = desk.burst(f"disclose {short(heard.id)}", 2, 6)
    burst.say(
        "referral.identity-disclosed",
        {"request": heard.data["request"], "to": heard.actor, "kinds": ["tracing-set"]},
        Sealing("tracing-set", content, (heard.actor,)),
    )
    return burst.acts


def _ask_to_trace(desk: Desk) -> list[Act]:
    burst = desk.burst("ask home", *_in_the_year(desk, "ask home"))
    burst.say(
        "referral.requested",
        {
            "to": f"kh-dosvy-{desk.notes.card['home_province']}",
            "service": Service.FAMILY_TRACING,
            "urgency": Urgency.ROUTINE,
            "answer_by": rfc3339(burst.at + timedelta(days=5)),
            "person": "child",
        },
    )
    return burst.acts


def _settled_before(desk: Desk, custody: str, *, followed: bool) -> list[Act]:
    """With a family since the year before: the one visit of the plan falls in this year, or its closing alone does."""
    settling = desk.burst("settle", 2 * _DAY, 5 * _DAY)
    settled = (settling.at - desk.now) / timedelta(hours=1)
    months = desk.between(4, 11, "months") if followed else 1
    plan = _settle(desk, settling, custody, _assess(desk, settling), every=months)
    due = settled + months * _MONTH
    visit = desk.burst("visit", due, due + 2 * _DAY) if followed else desk.burst("visit", due - 3 * _DAY, due)
    made = visit.say(
        "repatriation.follow-up-made",
        {"plan": plan, "contact": Contact.VISIT, "outcome": FollowUpOutcome.WELL},
    )
    closing = visit if followed else desk.burst("close", *_in_the_year(desk, "close"))
    close(closing, custody, Exit.FOLLOW_UP_DONE, plan, made)
    return [*settling.acts, *visit.acts, *(closing.acts if closing is not visit else ())]


def _assess(desk: Desk, burst: Burst) -> str:
    """The family was found safe: this was in the year before."""
    return burst.say(
        "repatriation.family-assessed",
        {
            "outcome": FamilyOutcome.SAFE,
            "caretaker": _caretaker(desk),
            "province": desk.notes.card["home_province"],
        },
    )


def _caretaker(desk: Desk) -> Caretaker:
    caretaker: Caretaker = desk.choice((Caretaker.PARENT, Caretaker.PARENT, Caretaker.KIN), "caretaker")
    return caretaker


def _settle(desk: Desk, burst: Burst, custody: str, assessment: str, *, every: int) -> str:
    caretaker = _caretaker(desk)
    plan = burst.say(
        "repatriation.reintegration-planned",
        {
            "placement": caretaker,
            "lead": desk.me,
            "visit_every": every,
            "follow_up": every,
            "supports": [SupportType.EDUCATION],
            "assessment": assessment,
            "province": desk.notes.card["home_province"],
        },
    )
    burst.say(
        "custody.entrusted",
        {"custody": custody, "to_kind": caretaker, "assessment": assessment, "condition": Condition.WELL},
    )
    return plan


def _in_the_year(desk: Desk, cause: str) -> tuple[float, float]:
    """Hours from now to some day of the year that follows, early enough for an answer to fall in it too."""
    new_year = datetime(desk.now.year + 1, 1, 4, tzinfo=desk.now.tzinfo)
    hours = (new_year - desk.now) / timedelta(hours=1) + desk.between(0, 320, "day", cause) * _DAY
    return hours, hours + 8


REACTIONS = {"referral.answered": answered}
