"""Intake: a report opens a case; screening, age, risk, interim care, and how the case closes."""

from __future__ import annotations

from ..codes import AgeEvidence, AgeResult, Exit, Person, Presumed, ReportChannel, SealedKind
from ..fields import CaseCode, CaseId, Country, Digest, EventId, Instant, Language, Month, Province, Several, Some
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
from ..steps_intake import (
    ConsentGiver,
    ConsentScope,
    MatchAnswer,
    ReopenReason,
    SiblingsApart,
    UnlinkReason,
    Withdrawn,
)
from ._base import Correction, Deadline, Deletion, EventData, Kind, Named, event


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
    person: Person | None = None


@event("intake.age-determined", kind=Kind.PROPOSAL)
class AgeDetermined(EventData):
    """Age is established, or stays uncertain and so a child's, and on what evidence (D107-AGE, OPSC ¶113.1).

    `adult_from` is the month in which a child turns eighteen: the day would be a date of birth. The child is an adult
    from the first day of the next month.
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
    `person` is given where they are cared for as an adult (D107-AGE). Who has brothers or sisters among the linked
    cases is cared for `with_siblings`, or `siblings_apart` says why not.
    """

    guardian: Guardian
    legal_status: LegalStatus
    charge: bool
    guardian_agency: Named | None = None
    supports: Several[SupportType] = ()
    person: Person | None = None
    with_siblings: bool = False
    siblings_apart: SiblingsApart | None = None


@event("intake.cases-linked", kind=Kind.PROPOSAL)
class CasesLinked(EventData):
    """This case and another are found to be one person, with a confidence; by the basis `sibling`, of one family."""

    other_case: CaseId
    confidence: Confidence
    basis: Some[LinkBasis]


@event("intake.cases-unlinked", kind=Kind.PROPOSAL)
class CasesUnlinked(EventData):
    """A link between this case and another does not hold, and why; each case goes on as it was."""

    other_case: CaseId
    reason: UnlinkReason


@event("intake.match-asked", kind=Kind.PROPOSAL)
class MatchAsked(EventData):
    """At screening the referral authority is asked whether its own database knows this person (XB-NEED).

    The query is the sealed part: nobody but `to` can read it. `answer_by` is when the answer is due.
    """

    sealed_digest: Digest
    to: Named
    answer_by: Instant


@event("intake.match-answered", kind=Kind.PROPOSAL)
class MatchAnswered(EventData):
    """The referral authority answers a `query` of the agency `to`: yes, no or maybe, and nothing else of a person."""

    query: EventId
    to: Named
    answer: MatchAnswer


@event("intake.consent-given", kind=Kind.PROPOSAL)
class ConsentGiven(EventData):
    """Somebody who may give it consents, and for what; a suspect parent may not, so it can be refused (NET-CONSENT)."""

    scope: Some[ConsentScope]
    given_by: ConsentGiver


@event("intake.consent-withdrawn", kind=Kind.FACT)
class ConsentWithdrawn(EventData):
    """A consent was taken back. `receivers` are the agencies that had received something under it: each is told.

    Each says with `withdrawal-acknowledged` what it has done (NET-CONSENT).
    """

    consent: EventId
    withdrawn_by: ConsentGiver
    receivers: Several[Named] = ()


@event("intake.withdrawal-acknowledged", kind=Kind.FACT)
class WithdrawalAcknowledged(EventData):
    """An agency that had received under a consent has stopped, and says what it did; told to the one that asked."""

    withdrawal: EventId
    to: Named
    done: Withdrawn


@event("intake.case-reopened", kind=Kind.PROPOSAL)
class CaseReopened(EventData):
    """A closed case goes on, and why: whoever closed it was right then, and something has come since."""

    reason: ReopenReason


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


@event("intake.deletion-acknowledged", kind=Kind.FACT)
class DeletionAcknowledged(Deletion):
    """An identity that came with an event of this family and was not for this agency has been dealt with."""


@event("intake.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service (D107-SAFE, D107-STATUS)."""
