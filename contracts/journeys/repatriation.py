"""The journey of a return: tracing, hearing, determination, request and answer, travel, reception, follow-up, closing.

What each kind of step asks of the rules is here; what is kept is in `repatriation_state`, whose turn it is in
`repatriation_turn`.
"""

from __future__ import annotations

from ..codes import DocumentKind, Person
from ..decision import Breach, Context, Decision, Park, Problem, disputed
from ..envelope import Event
from ..events.repatriation import (
    BestInterestsDetermined,
    BorderCrossed,
    Closed,
    Corrected,
    CounterpartAnswered,
    FamilyAssessed,
    FollowUpMade,
    LocalSolutionDecided,
    Received,
    ReintegrationPlanned,
    RequestCompleted,
    Requested,
    TracingAnswered,
    TracingRequested,
    TransitEntered,
    TravelDocumentIssued,
    TravelScheduled,
    ViewsHeard,
)
from ..guidelines.corridors import corridor
from ..guidelines.documents import documents
from ..guidelines.rules import crf_transit, d107_informed, d107_views, network, xb_corridor, xb_counterpart, xb_need
from .base import Journey, park
from .common import awaits, overdue, service_own, sort_out
from .corrections import correcting
from .entitled import OPENING, PART
from .repatriation_end import assessing, closing, deciding, follow_up, planning
from .repatriation_state import Ask, RepatriationState, evolve
from .repatriation_turn import Turn, deadlines, turn

__all__ = ["JOURNEY", "Ask", "RepatriationState", "Turn", "deadlines", "decide", "evolve", "turn"]

Found = list[Park | Problem | Breach | None]
_TRAVEL = (TravelScheduled, TravelDocumentIssued, TransitEntered, BorderCrossed, Received)


def decide(state: RepatriationState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    data = event.data
    found: Found = [service_own(event)]
    if not event.header.from_service and event.type.name not in ("corrected", "deletion-acknowledged"):
        found.append(network.net_open(state.closed))
    if isinstance(data, TracingRequested | Requested):
        found += [network.net_many(sum(ask.asker == event.actor for ask in state.asks.values()))]
        found += (
            _traced(data, event, context) if isinstance(data, TracingRequested) else _requested(data, event, context)
        )
        if isinstance(data, Requested) and data.determination is not None:
            there = data.determination in state.determined
            found.append(awaits(context, there, "repatriation.best-interests-determined", "data.determination"))
    elif isinstance(data, TracingAnswered | CounterpartAnswered | RequestCompleted):
        found += _answered(state, data, event, context)
    elif isinstance(data, ViewsHeard):
        on = event.time.date()
        whole = d107_views.d107_views_whole(data.hearing, data.not_heard, data.representative, data.hear_again_on, on)
        found.append(d107_views.d107_views_hearing(state.person is not Person.ADULT, whole, on))
    elif isinstance(data, FamilyAssessed):
        found += assessing(state, event, context)
    elif isinstance(data, BestInterestsDetermined | LocalSolutionDecided):
        found += deciding(state, data, event, context)
    elif isinstance(data, _TRAVEL):
        found += _travel(state, data.request, event, context)
    elif isinstance(data, ReintegrationPlanned):
        found += planning(state, data, event, context)
    elif isinstance(data, FollowUpMade):
        found += follow_up(state, data, event, context)
    elif isinstance(data, Closed):
        found += closing(state, data, event, context)
    found.append(_documents(event))
    found += correcting(state, event, context)
    after = evolve(state, event, disputed(item for item in found if isinstance(item, Problem | Breach)))
    # Who takes a question back is not the one who had not answered it.
    found += overdue(event, () if isinstance(data, Corrected) else deadlines(state), deadlines(after))
    return sort_out(event, context, found)


def _documents(event: Event) -> Problem | None:
    """The documents that an event names are of its step."""
    given: list[DocumentKind] = list(getattr(event.data, "documents", ()))
    if isinstance(event.data, TravelDocumentIssued):
        given = [event.data.document]
    return network.net_document(given, documents(event.name)) if given else None


def _traced(data: TracingRequested, event: Event, context: Context) -> Found:
    found: Found = []
    if context.directory.country(data.to) != str(data.country):
        found.append(xb_counterpart.RULE.problem("data.to", "this agency is of another country", "ask its authority"))
    own, on = context.directory.country(event.actor) or "", event.time.date()
    found.append(
        xb_counterpart.xb_counterpart("source", event.actor, own, xb_counterpart.BY_EMBASSY, on, context.directory)
    )
    return found


def _requested(data: Requested, event: Event, context: Context) -> Found:
    on, directory = event.time.date(), context.directory
    way = corridor(str(data.from_country), str(data.to_country), data.person, on, data.gender)
    by_embassy = data.channel == "diplomatic"
    roles = xb_counterpart.BY_EMBASSY if by_embassy else xb_counterpart.BY_INSTRUMENT
    asking, asked = str(data.from_country), str(data.to_country)
    if directory.country(event.actor) == asked:
        asking, asked = asked, asking
    return [
        xb_need.xb_need_unsealed(data.sealed_digest),
        xb_corridor.xb_corridor(way, data.corridor, data.channel.value, data.instrument),
        xb_counterpart.xb_counterpart("source", event.actor, asking, roles, on, directory),
        xb_counterpart.xb_counterpart("data.to", data.to, asked, roles, on, directory),
        _informed(data, event, context),
    ]


def _informed(data: Requested, event: Event, context: Context) -> Park | Problem | None:
    """D107-INFORMED: the telling that is named, or any, covers the process and came first; it may be on its way."""
    name, heard = "intake.child-informed", context.seen.get("intake", ())
    tellings = [seen for seen in heard if seen.name == name and data.informed in (None, seen.id)]
    told = any(
        d107_informed.d107_informed_covers(seen.data.get("topics", ())) and seen.time <= event.time for seen in tellings
    )
    problem = d107_informed.d107_informed(data.person is Person.CHILD, told, event.time.date())
    if problem is None or (data.informed is not None and tellings):
        return problem
    return park(context, name) or problem


def _answered(
    state: RepatriationState,
    data: TracingAnswered | CounterpartAnswered | RequestCompleted,
    event: Event,
    context: Context,
) -> Found:
    """An answer is of the one who was asked; what is told on its asking, of the one who had asked."""
    ask = state.asks.get(data.request)
    kind = "tracing" if isinstance(data, TracingAnswered) else "return"
    name = "repatriation.tracing-requested" if kind == "tracing" else "repatriation.requested"
    found: Found = [awaits(context, ask is not None and ask.kind == kind, name, "data.request")]
    if ask is None or ask.kind != kind:
        return found
    if isinstance(data, RequestCompleted):
        wanted = ask.status == "more-needed"
        return [
            *found,
            network.net_party(event.actor, ask.asker),
            xb_need.xb_need_unsealed(data.sealed_digest),
            awaits(context, wanted, "repatriation.counterpart-answered", "data.request"),
            network.net_told(ask.needed, (*data.given, *data.not_to_be_had)) if wanted else None,
        ]
    settled = ("accepted", "declined", "ended") if kind == "return" else ("declined", "result")
    needed = data.needed if isinstance(data, CounterpartAnswered) else ()
    return [
        *found,
        network.net_party(event.actor, ask.to),
        network.net_once(ask.status in settled),
        network.net_reason(data.answer, data.reason, needed),
    ]


def _travel(state: RepatriationState, request: str | None, event: Event, context: Context) -> Found:
    data = event.data
    child = state.person is not Person.ADULT
    found: Found = []
    if isinstance(data, TransitEntered):
        found.append(crf_transit.crf_transit(child, data.apart_from_prisoners, data.health_care, data.counselling))
    if request is None:
        return found
    ask = state.asks.get(request)
    found.append(awaits(context, ask is not None, "repatriation.requested", "data.request"))
    if ask is None or ask.from_country is None or ask.to_country is None:
        return found
    on, directory = event.time.date(), context.directory
    roles = xb_counterpart.AT_THE_BORDER
    if isinstance(data, BorderCrossed | Received):
        found.append(crf_transit.crf_transit_waited(ask.person is not Person.ADULT, "transit-entered" in ask.steps))
    if isinstance(data, TravelScheduled):
        own = directory.country(event.actor)
        here = own if own in (ask.from_country, ask.to_country) else ask.from_country
        found += [
            awaits(context, ask.status == "accepted", "repatriation.counterpart-answered", "data.request"),
            xb_counterpart.xb_counterpart("source", event.actor, here, roles, on, directory),
            xb_counterpart.xb_counterpart("data.to", data.to, ask.to_country, roles, on, directory),
            network.net_group(data.group_of, data.incident),
        ]
    elif isinstance(data, Received):
        found.append(xb_counterpart.xb_counterpart("source", event.actor, ask.to_country, roles, on, directory))
    return found


JOURNEY = Journey(
    "repatriation",
    RepatriationState,
    decide,
    evolve,
    deadlines,
    PART | OPENING | {"intake.child-informed"},
)
