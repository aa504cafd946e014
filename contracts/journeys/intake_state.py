"""The state of a case's intake, and how each accepted event changes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..codes import AgeResult, Person
from ..envelope import Event
from ..events.intake import (
    AgeDetermined,
    CasesLinked,
    CasesUnlinked,
    ConsentGiven,
    ConsentWithdrawn,
    Corrected,
    IdentificationDecided,
    InterimCareArranged,
    MatchAnswered,
    MatchAsked,
    ReportReceived,
    ScreeningRecorded,
    WithdrawalAcknowledged,
)
from ..events.intake_access import GlassBroken, GlassReviewed, ShutOutLifted, ShutOutOrdered
from ..guidelines.rules.d107_age import d107_age_established
from ..guidelines.rules.d107_status import d107_status_foreign
from ..guidelines.rules.net_consent import net_consent
from ..standards import RelationshipToTrafficker, TraffickingStatus
from ..steps import LegalStatus, LinkBasis
from . import intake_access, intake_consent
from .base import JourneyState
from .common import passed, speaker
from .corrections import noted

_FAMILIAL = RelationshipToTrafficker.FAMILIAL


class Query(BaseModel):
    """A sealed query: who asked whom, until when the answer is due, and the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asker: str
    to: str
    answer_by: datetime
    answer: str | None = None


class IntakeState(JourneyState):
    """`report` is the event that opened the case, said by `reporter`; `steps` the latest event id of each kind of
    step; `risks` every risk assessment; `linked` other cases found to be the same person, `siblings` those of brothers
    and sisters.

    Age (D107-AGE): `age` is the last determination's result, by `age_by` (its event and agency) on `age_evidence`;
    `child_since` is when child duties began, None while somebody is taken for an adult. `adult_steps` are the events
    that took them for an adult; once they are found to be a child these are `questioned`, and
    `best_interests_reopened` names the determination that showed it.

    Status (D107-STATUS): `status_owed` is the event that made a legal status due, when, and whose turn it is.
    `familial` says that the family is suspected: a parent's consent does not count.
    """

    report: str | None = None
    reporter: str | None = None
    presumed: str | None = None
    found_country: str | None = None
    nationality: str | None = None
    age: str | None = None
    age_by: tuple[str, str] | None = None
    age_evidence: tuple[str, ...] = ()
    adult_from: str | None = None
    child_since: datetime | None = None
    adult_steps: tuple[str, ...] = ()
    questioned: tuple[str, ...] = ()
    best_interests_reopened: str | None = None
    status: str | None = None
    identified_by: str | None = None
    legal_status: str | None = None
    status_owed: tuple[str, datetime, str] | None = None
    familial: bool = False
    steps: dict[str, str] = {}
    risks: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    queries: dict[str, Query] = {}
    consents: intake_consent.Consents = {}
    withdrawals: intake_consent.Withdrawals = {}
    reopened: tuple[str, ...] = ()
    closed: str | None = None
    access: intake_access.Access = intake_access.Access()

    def sender(self, event: str) -> str | None:
        """Who sent an event whose correction changes something here; None for any other."""
        if self.age_by is not None and self.age_by[0] == event:
            return self.age_by[1]
        consent = self.consents.get(event)
        return consent.by if consent is not None else None


def is_adult(state: IntakeState, on: date) -> bool:
    """Whether the person is established as an adult on a day."""
    return d107_age_established(state.age, state.adult_from, on)


def evolve(state: IntakeState, event: Event, disputed: bool = False) -> IntakeState:
    """The case after an accepted event. A claim is on record, and changes nothing."""
    name = event.type.name
    if name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    if disputed:
        return state
    state = noted(state, event, disputed)
    change: dict[str, Any] = {"steps": {**state.steps, name: event.id}}
    after = state.model_copy(update=change | _person(state, event) | _case(state, event))
    return after.model_copy(update={"status_owed": _status_owed(after, event)})


def _person(state: IntakeState, event: Event) -> dict[str, Any]:
    """What changes of the person: age, nationality, whether a victim, consent."""
    data = event.data
    match data:
        case ReportReceived() if state.report is None:
            return _reported(event, data)
        case AgeDetermined():
            return _aged(state, event, data)
        case Corrected() if state.sender(data.corrects) == event.actor:
            return _corrected(state, event, data.corrects)
        case ScreeningRecorded():
            familial = state.familial or data.relationship is _FAMILIAL
            return _taken_for(state, event, data.person) | _suspected(state, familial)
        case IdentificationDecided():
            victim = data.status is not TraffickingStatus.NOT_A_VICTIM
            familial = state.familial if data.relationship is None else data.relationship is _FAMILIAL
            return {
                "status": data.status.value,
                "identified_by": event.actor if victim else None,
                "nationality": data.nationality or state.nationality,
                **_taken_for(state, event, data.person),
                **_suspected(state, familial),
            }
        case InterimCareArranged():
            return {"legal_status": data.legal_status.value} | _taken_for(state, event, data.person)
        case ConsentGiven():
            return {"consents": intake_consent.consented(state.consents, event, data)}
        case ConsentWithdrawn() if data.consent in state.consents:
            adult = is_adult(state, event.time.date())
            if net_consent("data.withdrawn_by", data.withdrawn_by, state.familial, adult) is not None:
                return {}
            consents, withdrawals = intake_consent.withdrawn(state.consents, state.withdrawals, event, data)
            return {"consents": consents, "withdrawals": withdrawals}
        case WithdrawalAcknowledged() if data.withdrawal in state.withdrawals:
            return {"withdrawals": intake_consent.acknowledged(state.withdrawals, event, data)}
        case _:
            return {}


def _case(state: IntakeState, event: Event) -> dict[str, Any]:
    """What changes of the case: links, queries, risks, its closing and going on."""
    data, name = event.data, event.type.name
    match data:
        case CasesLinked():
            kind = "siblings" if LinkBasis.SIBLING in data.basis else "linked"
            known: tuple[str, ...] = getattr(state, kind)
            return {kind: tuple(dict.fromkeys((*known, data.other_case)))}
        case CasesUnlinked():
            return {
                "linked": tuple(case for case in state.linked if case != data.other_case),
                "siblings": tuple(case for case in state.siblings if case != data.other_case),
            }
        case MatchAsked():
            query = Query(asker=event.actor, to=data.to, answer_by=data.answer_by)
            return {"queries": {**state.queries, event.id: query}}
        case MatchAnswered() if data.query in state.queries:
            answered = state.queries[data.query].model_copy(update={"answer": data.answer.value})
            return {"queries": {**state.queries, data.query: answered}}
        case ShutOutOrdered() | ShutOutLifted() | GlassBroken() | GlassReviewed():
            return {"access": intake_access.admitted(state.access, event)}
    if name == "risk-assessed":
        return {"risks": (*state.risks, event.id)}
    if name == "case-closed":
        return {"closed": event.id}
    if name == "case-reopened":
        return {"closed": None, "reopened": (*state.reopened, event.id)}
    return {}


def _reported(event: Event, data: ReportReceived) -> dict[str, Any]:
    as_adult = data.person.value == Person.ADULT
    return {
        "report": event.id,
        "reporter": speaker(event),
        "presumed": data.person.value,
        "found_country": data.found_country,
        "nationality": data.nationality,
        "child_since": None if as_adult else event.time,
        "adult_steps": (event.id,) if as_adult else (),
    }


def _aged(state: IntakeState, event: Event, data: AgeDetermined) -> dict[str, Any]:
    change: dict[str, Any] = {
        "age": data.result.value,
        "age_by": (event.id, event.actor),
        "age_evidence": tuple(item.value for item in data.evidence),
        "adult_from": data.adult_from,
    }
    if data.result is AgeResult.ADULT:
        return change | {"child_since": None, "adult_steps": (*state.adult_steps, event.id)}
    change["child_since"] = state.child_since or event.time
    if data.result is AgeResult.CHILD and state.adult_steps:
        questioned = (*state.questioned, *state.adult_steps)
        change |= {"adult_steps": (), "questioned": questioned, "best_interests_reopened": event.id}
    return change


def _corrected(state: IntakeState, event: Event, corrects: str) -> dict[str, Any]:
    """A determination or a consent that does not count any more. The age is what it was presumed to be."""
    if corrects in state.consents:
        corrected = state.consents[corrects].model_copy(update={"status": "corrected"})
        return {"consents": {**state.consents, corrects: corrected}}
    child_since = None if state.presumed == Person.ADULT else state.child_since or event.time
    steps = tuple(step for step in state.adult_steps if step != corrects)
    known = {"age": None, "age_by": None, "age_evidence": (), "adult_from": None}
    return known | {"child_since": child_since, "adult_steps": steps}


def _taken_for(state: IntakeState, event: Event, person: Person | None) -> dict[str, Any]:
    if person is not Person.ADULT or is_adult(state, event.time.date()):
        return {}
    return {"adult_steps": (*state.adult_steps, event.id)}


def _suspected(state: IntakeState, familial: bool) -> dict[str, Any]:
    return {"familial": familial} | ({"consents": intake_consent.lapsed(state.consents)} if familial else {})


def _status_owed(state: IntakeState, event: Event) -> tuple[str, datetime, str] | None:
    """The debt of a legal status: it begins when all that makes it is known, and ends with a status, not a form."""
    settled = state.legal_status not in (None, LegalStatus.APPLIED_FOR)
    foreign = d107_status_foreign(state.found_country, state.nationality)
    if settled or not foreign or state.child_since is None or state.identified_by is None:
        return None
    return state.status_owed or (event.id, event.time, state.identified_by)
