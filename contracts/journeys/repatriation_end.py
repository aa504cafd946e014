"""The end of a return: what is decided, planned, visited and closed; and of the case, which closes after it."""

from __future__ import annotations

from ..codes import Exit, Person
from ..decision import Breach, Context, Park, Problem
from ..envelope import Event
from ..events.intake import CaseClosed
from ..events.repatriation import (
    BestInterestsDetermined,
    Closed,
    FollowUpMade,
    LocalSolutionDecided,
    ReintegrationPlanned,
)
from ..guidelines.rules import acp_family, c009_followup, cus_family_plan, d107_views, network
from ..steps import Solution
from .base import park
from .common import awaits
from .entitled import authority, decides, takes_part, took_on
from .repatriation_state import RepatriationState
from .repatriation_turn import followed_up

Found = list[Park | Problem | Breach | None]


def deciding(
    state: RepatriationState, data: BestInterestsDetermined | LocalSolutionDecided, event: Event, context: Context
) -> Found:
    """What is best is determined by a party to the case, on views heard; a return, on a risk assessed together too."""
    on = event.time.date()
    person = data.person if isinstance(data, BestInterestsDetermined) and data.person is not None else state.person
    child = person is not Person.ADULT
    found: Found = [
        decides(context, _party(state, event, context), "an agency that is a party to this case"),
        acp_family.acp_family(data.solution, data.reason, child, on),
    ]
    if isinstance(data, BestInterestsDetermined):
        heard = bool(state.views) if data.views is None else data.views in state.views
        problem = d107_views.d107_views(child, heard, on)
        found.append((park(context, "repatriation.views-heard") or problem) if problem is not None else None)
        joint = not child or data.solution is not Solution.RETURN or state.joint_risk
        found.append(awaits(context, joint, "repatriation.risk-assessed", "data.risk_assessment"))
    elif data.determination is not None:
        there = data.determination in state.determined
        found.append(awaits(context, there, "repatriation.best-interests-determined", "data.determination"))
    return found


def _party(state: RepatriationState, event: Event, context: Context) -> bool:
    """Whether the agency asked or was asked in this return, is to receive, took the person on, or is an authority."""
    parties = {agency for ask in state.asks.values() for agency in (ask.asker, ask.to)}
    known = event.actor in parties or event.actor in (state.travel_to, state.lead)
    return known or authority(context, event.actor, event.time.date()) or took_on(context, event.actor)


def assessing(state: RepatriationState, event: Event, context: Context) -> Found:
    """A family is assessed by a party to the case, or by one that takes part in it; else it is a claim."""
    may = _party(state, event, context) or takes_part(context, event.actor, event.time.date())
    return [decides(context, may, "an agency that takes part in this case")]


def planning(state: RepatriationState, data: ReintegrationPlanned, event: Event, context: Context) -> Found:
    """Where somebody will live is planned by a party to the case, and never with a family that was found unsafe."""
    latest = state.families.get(data.placement)
    return [
        decides(context, _party(state, event, context), "an agency that is a party to this case"),
        cus_family_plan.cus_family_plan(data.placement, data.assessment, latest, state.unsafe),
    ]


def follow_up(state: RepatriationState, data: FollowUpMade, event: Event, context: Context) -> Found:
    """A visit is of the lead, of who took the person on, or of one who accepted to make it; else it is a claim."""
    asked = any(
        seen.name == "referral.answered" and seen.actor == event.actor and seen.data.get("answer") == "accepted"
        for seen in context.seen.get("referral", ())
    )
    known = data.plan is None or data.plan in state.plans
    return [
        awaits(context, known, "repatriation.reintegration-planned", "data.plan"),
        decides(
            context, asked or _responsible(state, event, context), "the lead agency, or one that accepted to visit,"
        ),
    ]


def closing(state: RepatriationState, data: Closed, event: Event, context: Context) -> Found:
    """The end of a return: of the lead agency, or of the responsible one where nobody leads (C009-FOLLOWUP)."""
    present = data.plan is None or (state.plan is not None and state.plan.id == data.plan)
    found: Found = [awaits(context, present, "repatriation.reintegration-planned", "data.plan")]
    if data.follow_up is not None:
        made = any(visit.id == data.follow_up for visit in state.visits)
        found.append(awaits(context, made, "repatriation.follow-up-made", "data.follow_up"))
    if state.lead is not None:
        found.append(network.net_entitled(event.actor == state.lead, "the lead agency"))
    else:
        found.append(decides(context, _responsible(state, event, context), "an agency responsible for the person"))
    found.append(
        c009_followup.c009_followup_closes(
            data.exit,
            event.time.date(),
            done=followed_up(state),
            countersigned=context.countersigner not in (None, event.actor),
            adult=state.person is Person.ADULT or (state.person is None and _reported_adult(context)),
            no_victim=False,
        )
    )
    return found


def _responsible(state: RepatriationState, event: Event, context: Context) -> bool:
    leads = event.actor == state.lead
    return leads or authority(context, event.actor, event.time.date()) or took_on(context, event.actor)


def _reported_adult(context: Context) -> bool:
    """The report that opened the case is of an adult: the first one, for others are disputes."""
    reports = (seen for seen in context.seen.get("intake", ()) if seen.name == "intake.report-received")
    first = next(reports, None)
    return first is not None and first.data.get("person") == "adult"


def case_closing(
    data: CaseClosed, event: Event, context: Context, *, report: str | None, adult: bool, no_victim: bool
) -> Found:
    """The closing of a case (`intake.case-closed`): after its return was closed, or by an exit of C009-FOLLOWUP.

    It is said by the one that closed the return, by one that took the person on, or by an authority. `report` is the
    report that opened the case.
    """
    found: Found = []
    closed = context.find("repatriation.closed", id=data.closure) if data.closure is not None else None
    if data.closure is not None:
        found.append(awaits(context, closed is not None, "repatriation.closed", "data.closure"))
    same = closed is not None and closed.data.get("exit") == data.exit.value
    may = closed is not None and closed.actor == event.actor
    may = may or authority(context, event.actor, event.time.date()) or took_on(context, event.actor, report)
    found.append(decides(context, may, "the agency that closed the return, or the responsible one,"))
    found.append(
        c009_followup.c009_followup_closes(
            data.exit,
            event.time.date(),
            done=same and data.exit is Exit.FOLLOW_UP_DONE,
            countersigned=same or context.countersigner not in (None, event.actor),
            adult=adult,
            no_victim=no_victim,
        )
    )
    return found
