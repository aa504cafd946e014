"""Intake: a report opens a case; screening, age, risk, interim care, and how the case closes."""

from __future__ import annotations

from ..codes import AgeEvidence, AgeResult, Exit, Person, Presumed, ReportChannel, SealedKind
from ..fields import CaseCode, CaseId, Country, EventId, Instant, Language, Month, Province, Several, Some
from ..standards import (
    CaseStatus,
    DecidingOrganization,
    Gender,
    MethodOfControl,
    MethodOfRecruitment,
    RelationshipToTrafficker,
    SupportType,
    TraffickingStatus,
    TypeOfExploitation,
    TypeOfSexExploitation,
    Urgency,
)
from ..steps import Confidence, Guardian, LegalStatus, Level, LinkBasis, Risk, Topic
from ._base import Correction, Deadline, EventData, Kind, Named, event


@event("intake.report-received", kind=Kind.FACT)
class ReportReceived(EventData):
    """Somebody was found or reported: the case begins. Said by the agency of first contact.

    `code` is `case_code` of the case id. `at_police_post` tells D107-48H that the stay began here. `entered_at` is when
    a paper form was typed in (OPSC ¶12); then `paper` gives its number. `responder` is the competent agency to which
    the place of rescue is sealed at once (XB-NEED, second door). `synthetic` marks replayed caseload.
    """

    channel: ReportChannel
    code: CaseCode
    found_country: Country
    person: Presumed
    at_police_post: bool
    province: Province | None = None
    from_country: Country | None = None
    nationality: Country | None = None
    gender: Gender | None = None
    urgency: Urgency = Urgency.ROUTINE
    entered_at: Instant | None = None
    responder: Named | None = None
    sealed_kind: SealedKind | None = None
    synthetic: bool = False


@event("intake.screening-recorded", kind=Kind.FACT)
class ScreeningRecorded(EventData):
    """A screening interview was held, and what it pointed to, in HTCDS 2.0 codes."""

    status: TraffickingStatus
    organization: DecidingOrganization
    person: Person
    exploitation: Several[TypeOfExploitation] = ()
    sex_exploitation: Several[TypeOfSexExploitation] = ()
    control: Several[MethodOfControl] = ()
    recruitment: Several[MethodOfRecruitment] = ()
    relationship: RelationshipToTrafficker | None = None
    language: Language | None = None


@event("intake.identification-decided", kind=Kind.PROPOSAL)
class IdentificationDecided(EventData):
    """A competent agency decides whether somebody is a victim, in HTCDS 2.0 codes; `screening` is what it rests on."""

    status: TraffickingStatus
    organization: DecidingOrganization
    exploitation: Several[TypeOfExploitation] = ()
    relationship: RelationshipToTrafficker | None = None
    nationality: Country | None = None
    screening: EventId | None = None


@event("intake.age-determined", kind=Kind.PROPOSAL)
class AgeDetermined(EventData):
    """Age is established, or stays uncertain and so a child's, and on what evidence (D107-AGE, OPSC ¶113.1).

    `adult_from` is the month in which a child turns eighteen: the day would be a date of birth.
    """

    result: AgeResult
    evidence: Several[AgeEvidence]
    adult_from: Month | None = None


@event("intake.risk-assessed", kind=Kind.FACT)
class RiskAssessed(EventData):
    """The risk of moving somebody was assessed (D107-RISK, OPSC ¶113.2).

    `offer` names the emergency offer for which this assessment was still due.
    """

    level: Level
    safe_to_move: bool
    risks: Several[Risk] = ()
    offer: EventId | None = None


@event("intake.child-informed", kind=Kind.FACT)
class ChildInformed(EventData):
    """A person was told of their rights and of what can follow, in their language (D107-INFORMED, OPSC ¶113.3)."""

    topics: Some[Topic]
    language: Language | None = None
    interpreter: bool = False
    representative: Guardian | None = None


@event("intake.interim-care-arranged", kind=Kind.PROPOSAL)
class InterimCareArranged(EventData):
    """Guardian, legal status and care are arranged until a lasting solution.

    `charge` says whether the status costs anything: for a foreign child victim it may not (D107-STATUS, OPSC ¶121).
    """

    guardian: Guardian
    legal_status: LegalStatus
    charge: bool
    guardian_agency: Named | None = None
    supports: Several[SupportType] = ()


@event("intake.cases-linked", kind=Kind.PROPOSAL)
class CasesLinked(EventData):
    """This case and another are found to be one person, with a confidence."""

    other_case: CaseId
    confidence: Confidence
    basis: Some[LinkBasis]


@event("intake.case-closed", kind=Kind.PROPOSAL)
class CaseClosed(EventData):
    """The case is closed: after follow-up, or by an exit that a second agency signs (C009-FOLLOWUP).

    `closure` names the `repatriation.closed` that came first; `same_as` the other case of a duplicate.
    """

    exit: Exit
    status: CaseStatus
    closure: EventId | None = None
    same_as: CaseId | None = None


@event("intake.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it."""


@event("intake.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service (D107-SAFE, D107-STATUS)."""
