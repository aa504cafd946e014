"""The network's code lists for the steps of a case: screening, assessment, return, follow-up and findings."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How great a risk is (network)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(StrEnum):
    """What a risk comes from (D107-RISK, OPSC ¶113.2)."""

    TRAFFICKER_AT_LARGE = "trafficker-at-large"
    FAMILY_INVOLVED = "family-involved"
    THREATS = "threats"
    VIOLENCE_AT_HOME = "violence-at-home"
    RE_TRAFFICKING = "re-trafficking"
    HEALTH = "health"
    SELF_HARM = "self-harm"
    ROUTE = "route"
    DEBT = "debt"
    STIGMA = "stigma"
    OFFICIALS_INVOLVED = "officials-involved"


class Topic(StrEnum):
    """What a child is told of (D107-INFORMED, OPSC ¶113.3)."""

    RIGHTS = "rights"
    SERVICES = "services"
    FAMILY_REUNIFICATION = "family-reunification"
    REPATRIATION_PROCESS = "repatriation-process"


class Guardian(StrEnum):
    """Who acts for a child in interim care (network)."""

    SOCIAL_AFFAIRS = "social-affairs"
    PROVIDER = "provider"
    PARENT = "parent"
    KIN = "kin"
    COURT_APPOINTED = "court-appointed"


class LegalStatus(StrEnum):
    """On what footing somebody may stay (D107-STATUS, OPSC ¶121)."""

    NATIONAL = "national"
    TEMPORARY_STAY = "temporary-stay"
    APPLIED_FOR = "applied-for"
    REFUGEE = "refugee"


class Confidence(StrEnum):
    """How sure it is that two cases are one person (network)."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class LinkBasis(StrEnum):
    """What a link between two cases rests on (network)."""

    SAME_DOCUMENT = "same-document"
    SAME_FAMILY = "same-family"
    CHILD_SAYS_SO = "child-says-so"
    CARER_SAYS_SO = "carer-says-so"
    SEALED_MATCH = "sealed-match"
    SAME_INCIDENT = "same-incident"
    SIBLING = "sibling"


class Service(StrEnum):
    """What a provider is asked for (HSDS service; OPSC ¶108)."""

    CHILD_SHELTER = "child-shelter"
    ADULT_SHELTER = "adult-shelter"
    HEALTH_CARE = "health-care"
    COUNSELLING = "counselling"
    LEGAL_AID = "legal-aid"
    EDUCATION = "education"
    TRAINING = "vocational-training"
    FAMILY_TRACING = "family-tracing"
    FAMILY_ASSESSMENT = "family-assessment"
    REINTEGRATION = "reintegration"
    FOLLOW_UP = "follow-up"
    INTERPRETING = "interpreting"
    TRANSPORT = "transport"
    ASSISTED_RETURN = "assisted-return"


class Answer(StrEnum):
    """What a receiver says to a request (HL7 FHIR, Task.status; only the receiver rejects)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Capacity(StrEnum):
    """What a provider says of its room (HL7 FHIR, referral capacity)."""

    CAPACITY = "capacity"
    NO_CAPACITY = "no-capacity"
    WAITLIST = "waitlist"
    ADDITIONAL_ASSESSMENT = "additional-assessment-required"


class ReferralOutcome(StrEnum):
    """How a referral ended otherwise than completed; the ways stay distinct (network, after HL7 FHIR)."""

    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CLOSED_ELSEWHERE = "closed-elsewhere"


class Unfinished(StrEnum):
    """Why a referral failed or is to be cancelled (HL7 FHIR, Task.statusReason)."""

    NO_SHOW = "no-show"
    PERSON_DECLINES = "person-declines"
    PERSON_MISSING = "person-missing"
    PERSON_MOVED = "person-moved"
    SERVED_ELSEWHERE = "served-elsewhere"
    PROVIDER_SHUT = "provider-shut"
    NO_LONGER_NEEDED = "no-longer-needed"
    WRONG_CASE = "wrong-case"
    UNSAFE = "unsafe"


class CancelAnswer(StrEnum):
    """What becomes of a request to cancel (IHE 360X)."""

    CANCELLED = "cancelled"
    REFUSED = "refused"


class TracingTask(StrEnum):
    """What a counterpart is asked to establish (network)."""

    IDENTITY = "identity"
    NATIONALITY = "nationality"
    FAMILY = "family"


class TracingAnswer(StrEnum):
    """A counterpart takes a tracing task on, declines it, or gives its result (XB-NEED, first door)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    RESULT = "result"


class Hearing(StrEnum):
    """Whether a child's views were heard (D107-VIEWS, OPSC ¶113.4)."""

    HEARD = "heard"
    COULD_NOT_BE_HEARD = "could-not-be-heard"


class NotHeard(StrEnum):
    """Why a child could not be heard (D107-VIEWS)."""

    INFANT = "infant"
    UNCONSCIOUS = "unconscious"
    NO_INTERPRETER = "no-interpreter"


class Wish(StrEnum):
    """What a person wishes for (D107-VIEWS)."""

    RETURN = "return"
    STAY = "stay"
    THIRD_COUNTRY = "third-country"
    UNDECIDED = "undecided"


class FamilyOutcome(StrEnum):
    """What a family's assessment came to (CUS-FAMILY; CRF, reintegration)."""

    SAFE = "safe"
    SAFE_WITH_SUPPORT = "safe-with-support"
    UNSAFE = "unsafe"
    NOT_FOUND = "not-found"


class Solution(StrEnum):
    """What is best for a child (D107-BEST, OPSC ¶105; family and community first: ACP-FAMILY, ¶28, ¶89)."""

    RETURN = "return"
    FAMILY = "family"
    KIN = "kin"
    FOSTER = "foster"
    GROUP_HOME = "group-home"
    INSTITUTION = "institution"
    ADOPTION_ABROAD = "adoption-abroad"
    THIRD_COUNTRY = "third-country"


class SolutionReason(StrEnum):
    """Why a solution further from the family was taken (ACP-FAMILY)."""

    FAMILY_UNSAFE = "family-unsafe"
    FAMILY_NOT_FOUND = "family-not-found"
    CHILD_WISHES_IT = "child-wishes-it"
    SPECIAL_CARE = "special-care-needed"
    NO_PLACE_CLOSER = "no-place-closer"
    COUNTERPART_DECLINED = "counterpart-declined"


class Channel(StrEnum):
    """By which way a return is asked for (XB-CORRIDOR, OPSC ¶99, ¶122)."""

    INSTRUMENT = "instrument"
    DIPLOMATIC = "diplomatic"


class CounterpartAnswer(StrEnum):
    """What the other country's authority says to a return (network)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    MORE_NEEDED = "more-needed"


class Wanted(StrEnum):
    """What a counterpart still needs to know (network)."""

    IDENTITY_PROOF = "identity-proof"
    NATIONALITY_PROOF = "nationality-proof"
    FAMILY_ASSESSMENT = "family-assessment"
    RISK_ASSESSMENT = "risk-assessment"
    BEST_INTERESTS = "best-interests-determination"
    HEALTH_REPORT = "health-report"
    CONSENT = "consent"
    TRAVEL_PLAN = "travel-plan"


class Crossing(StrEnum):
    """Where a border is crossed, by the crossing's name on Cambodia's side."""

    POIPET = "poipet"
    CHAM_YEAM = "cham-yeam"
    O_SMACH = "o-smach"
    PHSAR_PRUM = "phsar-prum"
    BAVET = "bavet"
    KAAM_SAMNOR = "kaam-samnor"
    PHNOM_DEN = "phnom-den"
    TRAPEANG_KRIEL = "trapeang-kriel"
    PHNOM_PENH_AIRPORT = "phnom-penh-airport"
    SIEM_REAP_AIRPORT = "siem-reap-airport"
    OTHER = "other"


class Contact(StrEnum):
    """How a follow-up was made (C009-FOLLOWUP, OPSC ¶24(r), ¶111)."""

    VISIT = "visit"
    PHONE = "phone"
    SCHOOL_OR_WORK = "school-or-work"


class FollowUpOutcome(StrEnum):
    """What a follow-up found (C009-FOLLOWUP)."""

    WELL = "well"
    CONCERN = "concern"
    DANGER = "danger"
    NOT_FOUND = "not-found"
    REFUSED = "refused"


class Finding(StrEnum):
    """What kind of thing a finding is (network; CUS-GAP, CUS-TIME)."""

    BREACH = "breach"
    DISPUTE = "dispute"
    LATE = "late"
    DISAGREEMENT = "disagreement"
    MISSING = "missing"
    UNPROVEN = "unproven"
    ONE_SIDED = "one-sided"


class Family(StrEnum):
    """The families of events."""

    INTAKE = "intake"
    JUSTICE = "justice"
    REFERRAL = "referral"
    CUSTODY = "custody"
    REPATRIATION = "repatriation"
    AUDIT = "audit"
