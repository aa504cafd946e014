"""The last part of every case: a plan, a place to live, visits, and the end of care and case (C009-FOLLOWUP)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.codes import Caretaker, Condition, Exit
from contracts.standards import CaseStatus, SupportType
from contracts.steps import Contact, FollowUpOutcome, SolutionReason

from .act import Act
from .desk import Burst, Desk

VISIT_EVERY = 1
"""Months between visits in a plan of the replay; no source states it."""
_SUPPORTS = (SupportType.EDUCATION, SupportType.LIVELIHOOD, SupportType.FINANCIAL, SupportType.SOCIAL_CARE)
_OUTCOMES = (FollowUpOutcome.WELL, FollowUpOutcome.WELL, FollowUpOutcome.WELL, FollowUpOutcome.CONCERN)


def settle(
    desk: Desk, burst: Burst, custody: str, placement: Caretaker, assessment: str | None, province: str | None
) -> str:
    """Add to a burst that a person goes to live somewhere, with a plan; returns the plan's id."""
    reason = None
    if placement in (Caretaker.FOSTER, Caretaker.GROUP_HOME):
        reason = SolutionReason.FAMILY_UNSAFE if assessment is not None else SolutionReason.NO_PLACE_CLOSER
    plan = burst.say(
        "repatriation.reintegration-planned",
        {
            "placement": placement,
            "lead": desk.me,
            "visit_every": VISIT_EVERY,
            "follow_up": visits(desk) * VISIT_EVERY,
            "supports": [desk.choice(_SUPPORTS, "support")],
            "assessment": assessment,
            "reason": reason,
            "province": province,
        },
    )
    burst.say(
        "custody.entrusted",
        {
            "custody": custody,
            "to_kind": placement,
            "assessment": assessment,
            "reason": reason,
            "condition": Condition.WELL,
        },
    )
    return plan


def follow_up(desk: Desk, settled: Burst, custody: str, plan: str | None) -> list[Act]:
    """The visits after a person has gone to live somewhere, and at the last one the end of case and care."""
    acts: list[Act] = []
    count = visits(desk)
    for visit in range(1, count + 1):
        hours = (settled.at - desk.now) / timedelta(hours=1) + visit * 28 * 24
        burst = desk.burst(f"visit {visit}", hours, hours + 36)
        made = burst.say("repatriation.follow-up-made", _visit(desk, burst, plan, visit, last=visit == count))
        if visit == count:
            close(burst, custody, Exit.FOLLOW_UP_DONE, plan, made)
        acts += burst.acts
    return acts


def close(burst: Burst, custody: str | None, end: Exit, plan: str | None, follow_up: str | None) -> None:
    """Add to a burst that follow-up, care and case are at their end. No `custody` when it has ended before."""
    closed = burst.say("repatriation.closed", {"exit": end, "plan": plan, "follow_up": follow_up})
    if custody is not None:
        burst.say("custody.ended", {"custody": custody, "reason": end, "closure": closed})
    burst.say("intake.case-closed", {"exit": end, "status": CaseStatus.CLOSED, "closure": closed})


def visits(desk: Desk) -> int:
    """How often this agency visits: two or three times who came back, as the corridor asks; others once or twice."""
    here = desk.me.startswith("kh-ngo-") and bool(desk.recall("request"))
    least = 1 if here else 2
    return least if desk.happens(desk.assumptions.fewest_visits, "visits") else least + 1


def _visit(desk: Desk, burst: Burst, plan: str | None, visit: int, *, last: bool) -> Mapping[str, Any]:
    return {
        "plan": plan,
        "contact": Contact.VISIT if last or visit == 1 else desk.choice(tuple(Contact), "contact", str(visit)),
        "outcome": FollowUpOutcome.WELL if last else desk.choice(_OUTCOMES, "outcome", str(visit)),
        "next_on": None if last else (burst.at + timedelta(days=28)).date().isoformat(),
    }
