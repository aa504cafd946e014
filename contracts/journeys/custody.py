"""The journey of custody: who cares for a person and who answers, from hand to hand; an adult's is accompaniment.

A fact is recorded whoever says it: care follows the person at once, and where two say different things, both answer
until it is resolved (CUS-MOVE). The rules are in `guidelines.rules`; here is what each kind of step asks of them.
"""

from __future__ import annotations

from ..codes import PlaceKind
from ..decision import Breach, Context, Deadline, Decision, Park, Problem, disputed
from ..directory import Directory
from ..envelope import Event
from ..events.custody import (
    Corrected,
    DeadlinePassed,
    Found,
    HandoverAccepted,
    HandoverDeclined,
    HandoverFailed,
    HandoverOffered,
    HandoverReceived,
    HandoverReleased,
    Opened,
    TakenOver,
)
from ..guidelines.corridors import corridor_id
from ..guidelines.rules import (
    a2007_member,
    a2007_receipt,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_time,
    d107_48h,
    d107_risk,
    network,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
from .base import Journey
from .common import awaits, overdue, service_own, sort_out, speaker
from .custody_state import CustodyState, Handover, Holding, entitled, evolve

__all__ = ["JOURNEY", "CustodyState", "Handover", "Holding", "deadlines", "decide", "evolve"]

Findings = list[Park | Problem | Breach | None]
_Offered = HandoverAccepted | HandoverDeclined | HandoverReleased | HandoverReceived | HandoverFailed


def decide(state: CustodyState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    data = event.data
    found: Findings = [service_own(event), network.net_speaker(data.on_behalf_of, context.directory)]
    corridor: str | None = None
    offer = state.handovers.get(data.handover) if isinstance(data, _Offered) else None
    if isinstance(data, Opened):
        found += _opened(state, data, event, context)
    elif not isinstance(data, DeadlinePassed | Corrected):
        found.append(cus_holder.cus_holder_speaks(_speaks(state, event, context.directory)))
        custody = str(vars(data)["custody"])
        found.append(awaits(context, state.opened is not None, "custody.opened", "data.custody"))
        if state.opened is not None:
            found.append(cus_one.cus_one(state.opened, state.ended, custody))
            found.append(xb_need.xb_need_reported(_proven(state, context)))
        settling = isinstance(data, HandoverReleased) and offer is not None and offer.unreleased
        found.append(None if settling else cus_time.cus_time_order(event.time, state.boundary))
    if isinstance(data, HandoverOffered):
        found += _offered(state, data, event, context)
    elif isinstance(data, _Offered):
        corridor = offer.corridor if offer is not None else None
        found.append(awaits(context, offer is not None, "custody.handover-offered", "data.handover"))
        if offer is not None:
            found += _step(state, offer, event, context)
    elif isinstance(data, TakenOver):
        found.append(cus_holder.cus_holder_takes_over(_authority(data, event, context)))
    elif isinstance(data, Found):
        found.append(awaits(context, state.missing, "custody.missing-reported", "data.custody"))
    elif state.opened is not None and not isinstance(data, Opened | DeadlinePassed | Corrected):
        found.append(cus_holder.cus_holder_alone(entitled(state, event, speaker(event))))
    after = evolve(state, event, disputed(item for item in found if isinstance(item, Problem | Breach)))
    found += overdue(event, deadlines(state), deadlines(after))
    found.append(_stay(state, event, context, after))
    return sort_out(event, context, found, corridor)


def _opened(state: CustodyState, data: Opened, event: Event, context: Context) -> Findings:
    seen = context.find("intake.report-received", id=data.from_report) is not None
    return [
        cus_one.cus_one(state.opened if _proven(state, context) else None, state.ended, None),
        cus_holder.cus_holder_takes(speaker(event), data.holder),
        awaits(context, seen, "intake.report-received", "data.from_report"),
    ]


def _speaks(state: CustodyState, event: Event, directory: Directory) -> bool:
    """Whether the signer may speak for another: as it did before, or because it answers for the person itself."""
    spoken_for = event.data.on_behalf_of
    if spoken_for is None or directory.has_role(event.actor, "referral-authority", event.time.date()):
        return True
    before = state.spokesmen.get(spoken_for)
    return event.actor == before if before is not None else event.actor in state.rightful or state.opened is None


def _proven(state: CustodyState, context: Context) -> bool:
    """Whether the report on which the chain rests has been accepted: its id is known to those who were told of it."""
    return state.from_report is None or context.find("intake.report-received", id=state.from_report) is not None


def _authority(data: TakenOver, event: Event, context: Context) -> bool:
    """The referral authority says it, or signs beside whoever brings the court's order."""
    says = context.countersigner if data.ordered_by == "court" and data.paper is not None else None
    on = event.time.date()
    return any(context.directory.has_role(agency, "referral-authority", on) for agency in (speaker(event), says or ""))


def _stay(state: CustodyState, event: Event, context: Context, leaves: CustodyState) -> Problem | None:
    """A stay that the first report tells of began before custody was opened; it is judged when the child leaves."""
    began, cause = state.police_since, state.police_cause
    if began is None or cause != state.opened or state.person == "adult" or event.header.from_service:
        return None
    report = context.find("intake.report-received", at_police_post=True)
    if report is None or report.time >= began:
        return None
    if leaves.police_since is not None and not leaves.ended:
        return None
    known = event.time > began + d107_48h.ALLOWED or (d107_48h.RULE.id, cause) in state.passed
    return None if known else d107_48h.d107_48h_stay(report.time, event.time)


def _offered(state: CustodyState, data: HandoverOffered, event: Event, context: Context) -> Findings:
    on, directory = event.time.date(), context.directory
    child = state.person != "adult"
    giver = speaker(event)
    police = directory.has_role(giver, "criminal-justice", on)
    found: Findings = [
        cus_holder.cus_holder_gives(giver, state.givers(data.to)),
        xb_need.xb_need_unsealed(data.sealed_digest),
        network.net_many(sum(offer.giver == giver for offer in state.handovers.values())),
        a2007_member.a2007_member(data.to, child, on, directory),
        d107_risk.d107_risk(police, child, data.risk_assessment, data.emergency_reason, on),
    ]
    if data.risk_assessment is not None:
        seen = context.find("intake.risk-assessed", id=data.risk_assessment) is not None
        found.append(awaits(context, seen, "intake.risk-assessed", "data.risk_assessment"))
    return found + _across(data, event, context, directory)


def _across(data: HandoverOffered, event: Event, context: Context, directory: Directory) -> Findings:
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
    return found


def _step(state: CustodyState, offer: Handover, event: Event, context: Context) -> Findings:
    data, actor, on = event.data, speaker(event), event.time.date()
    attested = context.directory.agencies.get(data.on_behalf_of) if data.on_behalf_of is not None else None
    one_sided = cus_gap.cus_gap_one_sided(attested.standing if attested is not None else None)
    if isinstance(data, HandoverAccepted | HandoverDeclined):
        return [cus_holder.cus_holder_takes(actor, offer.to), network.net_once(offer.status != "offered")]
    if isinstance(data, HandoverReleased):
        return [
            cus_holder.cus_holder_gives(actor, (*state.givers(data.to), *((offer.giver,) if offer.unreleased else ()))),
            a2007_receipt.a2007_receipt("data.to", data.to, offer.to, on),
            cus_gap.cus_gap_condition(data.condition.value, offer.received_condition),
            one_sided,
        ]
    if isinstance(data, HandoverReceived):
        return [
            cus_holder.cus_holder_takes(actor, offer.to),
            cus_holder.cus_holder_gives(offer.giver, state.givers(offer.to))
            if offer.received_at is None
            else cus_holder.cus_holder_alone(actor in state.rightful),
            a2007_receipt.a2007_receipt("data.from_agency", data.from_agency, offer.giver, on),
            cus_gap.cus_gap_second_receipt(offer.received_at is not None),
            cus_gap.cus_gap_condition(offer.condition, data.condition.value),
            one_sided,
        ]
    return [None if actor in (offer.giver, offer.to) else cus_holder.cus_holder_takes(actor, offer.to)]


def deadlines(state: CustodyState) -> tuple[Deadline, ...]:
    """What is due: the end of the 48 hours, answers to offers, receipts of releases, releases of receipts."""
    if state.ended or state.opened is None:
        return ()
    carer = state.carer if state.place_kind == PlaceKind.POLICE_POST else None
    stay = d107_48h.d107_48h(state.police_since, state.police_cause, state.person != "adult", carer)
    running: list[Deadline | None] = [stay]
    for offer_id, offer in state.handovers.items():
        if offer.status == "offered" and offer.answer_by is not None:
            running.append(network.net_answer_deadline(offer_id, offer.answer_by, offer.to))
        if offer.unreceived and offer.released_at is not None:
            running.append(cus_gap.cus_gap_deadline(offer_id, offer.released_at, offer.to, offer.corridor))
        joint = {offer.giver, offer.to} <= set(state.responsible)
        if offer.unreleased and joint and offer.received_at is not None:
            running.append(cus_move.cus_move_deadline(offer_id, offer.received_at, offer.giver, offer.corridor))
    return tuple(item for item in running if item is not None and (item.rule, item.cause) not in state.passed)


JOURNEY = Journey(
    "custody",
    CustodyState,
    decide,
    evolve,
    deadlines,
    frozenset({"intake.report-received", "intake.risk-assessed", "repatriation.counterpart-answered"}),
)
