"""What is kept of one person's return, and how each accepted event changes it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from ..codes import Caretaker, Person
from ..envelope import Event
from ..events.repatriation import (
    BestInterestsDetermined,
    BorderCrossed,
    Corrected,
    CounterpartAnswered,
    FamilyAssessed,
    FollowUpMade,
    LocalSolutionDecided,
    Received,
    ReintegrationPlanned,
    RequestCompleted,
    Requested,
    RiskAssessed,
    TracingAnswered,
    TracingRequested,
    TransitEntered,
    TravelDocumentIssued,
    TravelScheduled,
    ViewsHeard,
)
from ..guidelines.corridors import HOME, corridor_id, limit
from ..guidelines.rules.c009_followup import c009_followup_counts, c009_followup_ends
from ..guidelines.rules.d107_views import d107_views_whole
from ..steps import Wanted
from .base import JourneyState
from .common import passed
from .corrections import noted

_STEPS = (TravelDocumentIssued, TravelScheduled, TransitEntered, BorderCrossed, Received)
WAITING = ("asked", "more-needed", "completed")
"""A question in one of these states waits for somebody."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Part):
    """A question to a counterpart: a tracing request, or a request for return.

    `status` is asked, what was answered last, completed (the counterpart was told what it `needed`), or ended (there
    was another decision). `at` and `cause` are the time and the id of the event that brought it there, `since` when it
    was asked; `steps` the steps of the return that name it, with their times.
    """

    kind: str
    asker: str
    to: str
    at: datetime
    since: datetime
    cause: str
    answer_by: datetime
    status: str = "asked"
    needed: tuple[Wanted, ...] = ()
    person: Person | None = None
    corridor: str | None = None
    from_country: str | None = None
    to_country: str | None = None
    steps: dict[str, datetime] = {}


class Said(_Part):
    """Who said something, and when."""

    id: str
    agency: str
    at: datetime


class Plan(Said):
    """A plan of reintegration: `lead` visits every `visit_every` months, for `follow_up` months."""

    lead: str
    visit_every: int
    follow_up: int


class Visit(Said):
    """A follow-up. `counts`: the person was reached; `ends`: it may be the last one (C009-FOLLOWUP)."""

    counts: bool
    ends: bool


class Hearing(Said):
    """A hearing that did not come about, and the day of the next."""

    again: date


class RepatriationState(JourneyState):
    """Every question and its answer, what a decision rests on, and the latest event (id, actor, time) of each kind.

    `views` are the hearings that count (D107-VIEWS); `families` the latest assessment of each kind of caretaker and
    `unsafe` all that found a family unsafe; `determined` what each determination came to, `local` the decision that
    there is no return, `arrived` an unannounced reception. `plan` is the present one of all `plans`, `visits` are its.
    """

    asks: dict[str, Ask] = {}
    steps: dict[str, tuple[str, str, datetime]] = {}
    person: Person | None = None
    corridor: str | None = None
    travel_to: str | None = None
    views: tuple[str, ...] = ()
    hear_again: Hearing | None = None
    families: dict[Caretaker, str] = {}
    unsafe: tuple[str, ...] = ()
    joint_risk: bool = False
    determined: dict[str, str] = {}
    local: Said | None = None
    arrived: Said | None = None
    plan: Plan | None = None
    plans: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()
    closed: bool = False

    @property
    def lead(self) -> str | None:
        """Who follows up."""
        return self.plan.lead if self.plan is not None else None

    def live(self) -> tuple[str, Ask] | None:
        """The latest request for return that was neither declined nor given up; the person has not come back by it."""
        for request, ask in reversed(self.asks.items()):
            if ask.kind == "return" and ask.status in (*WAITING, "accepted") and "received" not in ask.steps:
                return request, ask
        return None


def evolve(state: RepatriationState, event: Event, disputed: bool = False) -> RepatriationState:
    """The return after an accepted event; a claim is on record, and changes nothing here."""
    data, name, state = event.data, event.type.name, noted(state, event, disputed)
    if name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    if disputed:
        return state
    change: dict[str, object] = {"steps": {**state.steps, name: (event.id, event.actor, event.time)}}
    if isinstance(data, TracingRequested | Requested):
        change |= _asked(state, data, event)
    elif isinstance(data, TracingAnswered | CounterpartAnswered):
        change |= _status(state, data.request, str(data.answer), event)
    elif isinstance(data, RequestCompleted):
        change |= _status(state, data.request, "completed", event)
    elif isinstance(data, _STEPS):
        change |= _travelled(state, data, event)
    elif isinstance(data, ViewsHeard | FamilyAssessed | RiskAssessed | BestInterestsDetermined):
        change |= _weighed(state, data, event)
    elif isinstance(data, LocalSolutionDecided | ReintegrationPlanned | FollowUpMade):
        change |= _settled(state, data, event)
    elif isinstance(data, Corrected):
        change |= _corrected(state, event, data.corrects)
    elif name == "closed":
        change["closed"] = True
    return state.model_copy(update=change)


def _said(event: Event) -> Said:
    return Said(id=event.id, agency=event.actor, at=event.time)


def _asked(state: RepatriationState, data: TracingRequested | Requested, event: Event) -> dict[str, object]:
    if isinstance(data, TracingRequested):
        ask = Ask(
            kind="tracing",
            asker=event.actor,
            to=data.to,
            at=event.time,
            since=event.time,
            cause=event.id,
            answer_by=data.answer_by,
        )
        return {"asks": {**state.asks, event.id: ask}}
    ask = Ask(
        kind="return",
        asker=event.actor,
        to=data.to,
        at=event.time,
        since=event.time,
        cause=event.id,
        answer_by=data.answer_by or event.time + limit("answer_hours", data.corridor).time,
        person=data.person,
        corridor=data.corridor,
        from_country=str(data.from_country),
        to_country=str(data.to_country),
    )
    # What was declined needs no other decision any more: this is it.
    asks = {known: _end(old) if old.status == "declined" else old for known, old in state.asks.items()}
    return {"asks": {**asks, event.id: ask}, "person": data.person, "corridor": data.corridor}


def _corrected(state: RepatriationState, event: Event, corrects: str) -> dict[str, object]:
    """A question that its asker takes back is over; anything else is corrected in the record alone."""
    ask = state.asks.get(corrects)
    if ask is None or ask.asker != event.actor or ask.status not in (*WAITING, "declined"):
        return {}
    return {"asks": {**state.asks, corrects: _end(ask)}}


def _end(ask: Ask) -> Ask:
    return ask.model_copy(update={"status": "ended"})


def _status(state: RepatriationState, request: str, status: str, event: Event) -> dict[str, object]:
    ask = state.asks.get(request)
    if ask is None:
        return {}
    update: dict[str, object] = {"status": status, "at": event.time}
    if isinstance(event.data, CounterpartAnswered):
        update["needed"] = event.data.needed
    if status == "completed":
        update["answer_by"] = event.time + limit("answer_hours", ask.corridor).time
    if status != "accepted" or ask.kind == "return":
        update["cause"] = event.id
    return {"asks": {**state.asks, request: ask.model_copy(update=update)}}


def _travelled(
    state: RepatriationState,
    data: TravelDocumentIssued | TravelScheduled | TransitEntered | BorderCrossed | Received,
    event: Event,
) -> dict[str, object]:
    change: dict[str, object] = {}
    ask = state.asks.get(data.request) if data.request is not None else None
    if ask is not None and data.request is not None:
        steps = {**ask.steps, event.type.name: event.time}
        change["asks"] = {**state.asks, data.request: ask.model_copy(update={"steps": steps})}
    if isinstance(data, TravelScheduled):
        change["travel_to"] = data.to
    if isinstance(data, Received):
        before = ask.since if ask is not None else event.time
        if state.plan is not None and state.plan.at < before:
            # Whoever comes back once more is planned for, and visited, anew.
            change |= {"plan": None, "visits": ()}
        if ask is None:
            change["arrived"] = _said(event)
            change["corridor"] = corridor_id(str(data.from_country), HOME) or state.corridor
    return change


def _weighed(
    state: RepatriationState, data: ViewsHeard | FamilyAssessed | RiskAssessed | BestInterestsDetermined, event: Event
) -> dict[str, object]:
    if isinstance(data, ViewsHeard):
        on = event.time.date()
        if not d107_views_whole(data.hearing, data.not_heard, data.representative, data.hear_again_on, on):
            return {}
        again = data.hear_again_on if data.hearing != "heard" else None
        waits = Hearing(**_said(event).model_dump(), again=again) if again is not None else None
        return {"views": (*state.views, event.id), "hear_again": waits}
    if isinstance(data, FamilyAssessed):
        unsafe = (*state.unsafe, event.id) if data.outcome == "unsafe" else state.unsafe
        return {"families": {**state.families, data.caretaker: event.id}, "unsafe": unsafe}
    if isinstance(data, RiskAssessed):
        return {"joint_risk": state.joint_risk or data.with_agency not in (None, event.actor)}
    found: dict[str, object] = {"determined": {**state.determined, event.id: data.solution.value}}
    return found | ({"person": data.person} if data.person is not None else {})


def _settled(
    state: RepatriationState, data: LocalSolutionDecided | ReintegrationPlanned | FollowUpMade, event: Event
) -> dict[str, object]:
    if isinstance(data, LocalSolutionDecided):
        over = (*WAITING, "accepted", "declined")
        asks = {known: _end(ask) if ask.status in over else ask for known, ask in state.asks.items()}
        return {"local": _said(event), "asks": asks}
    if isinstance(data, ReintegrationPlanned):
        plan = Plan(**_said(event).model_dump(), lead=data.lead, visit_every=data.visit_every, follow_up=data.follow_up)
        alone = {"person": Person.ADULT} if data.placement is Caretaker.SELF else {}
        return {"plan": plan, "plans": (*state.plans, event.id), "visits": (), **alone}
    if data.plan is not None and (state.plan is None or data.plan != state.plan.id):
        return {}
    counts, ends = c009_followup_counts(data.outcome), c009_followup_ends(data.contact, data.outcome)
    return {"visits": (*state.visits, Visit(**_said(event).model_dump(), counts=counts, ends=ends))}
