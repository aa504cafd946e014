"""What is asked of an offer: who makes it, to whom, on what assessment, and across which border."""

from __future__ import annotations

from ..decision import Breach, Context, Park, Problem
from ..directory import Directory
from ..envelope import Event
from ..events.custody import HandoverOffered
from ..guidelines.corridors import corridor_id
from ..guidelines.rules import (
    a2007_member,
    cus_family,
    cus_holder,
    d107_best,
    d107_detention,
    d107_risk,
    net_temporary,
    network,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
from .base import park
from .common import awaits, speaker
from .custody_state import CustodyState

Findings = list[Park | Problem | Breach | None]

FOLLOWED = frozenset(
    {
        "intake.risk-assessed",
        "intake.screening-recorded",
        "intake.identification-decided",
        "repatriation.family-assessed",
        "repatriation.best-interests-determined",
        "repatriation.counterpart-answered",
    }
)
"""What these guards ask for."""


def offered(state: CustodyState, data: HandoverOffered, event: Event, context: Context) -> Findings:
    """Everything that is asked of an offer."""
    on, directory = event.time.date(), context.directory
    giver = speaker(event)
    police = directory.has_role(giver, "criminal-justice", on)
    found: Findings = [
        cus_holder.cus_holder_gives(giver, state.givers(data.to)),
        xb_need.xb_need_unsealed(data.sealed_digest),
        network.net_many(sum(offer.giver == giver for offer in state.handovers.values())),
        net_temporary.net_temporary(data.purpose, data.until, event.time),
        a2007_member.a2007_member(data.to, state.child, on, directory),
        d107_detention.d107_detention(data.place_kind, state.child, on),
        d107_risk.d107_risk(police, state.child, data.risk_assessment, data.emergency_reason, on),
    ]
    if data.risk_assessment is not None:
        seen = context.find("intake.risk-assessed", id=data.risk_assessment) is not None
        found.append(awaits(context, seen, "intake.risk-assessed", "data.risk_assessment"))
    if cus_family.cus_family_asks(state.child, data.purpose, data.place_kind):
        found += to_family(data.assessment, None, context)
    return found + _across(state, data, event, context, directory)


def to_family(assessment: str | None, to: str | None, context: Context) -> Findings:
    """A child on its way to a family, or to `to` of it: the assessment by which it goes, and what else is known."""
    named = cus_family.cus_family_named(assessment)
    if named is not None:
        return [named, _involved(assessment, context)]
    seen = context.find("repatriation.family-assessed", id=assessment)
    if seen is None:
        return [park(context, "repatriation.family-assessed") or cus_family.cus_family_missing()]
    risks = seen.data.get("risks", ())
    return [
        cus_family.cus_family(seen.data["outcome"], seen.data["caretaker"], to, risks),
        _involved(assessment, context),
    ]


def _involved(assessment: str | None, context: Context) -> Problem | None:
    """Whether family exploited the child, by the last accepted word of it, and the best interests do not weigh that."""
    said = [
        seen
        for seen in context.seen.get("intake", ())
        if seen.name in ("intake.screening-recorded", "intake.identification-decided") and "relationship" in seen.data
    ]
    last = max((place for place, seen in enumerate(said) if seen.data["relationship"] == "Familial"), default=None)
    if last is None:
        return None
    denied = any(seen.name == "intake.identification-decided" for seen in said[last + 1 :])
    determined = None
    if assessment is not None:
        determined = context.find("repatriation.best-interests-determined", family_assessment=assessment)
    weighed = determined is not None and determined.time >= said[last].time
    return cus_family.cus_family_involved(familial=True, resolved=denied or weighed)


def _across(
    state: CustodyState, data: HandoverOffered, event: Event, context: Context, directory: Directory
) -> Findings:
    """An offer from one country to another: on its corridor, between those who may, for an accepted return."""
    giver = speaker(event)
    here, there = directory.country(giver), directory.country(data.to)
    if here is None or there is None or here == there:
        return []
    on = event.time.date()
    found: Findings = [
        xb_counterpart.xb_counterpart("source", giver, here, xb_counterpart.AT_THE_BORDER, on, directory),
        xb_counterpart.xb_counterpart("data.to", data.to, there, xb_counterpart.AT_THE_BORDER, on, directory),
    ]
    if data.corridor is None or data.corridor != corridor_id(here, there):
        found.append(
            xb_corridor.RULE.problem("data.corridor", "this is not the corridor of these two countries", "name it")
        )
    if data.repatriation is None:
        found.append(
            xb_corridor.RULE.problem(
                "data.repatriation",
                "a handover across a border belongs to a return",
                "name the request that was accepted",
            )
        )
    else:
        answer = context.find("repatriation.counterpart-answered", request=data.repatriation, answer="accepted")
        found.append(awaits(context, answer is not None, "repatriation.counterpart-answered", "data.repatriation"))
    return found + _best(state, data, event, context)


def _best(state: CustodyState, data: HandoverOffered, event: Event, context: Context) -> Findings:
    name, named, on = "repatriation.best-interests-determined", data.determination, event.time.date()
    seen = context.find(name, id=named) if named is not None else None
    solution = seen.data["solution"] if seen is not None else None
    third = seen.data.get("third_country") if seen is not None else None
    there = context.directory.country(data.to)
    found: Findings = [d107_best.d107_best(state.child, named, solution, on, third, there)]
    if named is not None and state.child and d107_best.RULE.bites(on):
        found.append(awaits(context, seen is not None, name, "data.determination"))
    return found
