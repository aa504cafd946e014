"""The journey of a return: tracing, request and answer, travel, reception, follow-up; and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ..decision import Breach, Context, Deadline, Decision, Park, Problem
from ..envelope import Event
from ..events.repatriation import (
    BorderCrossed,
    Closed,
    CounterpartAnswered,
    FollowUpMade,
    Received,
    ReintegrationPlanned,
    Requested,
    TracingAnswered,
    TracingRequested,
    TransitEntered,
    TravelDocumentIssued,
    TravelScheduled,
)
from ..guidelines.corridors import corridor, limit
from ..guidelines.rules import network, xb_corridor, xb_counterpart, xb_need
from .base import Journey, JourneyState
from .common import awaits, overdue, passed, service_own, sort_out

Found = list[Park | Problem | Breach | None]


class Ask(BaseModel):
    """A question to a counterpart: a tracing request, or a request for return. `status` as it was answered last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    asker: str
    to: str
    at: datetime
    answer_by: datetime
    status: str = "asked"
    corridor: str | None = None
    from_country: str | None = None
    to_country: str | None = None


class RepatriationState(JourneyState):
    """Every question and its answer, and the latest event (id, actor, time) of each kind of step."""

    asks: dict[str, Ask] = {}
    steps: dict[str, tuple[str, str, datetime]] = {}
    travel_to: str | None = None
    lead: str | None = None
    visit_every: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What an open return waits for: which step, of whom, since when, by when; `verified` as in `Deadline`."""

    step: str
    agency: str | None
    since: datetime
    due: datetime | None
    verified: bool
    rule: str | None = None


def decide(state: RepatriationState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    data = event.data
    found: Found = [service_own(event)]
    if not event.header.from_service and event.type.name != "corrected":
        found.append(network.net_open(state.closed))
    if isinstance(data, TracingRequested):
        there = context.directory.country(data.to) == str(data.country)
        if not there:
            found.append(
                xb_counterpart.RULE.problem("data.to", "this agency is of another country", "ask its authority")
            )
        own, on = context.directory.country(event.actor) or "", event.time.date()
        found += [
            xb_counterpart.xb_counterpart("source", event.actor, own, xb_counterpart.BY_EMBASSY, on, context.directory),
            network.net_many(_asked(state, event.actor)),
        ]
    elif isinstance(data, Requested):
        found += [*_requested(data, event, context), network.net_many(_asked(state, event.actor))]
    elif isinstance(data, TracingAnswered | CounterpartAnswered):
        ask = state.asks.get(data.request)
        kind = "tracing" if isinstance(data, TracingAnswered) else "return"
        name = "repatriation.tracing-requested" if kind == "tracing" else "repatriation.requested"
        found.append(awaits(context, ask is not None and ask.kind == kind, name, "data.request"))
        if ask is not None:
            found.append(network.net_party(event.actor, ask.to))
            found.append(network.net_once(ask.status in ("declined", "result") or (kind == "return" and _settled(ask))))
    elif isinstance(data, TravelScheduled | TravelDocumentIssued | TransitEntered | BorderCrossed | Received):
        found += _travel(state, data.request, event, context)
    elif isinstance(data, FollowUpMade | Closed) and data.plan is not None:
        planned = state.steps.get("reintegration-planned", ("",))[0] == data.plan
        found.append(awaits(context, planned, "repatriation.reintegration-planned", "data.plan"))
    if isinstance(data, Closed) and data.follow_up is not None:
        made = state.steps.get("follow-up-made", ("",))[0] == data.follow_up
        found.append(awaits(context, made, "repatriation.follow-up-made", "data.follow_up"))
    if isinstance(data, Closed):
        found.append(network.net_party(event.actor, state.lead) if state.lead is not None else None)
    found += overdue(event, deadlines(state), deadlines(evolve(state, event)))
    return sort_out(event, context, found)


def _asked(state: RepatriationState, asker: str) -> int:
    return sum(ask.asker == asker for ask in state.asks.values())


def _settled(ask: Ask) -> bool:
    return ask.status in ("accepted", "declined")


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
    ]


def _travel(state: RepatriationState, request: str | None, event: Event, context: Context) -> Found:
    if request is None:
        return []
    ask = state.asks.get(request)
    found: Found = [awaits(context, ask is not None, "repatriation.requested", "data.request")]
    if ask is None or ask.from_country is None or ask.to_country is None:
        return found
    data, on, directory = event.data, event.time.date(), context.directory
    roles = xb_counterpart.AT_THE_BORDER
    if isinstance(data, TravelScheduled):
        own = directory.country(event.actor)
        here = own if own in (ask.from_country, ask.to_country) else ask.from_country
        found += [
            awaits(context, ask.status == "accepted", "repatriation.counterpart-answered", "data.request"),
            xb_counterpart.xb_counterpart("source", event.actor, here, roles, on, directory),
            xb_counterpart.xb_counterpart("data.to", data.to, ask.to_country, roles, on, directory),
        ]
    elif isinstance(data, Received):
        found.append(xb_counterpart.xb_counterpart("source", event.actor, ask.to_country, roles, on, directory))
    return found


def evolve(state: RepatriationState, event: Event, disputed: bool = False) -> RepatriationState:
    """The return after an accepted event."""
    data, name = event.data, event.type.name
    if name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    change: dict[str, object] = {"steps": {**state.steps, name: (event.id, event.actor, event.time)}}
    if isinstance(data, TracingRequested):
        ask = Ask(kind="tracing", asker=event.actor, to=data.to, at=event.time, answer_by=data.answer_by)
        change["asks"] = {**state.asks, event.id: ask}
    elif isinstance(data, Requested):
        by = data.answer_by or event.time + limit("answer_hours", data.corridor).time
        ask = Ask(
            kind="return",
            asker=event.actor,
            to=data.to,
            at=event.time,
            answer_by=by,
            corridor=data.corridor,
            from_country=str(data.from_country),
            to_country=str(data.to_country),
        )
        change["asks"] = {**state.asks, event.id: ask}
    elif isinstance(data, TracingAnswered | CounterpartAnswered) and data.request in state.asks:
        answered = state.asks[data.request].model_copy(update={"status": str(data.answer), "at": event.time})
        change["asks"] = {**state.asks, data.request: answered}
    elif isinstance(data, TravelScheduled):
        change["travel_to"] = data.to
    elif isinstance(data, ReintegrationPlanned):
        change |= {"lead": data.lead, "visit_every": data.visit_every}
    elif name == "closed":
        change["closed"] = True
    return state.model_copy(update=change)


def deadlines(state: RepatriationState) -> tuple[Deadline, ...]:
    """Answers that counterparts owe."""
    if state.closed:
        return ()
    owed = [
        network.net_answer_deadline(request, ask.answer_by, ask.to)
        for request, ask in state.asks.items()
        if ask.status == "asked"
    ]
    return tuple(item for item in owed if (item.rule, item.cause) not in state.passed)


def turn(state: RepatriationState) -> Turn | None:
    """Whose turn it is in an open return; None where there is none, or it is closed."""
    if state.closed or not state.steps:
        return None
    for ask in state.asks.values():
        if ask.status == "asked":
            step = "tracing-answered" if ask.kind == "tracing" else "counterpart-answered"
            return Turn(step, ask.to, ask.at, ask.answer_by, False, network.ANSWER.id)
    request = next((ask for ask in state.asks.values() if ask.kind == "return"), None)
    last = max(state.steps.values(), key=lambda step: step[2])
    if request is None:
        return Turn("requested", last[1], last[2], None, False)
    if request.status != "accepted":
        owed = "requested" if request.status == "declined" else "counterpart-answered"
        return Turn(owed, request.asker, request.at, None, False)
    return _after_acceptance(state, request, last)


def _after_acceptance(state: RepatriationState, request: Ask, last: tuple[str, str, datetime]) -> Turn:
    order = (
        ("travel-document-issued", request.to, "document_hours"),
        ("travel-scheduled", request.asker, "travel_hours"),
        ("received", state.travel_to or request.to, None),
        ("reintegration-planned", request.to, "plan_hours"),
        ("follow-up-made", state.lead or request.to, None),
        ("closed", state.lead or request.to, None),
    )
    since = request.at
    for step, agency, allowed in order:
        done = state.steps.get(step)
        if done is None:
            due = since + limit(allowed, request.corridor).time if allowed is not None else None
            return Turn(step, agency, since, due, False)
        since = max(since, done[2])
    return Turn("closed", state.lead or request.to, last[2], None, False)


JOURNEY = Journey("repatriation", RepatriationState, decide, evolve, deadlines)
