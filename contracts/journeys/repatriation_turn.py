"""Whose turn it is in a return, and what is due: pure functions of the return's own state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..codes import Person
from ..decision import Deadline
from ..guidelines.corridors import limit
from ..guidelines.rules import c009_followup, network
from ..guidelines.rules.d107_views import d107_views_again
from .corrections import astray
from .repatriation_state import Ask, Plan, RepatriationState

_ABROAD = frozenset({"return", "third-country"})
"""Solutions that are asked for across a border."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What an open return waits for: which step, of whom, since when, by when; `verified` as in `Deadline`."""

    step: str
    agency: str | None
    since: datetime
    due: datetime | None
    verified: bool
    rule: str | None = None


def followed_up(state: RepatriationState) -> bool:
    """Whether follow-up is at its end (C009-FOLLOWUP). An adult without a plan was reached at least once."""
    plan = state.plan
    counted = [visit for visit in state.visits if visit.counts]
    if plan is None:
        return state.person is Person.ADULT and bool(counted)
    last = max((visit.at for visit in counted if visit.ends), default=None)
    return c009_followup.c009_followup_done(
        len(counted), last, plan.at, plan.visit_every, plan.follow_up, state.corridor
    )


def deadlines(state: RepatriationState) -> tuple[Deadline, ...]:
    """What is due: answers, what a counterpart asked for more, a decision after a refusal, hearings, visits."""
    running: list[Deadline | None] = [*astray(state)]
    if not state.closed:
        running += [_owed(request, ask) for request, ask in state.asks.items()]
        if state.hear_again is not None:
            waits = state.hear_again
            running.append(d107_views_again(waits.id, waits.at, waits.again, waits.agency))
        running.append(_visit(state))
    return tuple(item for item in running if item is not None and (item.rule, item.cause) not in state.passed)


def _owed(request: str, ask: Ask) -> Deadline | None:
    """What the last word on a question asks of somebody."""
    if ask.status == "asked" or (ask.kind == "tracing" and ask.status == "accepted"):
        return network.net_answer_deadline(request, ask.answer_by, ask.to)
    if ask.kind != "return":
        return None
    if ask.status == "completed":
        return network.net_answer_deadline(ask.cause, ask.answer_by, ask.to)
    if ask.status in ("more-needed", "declined"):
        name = "completion_hours" if ask.status == "more-needed" else "decision_hours"
        return network.net_answer_deadline(ask.cause, ask.at + limit(name, ask.corridor).time, ask.asker)
    return None


def _visit(state: RepatriationState) -> Deadline | None:
    plan = state.plan
    if plan is None or followed_up(state):
        return None
    last = max(state.visits, key=lambda visit: visit.at, default=plan)
    return c009_followup.c009_followup_visit(
        last.id, max(last.at, plan.at), plan.visit_every, plan.lead, plan.at.date(), state.corridor
    )


def turn(state: RepatriationState) -> Turn | None:
    """Whose turn it is in an open return; None where there is none, or it is closed.

    A return under way comes first, then a plan and its visits, then a person who has come back without a plan, a local
    solution, what was asked and not answered, and last who is to decide.
    """
    if state.closed or not state.steps:
        return None
    live = state.live()
    if live is not None:
        return _under_way(state, *live)
    if state.plan is not None:
        return _followed(state, state.plan)
    back = _came_back(state)
    if back is not None:
        return back
    if state.local is not None:
        due = state.local.at + limit("plan_hours", state.corridor).time
        return Turn("reintegration-planned", state.local.agency, state.local.at, due, False)
    for request, ask in state.asks.items():
        owed = _owed(request, ask)
        if owed is not None:
            step = "tracing-answered" if ask.kind == "tracing" else "requested"
            return Turn(step, owed.owed_by, ask.at, owed.due, False, owed.rule)
    return _to_decide(state)


def _under_way(state: RepatriationState, request: str, ask: Ask) -> Turn:
    owed = _owed(request, ask)
    if owed is not None:
        step = "request-completed" if ask.status == "more-needed" else "counterpart-answered"
        return Turn(step, owed.owed_by, ask.at, owed.due, False, owed.rule)
    order = (
        ("travel-document-issued", ask.to, "document_hours"),
        ("travel-scheduled", ask.asker, "travel_hours"),
        ("received", state.travel_to or ask.to, None),
    )
    # A step that was left out is not gone back to: whoever has a date to travel needs no paper any more.
    done = max((place for place, (step, _, _) in enumerate(order) if step in ask.steps), default=-1)
    step, agency, allowed = order[done + 1]
    since = max([ask.at, *(at for name, at in ask.steps.items() if name in {known for known, _, _ in order})])
    due = since + limit(allowed, ask.corridor).time if allowed is not None else None
    return Turn(step, agency, since, due, False)


def _followed(state: RepatriationState, plan: Plan) -> Turn:
    since = max((visit.at for visit in state.visits), default=plan.at)
    due = _visit(state)
    if followed_up(state):
        return Turn("closed", plan.lead, since, None, False)
    return Turn("follow-up-made", plan.lead, since, due.due if due is not None else None, False, c009_followup.RULE.id)


def _came_back(state: RepatriationState) -> Turn | None:
    """Who is back has a plan to wait for; an adult a call or a visit, and then an end."""
    known = [ask for ask in state.asks.values() if "received" in ask.steps]
    last = max(known, key=lambda ask: ask.steps["received"], default=None)
    if state.arrived is not None and (last is None or last.steps["received"] < state.arrived.at):
        agency, at = state.arrived.agency, state.arrived.at
        here = agency
    elif last is not None:
        agency, at = last.to, last.steps["received"]
        here = state.travel_to or agency
    else:
        return None
    if state.person is Person.ADULT:
        return Turn("closed" if followed_up(state) else "follow-up-made", here, at, None, False)
    return Turn("reintegration-planned", agency, at, at + limit("plan_hours", state.corridor).time, False)


def _to_decide(state: RepatriationState) -> Turn:
    """Nobody is asked and nothing is planned: somebody determines what is best, or does what was determined."""
    determined = state.steps.get("best-interests-determined")
    if determined is not None:
        solution = state.determined.get(determined[0])
        step = "requested" if solution in _ABROAD else "local-solution-decided"
        return Turn(step, determined[1], determined[2], None, False)
    last = max(state.steps.values(), key=lambda known: known[2])
    tracing = [ask for ask in state.asks.values() if ask.kind == "tracing"]
    return Turn("best-interests-determined", tracing[-1].asker if tracing else last[1], last[2], None, False)
