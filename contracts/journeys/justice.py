"""The journey of a criminal case beside the child's: complaint, investigation, measures, testimony, verdict.

The child's case never waits on it: no other family's guard looks here. After a verdict a new complaint or investigation
opens proceedings again, so there is always a way on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ..codes import Person
from ..decision import Breach, Context, Deadline, Decision, Park, Problem, disputed
from ..directory import Role
from ..envelope import Event
from ..events.justice import (
    AssistanceAnswered,
    AssistanceRequested,
    ComplaintFiled,
    Corrected,
    DeletionAcknowledged,
    InvestigationOpened,
    LegalAidAppointed,
    ProtectiveMeasuresTaken,
    TestimonyGiven,
    TestimonyScheduled,
    VerdictGiven,
)
from ..guidelines.corridors import assistance, limit
from ..guidelines.rules import d107_age, network, p62_testimony, xb_corridor, xb_counterpart, xb_need
from ..steps import Channel
from ..steps_justice import AssistanceAnswer
from .base import Journey, JourneyState, park
from .common import awaits, overdue, passed, service_own, sort_out
from .corrections import astray, correcting, noted

Found = list[Park | Problem | Breach | None]
Stage = Literal["none", "complaint", "investigation", "verdict"]


class Request(BaseModel):
    """A request for assistance: who asks whom, by when an answer is due, and what it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asker: str
    to: str
    answer_by: datetime
    answer: str | None = None


class JusticeState(JourneyState):
    """`stage` is how far proceedings have come; `count` how many events were accepted.

    `complaints` and `scheduled` are the events that others may name; `measures` what was taken, each once; `lawyers`
    who stands by the victim; `testimonies` how often they were heard; `verdict` the event that ended it, by whom.
    """

    count: int = 0
    stage: Stage = "none"
    complaints: tuple[str, ...] = ()
    scheduled: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    lawyers: tuple[str, ...] = ()
    testimonies: int = 0
    verdict: tuple[str, str] | None = None
    requests: dict[str, Request] = {}


def decide(state: JusticeState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: Found = [service_own(event), network.net_speaker(event.data.on_behalf_of, context.directory)]
    if not event.header.from_service:
        found += _office(state, event, context)
        found += _order(state, event, context)
        found += _testimony(event, context)
        found += _assistance(state, event, context)
    found += correcting(state, event, context)
    after = evolve(state, event, disputed(item for item in found if isinstance(item, Problem | Breach)))
    found += overdue(event, deadlines(state), deadlines(after))
    return sort_out(event, context, found)


def _office(state: JusticeState, event: Event, context: Context) -> Found:
    """Who may say it: criminal justice; the Bar and who gives legal aid, that somebody has a lawyer."""
    data, on = event.data, event.time.date()
    if isinstance(data, AssistanceRequested | AssistanceAnswered | DeletionAcknowledged):
        return []
    if isinstance(data, Corrected):
        sender = state.verdict[1] if state.verdict is not None and state.verdict[0] == data.corrects else None
        return [network.net_party(event.actor, sender) if sender is not None else None]
    role: Role = "legal-aid" if isinstance(data, LegalAidAppointed) else "criminal-justice"
    return [network.net_mandate(context.directory.has_role(event.actor, role, on))]


def _order(state: JusticeState, event: Event, context: Context) -> Found:
    """What comes first: a report of the case, a complaint or an investigation; and what is over."""
    data = event.data
    found: Found = []
    if isinstance(data, ComplaintFiled | InvestigationOpened):
        reported = context.find("intake.report-received") is not None
        found.append(awaits(context, reported, "intake.report-received", "subject"))
    if isinstance(data, InvestigationOpened) and data.complaint is not None:
        known = data.complaint in state.complaints
        found.append(awaits(context, known, "justice.complaint-filed", "data.complaint"))
    if isinstance(data, ProtectiveMeasuresTaken | LegalAidAppointed | TestimonyScheduled | AssistanceRequested):
        found.append(awaits(context, state.stage != "none", "justice.complaint-filed", "subject"))
    if isinstance(data, TestimonyGiven | VerdictGiven):
        investigated = state.stage in ("investigation", "verdict")
        found.append(awaits(context, investigated, "justice.investigation-opened", "subject"))
    if isinstance(data, TestimonyGiven | TestimonyScheduled | VerdictGiven):
        found.append(network.net_proceedings(state.stage == "verdict"))
    if isinstance(data, TestimonyGiven) and data.scheduled is not None:
        known = data.scheduled in state.scheduled
        found.append(awaits(context, known, "justice.testimony-scheduled", "data.scheduled"))
    return found


def _testimony(event: Event, context: Context) -> Found:
    """How somebody was heard; who is not established as an adult is heard as a child."""
    data, on = event.data, event.time.date()
    if not isinstance(data, TestimonyGiven):
        return []
    established = _established(context, on)
    as_adult = d107_age.d107_age(data.person, established, on)
    if as_adult is not None and (waiting := park(context, "intake.age-determined")) is not None:
        return [waiting]
    child = data.person is Person.CHILD or as_adult is not None
    return [as_adult, p62_testimony.p62_testimony(data.how, child, context.directory.country(event.actor), on)]


def _established(context: Context, on: date) -> bool:
    """Whether an age has been determined by which somebody is an adult on a day."""
    return any(
        d107_age.d107_age_established(seen.data["result"], seen.data.get("adult_from"), on)
        for seen in context.seen.get("intake", ())
        if seen.name == "intake.age-determined"
    )


def _assistance(state: JusticeState, event: Event, context: Context) -> Found:
    """Help between two countries' justice: by whom, by which way, and who answers."""
    data, on, directory = event.data, event.time.date(), context.directory
    if isinstance(data, AssistanceRequested):
        own, there = directory.country(event.actor) or "", directory.country(data.to) or ""
        by_treaty = data.channel is Channel.INSTRUMENT
        roles = xb_counterpart.OF_JUSTICE if by_treaty else xb_counterpart.OF_JUSTICE_BY_EMBASSY
        return [
            xb_need.xb_need_unsealed(data.sealed_digest),
            xb_corridor.xb_corridor_assistance(own, there, assistance(own, there, on), data.channel, data.instrument),
            xb_counterpart.xb_counterpart("source", event.actor, own, roles, on, directory),
            xb_counterpart.xb_counterpart("data.to", data.to, there, roles, on, directory),
            network.net_many(sum(request.asker == event.actor for request in state.requests.values())),
        ]
    if isinstance(data, AssistanceAnswered):
        request = state.requests.get(data.request)
        waiting = awaits(context, request is not None, "justice.assistance-requested", "data.request")
        if request is None:
            return [waiting]
        return [
            network.net_party(event.actor, request.to),
            network.net_once(request.answer is not None),
            network.net_declined(data.answer is AssistanceAnswer.DECLINED, data.reason),
        ]
    return []


def evolve(state: JusticeState, event: Event, disputed: bool = False) -> JusticeState:
    """The proceedings after an accepted event. A claim is counted, and moves nothing."""
    state = noted(state, event, disputed)
    if event.type.name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    change: dict[str, Any] = {"count": state.count + 1}
    if not disputed:
        change |= _change(state, event)
    return state.model_copy(update=change)


def _change(state: JusticeState, event: Event) -> dict[str, Any]:
    data = event.data
    match data:
        case ComplaintFiled():
            stage = "investigation" if state.stage == "investigation" else "complaint"
            return {"stage": stage, "verdict": None, "complaints": (*state.complaints, event.id)}
        case InvestigationOpened():
            return {"stage": "investigation", "verdict": None}
        case ProtectiveMeasuresTaken():
            taken = (item.value for item in data.measures)
            return {"measures": tuple(dict.fromkeys((*state.measures, *taken)))}
        case LegalAidAppointed():
            return {"lawyers": tuple(dict.fromkeys((*state.lawyers, data.provider)))}
        case TestimonyScheduled():
            return {"scheduled": (*state.scheduled, event.id)}
        case TestimonyGiven():
            return {"testimonies": state.testimonies + 1}
        case VerdictGiven() if state.stage == "investigation":
            return {"stage": "verdict", "verdict": (event.id, event.actor)}
        case Corrected() if data.corrects in state.requests and state.requests[data.corrects].asker == event.actor:
            return {"requests": {known: ask for known, ask in state.requests.items() if known != data.corrects}}
        case Corrected() if state.verdict == (data.corrects, event.actor):
            return {"stage": "investigation", "verdict": None}
        case AssistanceRequested():
            by = data.answer_by or event.time + limit("assistance_hours").time
            request = Request(asker=event.actor, to=data.to, answer_by=by)
            return {"requests": {**state.requests, event.id: request}}
        case AssistanceAnswered() if data.request in state.requests:
            answered = state.requests[data.request].model_copy(update={"answer": data.answer.value})
            return {"requests": {**state.requests, data.request: answered}}
        case _:
            return {}


def deadlines(state: JusticeState) -> tuple[Deadline, ...]:
    """Answers to requests for assistance that are due."""
    running = [
        network.net_answer_deadline(event, request.answer_by, request.to)
        for event, request in state.requests.items()
        if request.answer is None
    ]
    running += astray(state)
    return tuple(item for item in running if (item.rule, item.cause) not in state.passed)


JOURNEY = Journey(
    "justice",
    JusticeState,
    decide,
    evolve,
    deadlines,
    frozenset({"intake.report-received", "intake.age-determined"}),
)
