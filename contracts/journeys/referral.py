"""The journey of a referral: HL7 FHIR Task states, the answer by the one asked, identity after acceptance; its end."""

from __future__ import annotations

from ..decision import Breach, Context, Decision, Park, Problem
from ..envelope import Event
from ..events.referral import (
    Answered,
    CancelAnswered,
    CancelRequested,
    Closed,
    Completed,
    Failed,
    IdentityDisclosed,
    Received,
    Requested,
    Started,
    Waitlisted,
)
from ..guidelines.rules import network, xb_need
from ..standards import TaskStatus
from ..steps import ReferralOutcome
from .base import Journey
from .common import awaits, overdue, service_own, sort_out
from .corrections import correcting
from .entitled import CUSTODY, OPENING, authority, took_on
from .referral_state import FAILED, WAITING, ReferralState, Task, deadlines, evolve

__all__ = ["JOURNEY", "ReferralState", "deadlines", "decide", "evolve"]

Found = list[Park | Problem | Breach | None]
_OF_A_REQUEST = (
    Received | Waitlisted | Answered | Started | Completed | Failed | CancelRequested | CancelAnswered | Closed
)


def decide(state: ReferralState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: Found = [service_own(event)]
    data = event.data
    if isinstance(data, Requested):
        found.append(xb_need.xb_need_unsealed(data.sealed_digest))
        found.append(network.net_many(sum(task.asker == event.actor for task in state.tasks.values())))
        if data.replaces is not None:
            found.append(awaits(context, data.replaces in state.tasks, "referral.requested", "data.replaces"))
    elif isinstance(data, IdentityDisclosed):
        found += _disclosure(state, data, event, context)
    elif isinstance(data, _OF_A_REQUEST):
        task = state.tasks.get(data.request)
        found.append(awaits(context, task is not None, "referral.requested", "data.request"))
        if task is not None:
            found += _step(state, task, event, context)
    found += correcting(state, event, context)
    # Who closes what another has not answered is not the one who was late.
    own = tuple(item for item in deadlines(state) if item.owed_by == event.actor)
    found += overdue(event, own, deadlines(evolve(state, event)))
    return sort_out(event, context, found)


def _step(state: ReferralState, task: Task, event: Event, context: Context) -> Found:
    data = event.data
    if isinstance(data, Answered):
        reasoned = data.answer != "rejected" or data.reason is not None
        return [
            network.net_party(event.actor, task.to),
            network.net_once(_answered(task)),
            None if reasoned else network.PARTY.problem("data.reason", "a rejection says why", "give the reason"),
        ]
    if isinstance(data, Received):
        # It may be told after the answer: then it says nothing new.
        return [network.net_party(event.actor, task.to)]
    if isinstance(data, Waitlisted):
        return [
            network.net_party(event.actor, task.to),
            network.net_once(_answered(task)),
            network.net_until(event.time, data.until),
        ]
    if isinstance(data, Closed):
        return _closing(state, task, data, event, context)
    if isinstance(data, CancelRequested):
        return [
            None if event.actor in (task.asker, task.to) else network.net_party(event.actor, task.asker),
            network.net_side(data.to, task.other(event.actor)),
            network.net_once(task.over or task.cancel is not None),
        ]
    if isinstance(data, CancelAnswered):
        other = None if task.cancel is None else task.other(task.cancel[1])
        named = task.cancel is not None and task.cancel[0] == data.cancel
        return [
            network.net_order(named, "data.cancel", "referral.cancel-requested"),
            network.net_party(event.actor, other),
        ]
    return [
        network.net_party(event.actor, task.to),
        awaits(context, task.status not in WAITING, "referral.answered", "data.request"),
        network.net_once(task.over),
    ]


def _answered(task: Task) -> bool:
    """Whether its receiver has no answer left to give."""
    return task.status not in WAITING or task.over


def _closing(state: ReferralState, task: Task, data: Closed, event: Event, context: Context) -> Found:
    """Who asked closes what is not closed yet, as it ended (HL7 FHIR, Task.status; the network's outcomes)."""
    waiting, failed = task.status in WAITING, task.status in FAILED
    fits = {
        ReferralOutcome.EXPIRED: waiting and event.time > task.due,
        ReferralOutcome.UNDELIVERED: task.status is TaskStatus.REQUESTED,
        ReferralOutcome.CLOSED_ELSEWHERE: waiting or failed or state.unanswered(task),
    }
    ended = task.outcome is not None or (task.over and not failed)
    found: Found = [
        network.net_party(event.actor, task.asker),
        network.net_side(data.to, task.to),
        network.net_once(ended),
    ]
    if not ended:
        found.append(network.net_outcome(fits.get(data.outcome, data.outcome.value == task.status.value)))
    if data.elsewhere is not None:
        there = data.elsewhere in state.tasks and data.elsewhere != data.request
        found.append(awaits(context, there, "referral.requested", "data.elsewhere"))
    return found


def _disclosure(state: ReferralState, data: IdentityDisclosed, event: Event, context: Context) -> Found:
    task = state.tasks.get(data.request)
    if task is not None:
        accepted_by = (
            task.to if task.status in (TaskStatus.ACCEPTED, TaskStatus.IN_PROGRESS) and not task.over else None
        )
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


JOURNEY = Journey(
    "referral",
    ReferralState,
    decide,
    evolve,
    deadlines,
    CUSTODY | OPENING | {"repatriation.tracing-requested", "repatriation.tracing-answered"},
)
