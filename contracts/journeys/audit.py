"""The journey of findings: raised, answered by whom it is about, judged by another, reopened where need be."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..decision import Breach, Context, Deadline, Decision, Park, Problem
from ..envelope import Event
from ..events.audit import Corrected, FindingAnswered, FindingRaised, FindingReopened, FindingResolved
from ..guidelines.rules import net_finding, network
from .base import Journey, JourneyState
from .common import awaits, overdue, passed, service_own, sort_out

Found = list[Park | Problem | Breach | None]


class Finding(BaseModel):
    """One finding. `raised` is the event since which its owner may answer, and `turn` the one since which it is to be
    judged, each with its time. `heard`: the owner has answered, or had its time. `answer` and `judged` name the last
    answer, and the last judgement and whose it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str | None
    oversight: str | None
    raised: tuple[str, datetime]
    turn: tuple[str, datetime] | None = None
    heard: bool = False
    answer: str | None = None
    judged: tuple[str, str] | None = None
    reopened: int = 0

    @property
    def status(self) -> Literal["raised", "answered", "unanswered", "resolved"]:
        """Where it stands; `unanswered` once its owner's time is over."""
        if self.judged is not None:
            return "resolved"
        if self.answer is not None:
            return "answered"
        return "unanswered" if self.heard else "raised"


class AuditState(JourneyState):
    """Every finding of the case, by the id of its event. None ever goes away."""

    findings: dict[str, Finding] = {}


def decide(state: AuditState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: Found = [service_own(event)]
    data = event.data
    if isinstance(data, FindingAnswered | FindingResolved | FindingReopened):
        finding = state.findings.get(data.finding)
        found.append(awaits(context, finding is not None, "audit.finding-raised", "data.finding"))
        if finding is not None:
            found += _step(finding, event, context)
    elif isinstance(data, Corrected) and not event.header.from_service:
        found.append(network.net_party(event.actor, _sender(state, data.corrects)))
    own = tuple(item for item in deadlines(state) if item.owed_by == event.actor)
    found += overdue(event, own, deadlines(evolve(state, event)))
    return sort_out(event, context, found)


def _step(finding: Finding, event: Event, context: Context) -> Found:
    data, actor, owner = event.data, event.actor, finding.owner
    resolved = finding.judged is not None
    oversees = context.directory.has_role(actor, "oversight", event.time.date())
    if isinstance(data, FindingAnswered):
        return [
            net_finding.net_finding_reply(actor, owner),
            net_finding.net_finding_open(resolved),
            net_finding.net_finding_grounds(data.reply, data.grounds),
        ]
    if isinstance(data, FindingResolved):
        return [
            net_finding.net_finding_judge(actor, owner, oversees),
            net_finding.net_finding_open(resolved),
            net_finding.net_finding_heard(data.outcome, finding.heard or owner is None),
            net_finding.net_finding_told(data.to, actor, owner),
        ]
    if isinstance(data, FindingReopened):
        return [
            net_finding.net_finding_reopen(actor, owner, oversees),
            net_finding.net_finding_resolved(resolved),
            net_finding.net_finding_told(data.to, actor, owner),
        ]
    return []


def _sender(state: AuditState, event: str) -> str | None:
    """Who sent an answer or a judgement."""
    for finding in state.findings.values():
        if finding.answer == event:
            return finding.owner
        if finding.judged is not None and finding.judged[0] == event:
            return finding.judged[1]
    return None


def evolve(state: AuditState, event: Event, disputed: bool = False) -> AuditState:
    """The findings after an accepted event. A claim changes none."""
    data = event.data
    if event.type.name == "deadline-passed":
        return _passed(state, event)
    if isinstance(data, FindingRaised):
        now = (event.id, event.time)
        turn = now if data.owner is None else None
        return _with(state, event.id, Finding(owner=data.owner, oversight=data.oversight, raised=now, turn=turn))
    if isinstance(data, Corrected):
        return state if disputed else _corrected(state, event, data.corrects)
    finding = state.findings.get(getattr(data, "finding", ""))
    if finding is None or disputed:
        return state
    return _with(state, vars(data)["finding"], finding.model_copy(update=_change(finding, event)))


def _change(finding: Finding, event: Event) -> dict[str, object]:
    data, now = event.data, (event.id, event.time)
    if isinstance(data, FindingAnswered):
        # The time to judge runs from the first answer: who answers again does not put it off.
        return {"answer": event.id, "heard": True, "turn": finding.turn or now}
    if isinstance(data, FindingResolved):
        return {"judged": (event.id, event.actor), "turn": None}
    if isinstance(data, FindingReopened):
        anew = {"judged": None, "answer": None, "heard": False, "reopened": finding.reopened + 1, "raised": now}
        return {**anew, "turn": now if finding.owner is None else None}
    return {}


def _corrected(state: AuditState, event: Event, corrects: str) -> AuditState:
    """An answer or a judgement that its sender takes back: the finding stands where it stood before."""
    for name, finding in state.findings.items():
        if finding.judged is not None and finding.judged[0] == corrects:
            return _with(state, name, finding.model_copy(update={"judged": None, "turn": (event.id, event.time)}))
        if finding.answer == corrects and finding.judged is None:
            return _with(state, name, finding.model_copy(update={"answer": None, "heard": False, "turn": None}))
    return state


def _passed(state: AuditState, event: Event) -> AuditState:
    """A time ran out. Where the owner let it, it has been heard as far as it would be, and the finding is judged."""
    cause = str(vars(event.data)["cause"])
    findings = {
        name: finding.model_copy(update={"heard": True, "turn": (event.id, event.time)})
        if cause == finding.raised[0] and finding.status == "raised"
        else finding
        for name, finding in state.findings.items()
    }
    return state.model_copy(update={"passed": passed(event, state.passed), "findings": findings})


def _with(state: AuditState, name: str, finding: Finding) -> AuditState:
    return state.model_copy(update={"findings": {**state.findings, name: finding}})


def deadlines(state: AuditState) -> tuple[Deadline, ...]:
    """Answers by whom findings are about, and judgements."""
    running = []
    for finding in state.findings.values():
        if finding.status == "resolved":
            continue
        if finding.turn is not None:
            due = net_finding.net_finding_deadline(*finding.turn, finding.oversight, reply=False)
        else:
            due = net_finding.net_finding_deadline(*finding.raised, finding.owner, reply=True)
        running.append(due)
    return tuple(item for item in running if (item.rule, item.cause) not in state.passed)


JOURNEY = Journey("audit", AuditState, decide, evolve, deadlines)
