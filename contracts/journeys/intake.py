"""The journey of a case from its report to its closing: identification, age, risk, interim care, consent, links."""

from __future__ import annotations

from datetime import date

from ..codes import Person
from ..decision import Breach, Context, Deadline, Decision, Park, Problem, disputed
from ..directory import Role
from ..envelope import Event
from ..events.intake import (
    AgeDetermined,
    CaseClosed,
    CaseReopened,
    CasesLinked,
    CasesUnlinked,
    ChildInformed,
    ConsentGiven,
    ConsentWithdrawn,
    Corrected,
    IdentificationDecided,
    InterimCareArranged,
    MatchAnswered,
    MatchAsked,
    ReportReceived,
    RiskAssessed,
    ScreeningRecorded,
    WithdrawalAcknowledged,
)
from ..fields import case_code
from ..guidelines.rules import (
    d107_age,
    d107_status,
    net_consent,
    net_report,
    net_siblings,
    network,
    xb_need,
)
from ..standards import TraffickingStatus
from ..steps_intake import ConsentGiver
from . import intake_access, intake_consent
from .base import Journey, park
from .common import awaits, overdue, service_own, sort_out, speaker
from .corrections import astray, correcting
from .entitled import AUTHORITIES, PART, decides, takes_part
from .intake_consent import unacknowledged
from .intake_state import IntakeState, evolve, is_adult
from .repatriation_end import case_closing

__all__ = ["JOURNEY", "IntakeState", "deadlines", "decide", "evolve", "unacknowledged"]

Found = list[Park | Problem | Breach | None]
ORDERED = {
    "screening-recorded",
    "identification-decided",
    "age-determined",
    "risk-assessed",
    "child-informed",
    "interim-care-arranged",
    "cases-linked",
    "cases-unlinked",
    "match-asked",
    "match-answered",
    "consent-given",
    "consent-withdrawn",
    "withdrawal-acknowledged",
    "deletion-acknowledged",
    "case-reopened",
    "case-closed",
    "corrected",
    "shut-out-ordered",
    "shut-out-lifted",
    "glass-broken",
    "glass-reviewed",
}
RESPONDERS: tuple[Role, ...] = (
    *AUTHORITIES,
    "criminal-justice",
    "first-contact",
    "border",
    "victim-support",
    "diplomatic",
)
AFTER_CLOSING = {
    "consent-withdrawn",
    "withdrawal-acknowledged",
    "case-reopened",
    "shut-out-ordered",
    "shut-out-lifted",
    "glass-broken",
    "glass-reviewed",
}
"""What may come in a closed case like in an open one."""


def decide(state: IntakeState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    found: Found = [service_own(event)]
    data = event.data
    if isinstance(data, ReportReceived):
        found += _reported(data, event, context)
        if state.report is not None:
            found.append(network.ORDER.problem("type", "this case is open already", "link the cases", "dispute"))
    elif event.type.name in ORDERED:
        found.append(awaits(context, state.report is not None, "intake.report-received", "subject"))
        if event.type.name not in AFTER_CLOSING:
            found.append(network.net_open(state.closed is not None))
    if isinstance(data, CaseClosed):
        adult = (state.age or state.presumed) == "adult"
        no_victim = state.status == TraffickingStatus.NOT_A_VICTIM
        found += case_closing(data, event, context, report=state.report, adult=adult, no_victim=no_victim)
    found += _person(state, event, context)
    found += _links(state, event, context)
    found += _consent(state, event, context)
    found += intake_access.access(state.access, event, context)
    found += correcting(state, event, context)
    after = evolve(state, event, disputed(item for item in found if isinstance(item, Problem | Breach)))
    found += overdue(event, deadlines(state), deadlines(after))
    return sort_out(event, context, found)


def _reported(data: ReportReceived, event: Event, context: Context) -> Found:
    return [
        network.net_code(data.code, case_code(event.case)),
        net_report.net_report_paper(data.channel, data.paper, data.entered_at),
        net_report.net_report_entered(event.time, data.entered_at, context.accepted),
        net_report.net_report_origin(data.channel, data.from_country),
        xb_need.xb_need_rescue(
            data.sealed_digest,
            data.sealed_kind,
            group=data.incident is not None,
            competent=_competent(data.responder, event, context),
        ),
    ]


def _competent(responder: str | None, event: Event, context: Context) -> bool:
    """Whether an agency may be told where somebody is found: an organ of a state that protects people on that day."""
    known = context.directory.agencies.get(responder) if responder is not None else None
    if known is None or not known.state:
        return False
    return any(context.directory.has_role(known.agency, role, event.time.date()) for role in RESPONDERS)


def _as_adult(
    state: IntakeState, person: str | None, on: date, context: Context, field: str = "data.person"
) -> Park | Problem | None:
    """An adult procedure waits for a determination of age; who is found to be no adult is not treated as one."""
    problem = d107_age.d107_age(person, is_adult(state, on), on, field)
    if problem is None or state.age is not None:
        return problem
    return park(context, "intake.age-determined") or problem


def _person(state: IntakeState, event: Event, context: Context) -> Found:
    """What is asked of age, of legal status, and of who assesses a risk or tells the child of its rights."""
    data, on = event.data, event.time.date()
    if isinstance(data, AgeDetermined):
        shown = state.age_evidence if state.age == "child" else None
        return [
            d107_age.d107_age_evidence(data.result, data.evidence, shown, on),
            d107_age.d107_age_found_child(data.result, bool(state.adult_steps), on),
        ]
    if isinstance(data, ChildInformed | RiskAssessed):
        actor, opened = speaker(event), {glass.by for glass in state.access.glasses.values()}
        known = actor in (state.reporter, state.identified_by) or actor in opened
        part = state.report is None or known or takes_part(context, actor, on, state.report)
        return [decides(context, part, "an agency that takes part in this case")]
    if isinstance(data, ScreeningRecorded | IdentificationDecided):
        return [_as_adult(state, data.person, on, context)]
    if isinstance(data, InterimCareArranged):
        adult = is_adult(state, on)
        foreign = d107_status.d107_status_foreign(state.found_country, state.nationality, data.legal_status)
        return [
            _as_adult(state, data.person, on, context),
            d107_status.d107_status_charge(data.charge, foreign and not adult, on),
            net_siblings.net_siblings(() if adult else state.siblings, data.with_siblings, data.siblings_apart),
        ]
    return []


def _links(state: IntakeState, event: Event, context: Context) -> Found:
    """What is asked of links between cases, of queries, and of a case that goes on."""
    data = event.data
    if isinstance(data, CasesLinked):
        return [network.net_other(data.other_case == event.case)]
    if isinstance(data, CasesUnlinked):
        known = data.other_case in (*state.linked, *state.siblings)
        return [awaits(context, known, "intake.cases-linked", "data.other_case")]
    if isinstance(data, CaseReopened):
        return [awaits(context, state.closed is not None, "intake.case-closed", "subject")]
    if isinstance(data, MatchAsked):
        authority = context.directory.has_role(data.to, "referral-authority", event.time.date())
        screened = "screening-recorded" in state.steps
        return [
            xb_need.xb_need_match(authority),
            awaits(context, screened, "intake.screening-recorded", "subject"),
            network.net_many(sum(query.asker == event.actor for query in state.queries.values())),
        ]
    if isinstance(data, MatchAnswered):
        query = state.queries.get(data.query)
        waiting = awaits(context, query is not None, "intake.match-asked", "data.query")
        if query is None:
            return [waiting]
        return [
            network.net_party(event.actor, query.to),
            network.net_asker(data.to, query.asker),
            network.net_once(query.answer is not None),
        ]
    return []


def _consent(state: IntakeState, event: Event, context: Context) -> Found:
    """What is asked of consents, of taking them back, and of who corrects."""
    data, on = event.data, event.time.date()
    adult = is_adult(state, on)
    if isinstance(data, ConsentGiven):
        as_adult = Person.ADULT if data.given_by is ConsentGiver.SELF else None
        return [
            net_consent.net_consent("data.given_by", data.given_by, state.familial, adult),
            _as_adult(state, as_adult, on, context, "data.given_by"),
        ]
    if isinstance(data, ConsentWithdrawn):
        return [
            awaits(context, data.consent in state.consents, "intake.consent-given", "data.consent"),
            net_consent.net_consent("data.withdrawn_by", data.withdrawn_by, state.familial, adult),
        ]
    if isinstance(data, WithdrawalAcknowledged):
        withdrawal = state.withdrawals.get(data.withdrawal)
        waiting = awaits(context, withdrawal is not None, "intake.consent-withdrawn", "data.withdrawal")
        if withdrawal is None:
            return [waiting]
        owes = event.actor if event.actor in withdrawal.receivers else None
        return [
            network.net_party(event.actor, owes),
            network.net_asker(data.to, withdrawal.by),
            network.net_once(event.actor in withdrawal.acknowledged),
        ]
    if isinstance(data, Corrected):
        sender = state.sender(data.corrects)
        return [network.net_party(event.actor, sender) if sender is not None else None]
    return []


def deadlines(state: IntakeState) -> tuple[Deadline, ...]:
    """What is due: a foreign child's legal status, answers to queries, acknowledgements of withdrawals.

    From a report to the opening of custody is judged on the whole case: `custody_table` finds the gap, because a
    deadline here would hang on another family's events. A consent is taken back in a closed case too, and who opened a
    case in an emergency is judged then too.
    """
    running: list[Deadline | None] = [
        *intake_consent.owed(state.withdrawals),
        *intake_access.owed(state.access),
        *astray(state),
    ]
    if state.closed is None:
        if state.status_owed is not None:
            running.append(d107_status.d107_status_deadline(*state.status_owed))
        running += [
            network.net_answer_deadline(event, query.answer_by, query.to)
            for event, query in state.queries.items()
            if query.answer is None
        ]
    return tuple(item for item in running if item is not None and (item.rule, item.cause) not in state.passed)


JOURNEY = Journey("intake", IntakeState, decide, evolve, deadlines, PART | {"repatriation.closed"})
