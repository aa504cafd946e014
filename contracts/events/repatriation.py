"""Repatriation: out of the country or back to it, or a solution elsewhere, up to follow-up and closure.

Steps that belong to one return name its `request`, the event id of `repatriation.requested`. An unannounced return has
none: it enters at `received`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..codes import (
    Caretaker,
    Condition,
    DeclineReason,
    DocumentKind,
    Escort,
    Exit,
    Need,
    Person,
    PlaceKind,
)
from ..fields import Corridor, Country, Day, EventId, Instant, InstrumentId, Province, Several, Some
from ..standards import Gender, SupportType
from ..steps import (
    Channel,
    Contact,
    CounterpartAnswer,
    Crossing,
    FamilyOutcome,
    FollowUpOutcome,
    Guardian,
    Hearing,
    Level,
    NotHeard,
    Risk,
    Solution,
    SolutionReason,
    TracingAnswer,
    TracingTask,
    Wanted,
    Wish,
)
from ._base import Correction, Deadline, Deletion, EventData, Kind, Named, event

Months = Annotated[int, Field(ge=1, le=60)]
Travellers = Annotated[int, Field(ge=2, le=1000)]


@event("repatriation.tracing-requested", kind=Kind.PROPOSAL)
class TracingRequested(EventData):
    """The counterpart `to` is asked to verify identity and nationality and to trace the family, by `answer_by`.

    A tracing set may be sealed to it, or disclosed once it has taken the task on (XB-NEED, first door).
    """

    to: Named
    country: Country
    tasks: Some[TracingTask]
    answer_by: Instant
    documents: Several[DocumentKind] = ()


@event("repatriation.tracing-answered", kind=Kind.PROPOSAL)
class TracingAnswered(EventData):
    """The counterpart takes a tracing request on, declines it, or gives its result; said by the one that was asked.

    Of a result, `established` lists what was found out; what was asked for and is not among it could not be.
    """

    request: EventId
    answer: TracingAnswer
    established: Several[TracingTask] = ()
    reason: DeclineReason | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.views-heard", kind=Kind.FACT)
class ViewsHeard(EventData):
    """A person was heard on what should become of them, or could not be, and why (D107-VIEWS, OPSC ¶113.4).

    Who could not be heard has a `representative` and a day to be heard again. `contact_risk` is what contact with the
    place of origin would bring.
    """

    hearing: Hearing
    wish: Wish | None = None
    not_heard: NotHeard | None = None
    representative: Guardian | None = None
    hear_again_on: Day | None = None
    contact_risk: Level | None = None


@event("repatriation.family-assessed", kind=Kind.FACT)
class FamilyAssessed(EventData):
    """A family was visited and assessed, and what it came to (CUS-FAMILY; CRF, reintegration)."""

    outcome: FamilyOutcome
    caretaker: Caretaker
    risks: Several[Risk] = ()
    province: Province | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.risk-assessed", kind=Kind.FACT)
class RiskAssessed(EventData):
    """The risk of a return was assessed together with `with_agency`."""

    level: Level
    risks: Several[Risk] = ()
    with_agency: Named | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.best-interests-determined", kind=Kind.PROPOSAL)
class BestInterestsDetermined(EventData):
    """What is best for the child is determined, on what was heard and assessed (D107-BEST, OPSC ¶105; D107-VIEWS).

    `person` is given where it is an adult's solution: what Decision 107 asks for a child is then not asked.
    `third_country` is where a child goes who is not at home there: the border of no other country opens by it.
    """

    solution: Solution
    person: Person | None = None
    third_country: Country | None = None
    views: EventId | None = None
    family_assessment: EventId | None = None
    risk_assessment: EventId | None = None
    reason: SolutionReason | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.requested", kind=Kind.PROPOSAL)
class Requested(EventData):
    """The authority of one country asks that of another to take a person back (XB-COUNTERPART).

    By the `instrument` of the corridor that covers the person, or by the diplomatic channel where there is none
    (XB-CORRIDOR). `informed` names the `intake.child-informed` (D107-INFORMED), `determination` the best interests.
    """

    to: Named
    from_country: Country
    to_country: Country
    corridor: Corridor
    channel: Channel
    person: Person
    gender: Gender | None = None
    instrument: InstrumentId | None = None
    informed: EventId | None = None
    determination: EventId | None = None
    tracing: EventId | None = None
    answer_by: Instant | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.counterpart-answered", kind=Kind.PROPOSAL)
class CounterpartAnswered(EventData):
    """The counterpart accepts, declines, or says what more is `needed`; said by the one that was asked."""

    request: EventId
    answer: CounterpartAnswer
    needed: Several[Wanted] = ()
    reason: DeclineReason | None = None


@event("repatriation.request-completed", kind=Kind.PROPOSAL)
class RequestCompleted(EventData):
    """The counterpart is told what it needs more, as far as the asker can: `given`, and what is `not_to_be_had`.

    Said by the one that asked for the return. What it tells is on record or follows acceptance: nothing is sealed to it
    (XB-NEED).
    """

    request: EventId
    given: Several[Wanted] = ()
    not_to_be_had: Several[Wanted] = ()
    documents: Several[DocumentKind] = ()


@event("repatriation.travel-document-issued", kind=Kind.FACT)
class TravelDocumentIssued(EventData):
    """A document to travel on was issued; its number is sealed, since it names a person."""

    request: EventId | None = None
    document: DocumentKind
    valid_until: Day | None = None


@event("repatriation.transit-entered", kind=Kind.FACT)
class TransitEntered(EventData):
    """A person waits for the return in a transit centre: apart from prisoners, with care (CRF-TRANSIT)."""

    request: EventId | None = None
    apart_from_prisoners: bool
    health_care: bool
    counselling: bool


@event("repatriation.travel-scheduled", kind=Kind.PROPOSAL)
class TravelScheduled(EventData):
    """The return is planned: when, where, with whom, for what needs; `to` receives.

    `group_of` is how many travel together; then `incident` names the group.
    """

    request: EventId
    to: Named
    travel_at: Instant
    crossing: Crossing
    escort: Escort
    needs: Several[Need] = ()
    documents: Several[DocumentKind] = ()
    group_of: Travellers | None = None


@event("repatriation.border-crossed", kind=Kind.FACT)
class BorderCrossed(EventData):
    """A person crossed the border at the event's time. `handover` names the custody offer under which they did."""

    request: EventId | None = None
    from_country: Country
    to_country: Country
    crossing: Crossing
    handover: EventId | None = None


@event("repatriation.received", kind=Kind.FACT)
class Received(EventData):
    """The country of return has received a person; an unannounced return enters here."""

    request: EventId | None = None
    from_country: Country
    place_kind: PlaceKind
    condition: Condition
    unannounced: bool = False
    from_agency: Named | None = None
    documents: Several[DocumentKind] = ()


@event("repatriation.reintegration-planned", kind=Kind.PROPOSAL)
class ReintegrationPlanned(EventData):
    """Where a person will live and how they are supported and visited (C009-FOLLOWUP, OPSC ¶24(r), ¶111).

    `assessment` names the family's assessment (CUS-FAMILY); `reason` why it is not the family (ACP-FAMILY). `lead`
    follows up every `visit_every` months, for `follow_up` months.
    """

    placement: Caretaker
    lead: Named
    visit_every: Months
    follow_up: Months
    supports: Several[SupportType] = ()
    assessment: EventId | None = None
    reason: SolutionReason | None = None
    province: Province | None = None


@event("repatriation.follow-up-made", kind=Kind.FACT)
class FollowUpMade(EventData):
    """A reintegrated person was visited or reached, and how they are (C009-FOLLOWUP, OPSC ¶24(r), ¶111)."""

    plan: EventId | None = None
    contact: Contact
    outcome: FollowUpOutcome
    next_on: Day | None = None


@event("repatriation.closed", kind=Kind.PROPOSAL)
class Closed(EventData):
    """Follow-up is at its end, or there is an exit that a second agency signs (C009-FOLLOWUP).

    `follow_up` names the last visit.
    """

    exit: Exit
    plan: EventId | None = None
    follow_up: EventId | None = None


@event("repatriation.local-solution-decided", kind=Kind.PROPOSAL)
class LocalSolutionDecided(EventData):
    """A return is not in the child's interest: what is done instead, family and community first (ACP-FAMILY)."""

    solution: Solution
    determination: EventId | None = None
    assessment: EventId | None = None
    reason: SolutionReason | None = None


@event("repatriation.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it."""


@event("repatriation.deletion-acknowledged", kind=Kind.FACT)
class DeletionAcknowledged(Deletion):
    """An identity that came with an event of this family and was not for this agency has been dealt with."""


@event("repatriation.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service."""
