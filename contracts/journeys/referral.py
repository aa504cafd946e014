"""The journey of a referral: HL7 FHIR Task states, the answer by the one asked, identity after acceptance."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ..decision import Breach, Context, Deadline, Decision, Park, Problem
from ..envelope import Event
from ..events.referral import (
    Answered,
    CancelAnswered,
    CancelRequested,
    Completed,
    Failed,
    IdentityDisclosed,
    Requested,
    Started,
)
from ..guidelines.corridors import limit
from ..guidelines.rules import network, xb_need
from .base import Journey, JourneyState
from .common import awaits, overdue, passed, service_own, sort_out
from .entitled import CUSTODY, OPENING, authority, took_on

Found = list[Park | Problem | Breach | None]
DONE = ("rejected", "completed", "failed", "cancelled")


class Task(BaseModel):
    """One request. `status` is a FHIR Task status; `cancel` the open request to cancel and who asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asker: str
    to: str
    service: str
    status: str
    answer_by: datetime
    cancel: tuple[str, str, datetime] | None = None


class ReferralState(JourneyState):
    """Every request of the case, by the id of its event."""

    tasks: dict[str, Task] = {}


def decide(state: ReferralState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: Found = [service_own(event)]
    data = event.data
    if isinstance(data, Requested):
        found.append(xb_need.xb_need_unsealed(data.sealed_digest))
        found.append(network.net_many(sum(task.asker == event.actor for task in state.tasks.values())))
    elif isinstance(data, IdentityDisclosed):
        found += _disclosure(state, data, event, context)
    elif isinstance(data, Answered | Started | Completed | Failed | CancelRequested | CancelAnswered):
        task = state.tasks.get(data.request)
        found.append(awaits(context, task is not None, "referral.requested", "data.request"))
        if task is not None:
            found += _step(task, event, context)
    found += overdue(event, deadlines(state), deadlines(evolve(state, event)))
    return sort_out(event, context, found)


def _step(task: Task, event: Event, context: Context) -> Found:
    data = event.data
    if isinstance(data, Answered):
        reasoned = data.answer != "rejected" or data.reason is not None
        return [
            network.net_party(event.actor, task.to),
            network.net_once(task.status != "requested"),
            None if reasoned else network.PARTY.problem("data.reason", "a rejection says why", "give the reason"),
        ]
    if isinstance(data, CancelRequested):
        return [
            None if event.actor in (task.asker, task.to) else network.net_party(event.actor, task.asker),
            network.net_once(task.status in DONE or task.cancel is not None),
        ]
    if isinstance(data, CancelAnswered):
        other = None if task.cancel is None else task.to if task.cancel[1] == task.asker else task.asker
        named = task.cancel is not None and task.cancel[0] == data.cancel
        return [
            network.net_order(named, "data.cancel", "referral.cancel-requested"),
            network.net_party(event.actor, other),
        ]
    return [
        network.net_party(event.actor, task.to),
        awaits(context, task.status != "requested", "referral.answered", "data.request"),
        network.net_once(task.status in DONE),
    ]


def _disclosure(state: ReferralState, data: IdentityDisclosed, event: Event, context: Context) -> Found:
    task = state.tasks.get(data.request)
    if task is not None:
        accepted_by = task.to if task.status in ("accepted", "in-progress") else None
        return [xb_need.xb_need_disclosed(event.actor, task.asker, data.to, accepted_by)]
    glass = context.find("intake.glass-broken", id=data.request)
    if glass is not None:
        knows = authority(context, event.actor, event.time.date()) or took_on(context, event.actor)
        return [xb_need.xb_need_disclosed(event.actor, event.actor if knows else None, data.to, glass.actor)]
    tracing = context.find("repatriation.tracing-requested", id=data.request)
    there = awaits(context, tracing is not None, "referral.requested", "data.request")
    if tracing is None:
        return [there]
    answer = context.find("repatriation.tracing-answered", request=data.request, answer="accepted")
    waiting = awaits(context, answer is not None, "repatriation.tracing-answered", "data.request")
    if isinstance(waiting, Park):
        return [waiting]
    accepted_by = answer.actor if answer is not None else None
    return [
        xb_need.xb_need_disclosed(event.actor, tracing.actor, data.to, accepted_by),
        xb_need.xb_need_door(data.kinds),
    ]


def evolve(state: ReferralState, event: Event, disputed: bool = False) -> ReferralState:
    """The requests after an accepted event. What somebody else says of a task than its receiver does not move it."""
    data = event.data
    if event.type.name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    if isinstance(data, Requested):
        task = Task(asker=event.actor, to=data.to, service=data.service, status="requested", answer_by=data.answer_by)
        return state.model_copy(update={"tasks": {**state.tasks, event.id: task}})
    request = getattr(data, "request", None)
    if request not in state.tasks or isinstance(data, IdentityDisclosed):
        return state
    task = state.tasks[request]
    change: dict[str, object] = {}
    if isinstance(data, Answered):
        change = {"status": str(data.answer)}
    elif isinstance(data, Started | Completed | Failed) and (event.actor != task.to or task.status in DONE):
        return state
    elif isinstance(data, Started):
        change = {"status": "in-progress"}
    elif isinstance(data, Completed | Failed):
        change = {"status": event.type.name}
    elif isinstance(data, CancelRequested):
        change = {"cancel": (event.id, event.actor, event.time)}
    elif isinstance(data, CancelAnswered):
        change = {"cancel": None, **({"status": "cancelled"} if data.answer == "cancelled" else {})}
    return state.model_copy(update={"tasks": {**state.tasks, request: task.model_copy(update=change)}})


def deadlines(state: ReferralState) -> tuple[Deadline, ...]:
    """Answers that are due: to a request, and to a request to cancel."""
    running = []
    for request, task in state.tasks.items():
        if task.status == "requested":
            running.append(network.net_answer_deadline(request, task.answer_by, task.to))
        if task.cancel is not None:
            cancel, asked_by, asked_at = task.cancel
            other = task.to if asked_by == task.asker else task.asker
            by = asked_at + limit("cancel_answer_hours").time
            running.append(network.net_answer_deadline(cancel, by, other))
    return tuple(item for item in running if (item.rule, item.cause) not in state.passed)


JOURNEY = Journey(
    "referral",
    ReferralState,
    decide,
    evolve,
    deadlines,
    CUSTODY | OPENING | {"repatriation.tracing-requested", "repatriation.tracing-answered"},
)
