"""The journey of a case from its report to its closing: identification, age, risk, interim care."""

from __future__ import annotations

from ..decision import Breach, Context, Deadline, Decision, Park, Problem
from ..envelope import Event
from ..events.intake import CaseClosed, ReportReceived
from ..fields import case_code
from ..guidelines.rules import network
from ..standards import TraffickingStatus
from .base import Journey, JourneyState
from .common import awaits, passed, service_own, sort_out
from .entitled import CUSTODY
from .repatriation_end import case_closing

ORDERED = {
    "screening-recorded",
    "identification-decided",
    "age-determined",
    "risk-assessed",
    "child-informed",
    "interim-care-arranged",
    "cases-linked",
    "case-closed",
    "corrected",
}


class IntakeState(JourneyState):
    """`report` is the event that opened the case; `steps` the latest event id of each kind of step; `risks` every
    risk assessment; `linked` other cases found to be the same person."""

    report: str | None = None
    presumed: str | None = None
    age: str | None = None
    status: str | None = None
    steps: dict[str, str] = {}
    risks: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    closed: str | None = None


def decide(state: IntakeState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: list[Park | Problem | Breach | None] = [service_own(event)]
    data = event.data
    if isinstance(data, ReportReceived):
        found.append(network.net_code(data.code, case_code(event.case)))
        if state.report is not None:
            found.append(network.ORDER.problem("type", "this case is open already", "link the cases", "dispute"))
    elif event.type.name in ORDERED:
        found.append(awaits(context, state.report is not None, "intake.report-received", "subject"))
        found.append(network.net_open(state.closed is not None))
    if isinstance(data, CaseClosed):
        adult = (state.age or state.presumed) == "adult"
        no_victim = state.status == TraffickingStatus.NOT_A_VICTIM
        found += case_closing(data, event, context, report=state.report, adult=adult, no_victim=no_victim)
    return sort_out(event, context, found)


def evolve(state: IntakeState, event: Event, disputed: bool = False) -> IntakeState:
    """The case after an accepted event."""
    data, name = event.data, event.type.name
    change: dict[str, object] = {"steps": {**state.steps, name: event.id}}
    if isinstance(data, ReportReceived) and state.report is None:
        change |= {"report": event.id, "presumed": data.person.value}
    elif name == "age-determined":
        change["age"] = vars(data)["result"]
    elif name == "identification-decided":
        change["status"] = vars(data)["status"]
    elif name == "risk-assessed":
        change["risks"] = (*state.risks, event.id)
    elif name == "cases-linked":
        change["linked"] = (*state.linked, str(vars(data)["other_case"]))
    elif name == "case-closed":
        change["closed"] = event.id
    elif name == "deadline-passed":
        change = {"passed": passed(event, state.passed)}
    return state.model_copy(update=change)


def deadlines(state: IntakeState) -> tuple[Deadline, ...]:
    """None runs in this family yet: from a report to the opening of custody is judged on the whole case.

    (`custody_table` finds the gap; a deadline here would hang on another family's events.)
    """
    return ()


JOURNEY = Journey("intake", IntakeState, decide, evolve, deadlines, CUSTODY | {"repatriation.closed"})
