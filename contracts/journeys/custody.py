"""The journey of custody: who cares for a person and who answers, from hand to hand; an adult's is accompaniment.

A fact is recorded whoever says it: care follows the person at once, and where two say different things, both answer
until it is resolved (CUS-MOVE). The rules are in `guidelines.rules`; here is what each kind of step asks of them.
"""

from __future__ import annotations

from ..codes import Caretaker, PlaceKind
from ..decision import Breach, Context, Deadline, Decision, Problem, disputed
from ..directory import Directory
from ..envelope import Event
from ..events.custody import (
    Corrected,
    DeadlinePassed,
    DeletionAcknowledged,
    DisputeResolved,
    EmergencyAssessed,
    EmergencyPlaced,
    Entrusted,
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
from ..guidelines.rules import (
    a2007_receipt,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_takeover,
    cus_time,
    d107_48h,
    d107_best,
    d107_detention,
    d107_risk,
    d107_safe,
    net_temporary,
    network,
    xb_need,
)
from .base import Journey
from .common import awaits, overdue, service_own, sort_out, speaker
from .corrections import astray, correcting
from .custody_evolve import evolve
from .custody_offer import FOLLOWED, Findings, offered, to_family
from .custody_state import CustodyState, Handover, Holding, entitled

__all__ = ["JOURNEY", "CustodyState", "Handover", "Holding", "deadlines", "decide", "evolve"]

_Offered = HandoverAccepted | HandoverDeclined | HandoverReleased | HandoverReceived | HandoverFailed


def decide(state: CustodyState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    data = event.data
    found: Findings = [service_own(event), network.net_speaker(data.on_behalf_of, context.directory)]
    corridor: str | None = None
    offer = state.handovers.get(data.handover) if isinstance(data, _Offered) else None
    if isinstance(data, Opened):
        found += _opened(state, data, event, context)
    elif not isinstance(data, DeadlinePassed | Corrected | DeletionAcknowledged):
        found.append(cus_holder.cus_holder_speaks(_speaks(state, event, context.directory)))
        custody = str(vars(data)["custody"])
        found.append(awaits(context, state.opened is not None, "custody.opened", "data.custody"))
        if state.opened is not None:
            found.append(cus_one.cus_one(state.opened, state.ended, custody))
            found.append(xb_need.xb_need_reported(_proven(state, context)))
        settling = isinstance(data, HandoverReleased) and offer is not None and offer.unreleased
        found.append(None if settling else cus_time.cus_time_order(event.time, state.boundary))
    if isinstance(data, HandoverOffered):
        found += offered(state, data, event, context)
    elif isinstance(data, _Offered):
        corridor = offer.corridor if offer is not None else None
        found.append(awaits(context, offer is not None, "custody.handover-offered", "data.handover"))
        if offer is not None:
            found += _step(state, offer, event, context)
    elif isinstance(data, DeletionAcknowledged):
        found += correcting(state, event, context)
    elif state.opened is not None or isinstance(data, Corrected | TakenOver):
        found += _alone(state, event, context)
    found += _place(state, event, context, offer)
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


def _alone(state: CustodyState, event: Event, context: Context) -> Findings:
    """A step without an offer: who may say it, and what else it must rest on."""
    data, actor = event.data, speaker(event)
    if isinstance(data, Opened | DeadlinePassed):
        return []
    if isinstance(data, Corrected):
        sender = state.senders.get(data.corrects)
        found: Findings = [awaits(context, sender is not None, "the event that it corrects", "data.corrects")]
        found += correcting(state, event, context)
        return [*found, network.net_party(event.actor, sender) if sender is not None else None]
    if isinstance(data, TakenOver):
        if not _takes_over(state, data, event, context):
            return [cus_takeover.cus_takeover(authority=False)]
        return [cus_takeover.cus_takeover_from(data.from_agency, data.to, state.parties) if state.opened else None]
    if isinstance(data, Found):
        return [awaits(context, state.missing, "custody.missing-reported", "data.custody")]
    if isinstance(data, DisputeResolved):
        return [
            cus_move.cus_move_resolves(_authority(state, actor, event, context.directory)),
            cus_move.cus_move_disputed(state.in_dispute),
            cus_move.cus_move_named(data.responsible, data.carer, state.parties, state.carer in frozenset(Caretaker)),
        ]
    if isinstance(data, EmergencyAssessed):
        owed = state.unassessed.get(data.move, ("",))[0]
        seen = context.find("intake.risk-assessed", id=data.assessment, offer=data.move) is not None
        return [
            cus_holder.cus_holder_alone(actor in (owed, *state.rightful)),
            awaits(context, data.move in state.senders, "custody.handover-offered", "data.move"),
            awaits(context, seen, "intake.risk-assessed", "data.assessment"),
        ]
    to_one = isinstance(data, Entrusted) and state.child and data.to_kind in (Caretaker.PARENT, Caretaker.KIN)
    family = to_family(data.assessment, data.to_kind, context) if isinstance(data, Entrusted) and to_one else []
    return [cus_holder.cus_holder_alone(entitled(state, event, actor)), *family]


def _takes_over(state: CustodyState, data: TakenOver, event: Event, context: Context) -> bool:
    """The referral authority says it, or signs beside whoever brings the court's order."""
    second = context.countersigner if data.ordered_by == "court" and data.paper is not None else None
    return any(_authority(state, agency, event, context.directory) for agency in (speaker(event), second or ""))


def _authority(state: CustodyState, agency: str, event: Event, directory: Directory) -> bool:
    """Whether an agency is the referral authority of a country of those who answer or care.

    One country's authority takes nobody from another's hands: that is a return.
    """
    countries = {directory.country(party) for party in state.parties}
    if not directory.has_role(agency, "referral-authority", event.time.date()):
        return False
    return not countries or directory.country(agency) in countries


def _place(state: CustodyState, event: Event, context: Context, offer: Handover | None) -> Findings:
    """Where a fact says that a child is now: in no detention facility, and across no border unless that was decided."""
    data, on, country = event.data, event.time.date(), context.directory.country
    if isinstance(data, Opened):
        return [d107_detention.d107_detention(data.place_kind, data.person != "adult", on)]
    if not isinstance(data, HandoverReceived | EmergencyPlaced | Found | TakenOver | DisputeResolved):
        return []
    found: Findings = [d107_detention.d107_detention(data.place_kind, state.child, on)]
    if isinstance(data, HandoverReceived):
        giver = offer.giver if offer is not None else data.from_agency
        determined = offer is not None and offer.determination is not None
        here, there = country(giver), country(speaker(event))
    elif isinstance(data, EmergencyPlaced | TakenOver):
        here, there, determined = country(state.carer or ""), country(data.to), False
    else:
        return found
    return [*found, d107_best.d107_best_moved(state.child, here, there, determined, on)]


def _stay(state: CustodyState, event: Event, context: Context, leaves: CustodyState) -> Problem | None:
    """A stay that the first report tells of began before custody was opened; it is judged when the child leaves."""
    began, cause = state.police_since, state.police_cause
    if began is None or cause != state.opened or not state.child or event.header.from_service:
        return None
    report = context.find("intake.report-received", at_police_post=True)
    if report is None or report.time >= began:
        return None
    if leaves.police_since is not None and not leaves.ended:
        return None
    known = d107_48h.d107_48h_over(began, event.time) or (d107_48h.RULE.id, cause) in state.passed
    return None if known else d107_48h.d107_48h_stay(report.time, event.time)


def _step(state: CustodyState, offer: Handover, event: Event, context: Context) -> Findings:
    data, actor, on = event.data, speaker(event), event.time.date()
    attested = context.directory.agencies.get(data.on_behalf_of) if data.on_behalf_of is not None else None
    countries = {context.directory.country(side) or "" for side in (offer.giver, offer.to)}
    one_sided = cus_gap.cus_gap_one_sided(attested.standing if attested is not None else None)
    if isinstance(data, HandoverAccepted | HandoverDeclined):
        found: Findings = [cus_holder.cus_holder_takes(actor, offer.to), network.net_once(offer.status != "offered")]
        if isinstance(data, HandoverAccepted) and offer.status == "offered":
            found.append(network.net_lapsed(event.time, offer.answer_by))
            found.append(cus_holder.cus_holder_stands_by(offer.giver in state.givers(offer.to)))
        return found
    if isinstance(data, HandoverReleased):
        return [
            cus_holder.cus_holder_gives(actor, (*state.givers(data.to), *((offer.giver,) if offer.unreleased else ()))),
            a2007_receipt.a2007_receipt("data.to", data.to, offer.to, on, countries),
            cus_gap.cus_gap_condition(data.condition.value, offer.received_condition),
            one_sided,
        ]
    if isinstance(data, HandoverReceived):
        return [
            cus_holder.cus_holder_takes(actor, offer.to),
            cus_holder.cus_holder_gives(offer.giver, state.givers(offer.to))
            if offer.received_at is None
            else cus_holder.cus_holder_alone(actor in state.rightful),
            a2007_receipt.a2007_receipt("data.from_agency", data.from_agency, offer.giver, on, countries),
            cus_gap.cus_gap_second_receipt(offer.received_at is not None),
            cus_gap.cus_gap_condition(offer.condition, data.condition.value),
            one_sided,
        ]
    return [None if actor in (offer.giver, offer.to) else cus_holder.cus_holder_takes(actor, offer.to)]


def _whose(state: CustodyState) -> str | None:
    """The agency whose turn it is to bring the person to a safe place; where a family has them, who answers."""
    if state.carer not in frozenset(Caretaker):
        return state.carer
    rightful = [agency for agency in state.responsible if agency not in state.claimed]
    return next(iter((*rightful, *state.responsible)), None)


def deadlines(state: CustodyState) -> tuple[Deadline, ...]:
    """What is due: the end of the 48 hours, answers to offers, receipts of releases, releases of receipts.

    Who got an identity by mistake says so after the chain has ended too.
    """
    running = [*astray(state), *(_of_the_chain(state) if state.opened is not None and not state.ended else ())]
    return tuple(item for item in running if item is not None and (item.rule, item.cause) not in state.passed)


def _of_the_chain(state: CustodyState) -> list[Deadline | None]:
    carer = _whose(state) if state.place_kind == PlaceKind.POLICE_POST else None
    stay = d107_48h.d107_48h(state.police_since, state.police_cause, state.child, carer)
    posts_alone = state.police_since is not None and state.police_since == state.unsafe_since
    running: list[Deadline | None] = [
        stay,
        d107_safe.d107_safe(state.unsafe_since, state.unsafe_cause, state.child, posts_alone, _whose(state)),
    ]
    for move, (owed_by, since) in state.unassessed.items():
        running.append(d107_risk.d107_risk_deadline(move, since, state.child, owed_by))
    kept = state.handovers.get(state.temporary or "")
    if kept is not None and kept.until is not None and state.temporary is not None:
        running.append(net_temporary.net_temporary_deadline(state.temporary, kept.until, kept.to))
    for offer_id, offer in state.handovers.items():
        if offer.status == "offered" and offer.answer_by is not None:
            running.append(network.net_answer_deadline(offer_id, offer.answer_by, offer.to))
        if offer.unreceived and offer.released_at is not None:
            running.append(cus_gap.cus_gap_deadline(offer_id, offer.released_at, offer.to, offer.corridor))
        joint = {offer.giver, offer.to} <= set(state.responsible)
        if offer.unreleased and joint and offer.received_at is not None:
            running.append(cus_move.cus_move_deadline(offer_id, offer.received_at, offer.giver, offer.corridor))
    return running


JOURNEY = Journey(
    "custody",
    CustodyState,
    decide,
    evolve,
    deadlines,
    FOLLOWED | {"intake.report-received"},
)
