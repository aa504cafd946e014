"""The network's own code lists: what may be said about a case without a word of free text.

Where a published list exists it is used instead (standards.py). Every list names the source that its values come from;
'network' is said where they are this network's own.
"""

from __future__ import annotations

from enum import StrEnum


class Person(StrEnum):
    """Child or adult; an uncertain age is a child's (D107-AGE, OPSC ¶113.1)."""

    CHILD = "child"
    ADULT = "adult"


class Presumed(StrEnum):
    """What a reporter takes a person for; `unknown` is treated as a child (D107-AGE)."""

    CHILD = "child"
    ADULT = "adult"
    UNKNOWN = "unknown"


class AgeResult(StrEnum):
    """What the evidence of age shows (D107-AGE, OPSC ¶113.1)."""

    CHILD = "child"
    ADULT = "adult"
    UNCERTAIN = "uncertain"


class AgeEvidence(StrEnum):
    """Evidence of age, the strongest first (D107-AGE, OPSC ¶113.1)."""

    BIRTH_CERTIFICATE = "birth-certificate"
    FAMILY_BOOK = "family-book"
    IDENTITY_CARD = "identity-card"
    SCHOOL_RECORD = "school-record"
    PHYSICAL_APPEARANCE = "physical-appearance"
    PSYCHOLOGICAL_MATURITY = "psychological-maturity"
    MEDICAL_CERTIFICATE = "medical-certificate"
    TEETH_OR_BONE = "teeth-or-bone-examination"
    DNA = "dna"
    OTHER_RECOGNISED = "other-recognised-document"


class ReportChannel(StrEnum):
    """How a case came to be known (network; deported unannounced: CRF)."""

    HOTLINE = "hotline"
    POLICE_RESCUE = "police-rescue"
    BORDER = "border"
    WALK_IN = "walk-in"
    OUTREACH = "outreach"
    RETURNED_FROM_ABROAD = "returned-from-abroad"
    DEPORTED_UNANNOUNCED = "deported-unannounced"
    CARRIED_OVER = "carried-over"
    PAPER_FORM = "paper-form"


class SealedKind(StrEnum):
    """What a sealed part may be (network)."""

    IDENTITY = "identity"
    TRACING_SET = "tracing-set"
    RESCUE_LOCATION = "rescue-location"
    CARE_NOTES = "care-notes"
    REPORTER = "reporter"
    MANIFEST = "manifest"
    DOCUMENT = "document"


class PlaceKind(StrEnum):
    """The kind of place where somebody is, never its address (D107-CONFIDENTIAL; D107-48H, D107-DETENTION, CRF)."""

    POLICE_POST = "police-post"
    DETENTION_FACILITY = "detention-facility"
    BORDER_POST = "border-post"
    SHELTER = "shelter"
    STATE_CENTRE = "state-centre"
    TRANSIT_CENTRE = "transit-centre"
    HOSPITAL = "hospital"
    COURT = "court"
    OFFICE = "office"
    FOSTER_HOME = "foster-home"
    GROUP_HOME = "group-home"
    FAMILY_HOME = "family-home"
    VEHICLE = "vehicle"
    STREET = "street"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why somebody is handed over (D107-SAFE)."""

    SAFE_PLACE = "safe-place"
    SHELTER = "shelter"
    HEALTH_CARE = "health-care"
    LEGAL_PROCEEDINGS = "legal-proceedings"
    TEMPORARY_PLACEMENT = "temporary-placement"
    TRANSIT = "transit"
    REPATRIATION = "repatriation"
    REINTEGRATION = "reintegration"
    PROTECTION = "protection"


class Need(StrEnum):
    """What the next carer must be ready for (network)."""

    URGENT_HEALTH_CARE = "urgent-health-care"
    MEDICATION = "medication"
    DISABILITY_SUPPORT = "disability-support"
    INFANT_CARE = "infant-care"
    PREGNANCY_CARE = "pregnancy-care"
    COUNSELLING = "counselling"
    INTERPRETER = "interpreter"
    PROTECTION_FROM_THREAT = "protection-from-threat"
    WITH_SIBLING = "with-sibling"
    FEMALE_CARER = "female-carer"


class Condition(StrEnum):
    """How somebody is, as the one who hands over or takes over sees it (CUS-GAP compares the two)."""

    WELL = "well"
    DISTRESSED = "distressed"
    ILL = "ill"
    MINOR_INJURY = "minor-injury"
    SERIOUS_INJURY = "serious-injury"
    UNCONSCIOUS = "unconscious"
    NOT_ASSESSED = "not-assessed"


class Escort(StrEnum):
    """Who travels with somebody (network)."""

    NONE = "none"
    POLICE = "police"
    SOCIAL_WORKER = "social-worker"
    NGO_STAFF = "ngo-staff"
    HEALTH_WORKER = "health-worker"
    DIPLOMATIC_STAFF = "diplomatic-staff"


class Belonging(StrEnum):
    """What somebody carries (network)."""

    CLOTHES = "clothes"
    BAG = "bag"
    PHONE = "phone"
    MONEY = "money"
    JEWELLERY = "jewellery"
    MEDICINE = "medicine"
    KEEPSAKE = "keepsake"


class DocumentKind(StrEnum):
    """Documents seen in use at the steps of a case (the referral, identification and return procedures)."""

    SCREENING_FORM = "screening-interview-form"
    SHORT_IDENTIFICATION_FORM = "short-identification-form"
    DETAILED_IDENTIFICATION_FORM = "detailed-identification-form"
    REFERRAL_DOCUMENT = "referral-document"
    BIRTH_CERTIFICATE = "birth-certificate"
    FAMILY_BOOK = "family-book"
    NATIONAL_ID = "national-id"
    PASSPORT = "passport"
    SCHOOL_RECORD = "school-record"
    MEDICAL_CERTIFICATE = "medical-certificate"
    FAMILY_ASSESSMENT_FORM = "family-assessment-form"
    JOINT_RISK_MATRIX = "joint-risk-matrix"
    LEGAL_CONSENT = "legal-consent"
    LAISSEZ_PASSER = "laissez-passer"
    IMMIGRATION_LETTER = "immigration-police-letter"
    COMPLAINT = "complaint"
    WARRANT = "warrant"
    VERDICT = "verdict"


class EmergencyReason(StrEnum):
    """Why a move could not wait for a risk assessment or an acceptance (D107-RISK, OPSC ¶113.2)."""

    IMMEDIATE_DANGER = "immediate-danger"
    MEDICAL_EMERGENCY = "medical-emergency"
    PLACE_UNSAFE = "place-unsafe"
    NO_SAFE_PLACE = "no-safe-place-here"
    DISASTER = "disaster"


class DeclineReason(StrEnum):
    """Why a handover, referral, tracing task or repatriation is declined (network)."""

    NO_CAPACITY = "no-capacity"
    NOT_COMPETENT = "not-competent"
    NEEDS_NOT_SERVED = "needs-not-served"
    NOT_SAFE = "not-safe"
    MORE_ASSESSMENT = "additional-assessment-required"
    NOT_OUR_NATIONAL = "not-our-national"
    IDENTITY_NOT_VERIFIED = "identity-not-verified"
    FAMILY_NOT_FOUND = "family-not-found"
    DUPLICATE = "duplicate"
    WRONG_CASE = "wrong-case"


class HandoverFailure(StrEnum):
    """Why an agreed handover did not come about (network)."""

    NO_SHOW = "no-show"
    REFUSED_TO_TRAVEL = "refused-to-travel"
    RAN_AWAY = "ran-away"
    BORDER_SHUT = "border-shut"
    RECEIVER_SHUT = "receiver-shut"
    TRANSPORT_FAILED = "transport-failed"
    UNFIT_TO_TRAVEL = "unfit-to-travel"
    DOCUMENTS_MISSING = "documents-missing"
    TURNED_BACK = "turned-back-at-border"


class Caretaker(StrEnum):
    """To whom somebody is entrusted, family first (ACP-FAMILY, OPSC ¶28, ¶89); `self` is an adult."""

    PARENT = "parent"
    KIN = "kin"
    FOSTER = "foster"
    GROUP_HOME = "group-home"
    SELF = "self"


class Missing(StrEnum):
    """How somebody went missing from care (network)."""

    RAN_AWAY = "ran-away"
    DID_NOT_RETURN = "did-not-return"
    TAKEN = "taken"
    LOST_IN_TRANSIT = "lost-in-transit"
    UNKNOWN = "unknown"


class TakeoverReason(StrEnum):
    """Why a child is taken over from its holder (CUS-TAKEOVER, inferred)."""

    ABUSE = "abuse"
    NEGLECT = "neglect"
    EXPLOITATION = "exploitation"
    HOLDER_ACCUSED = "holder-accused"
    HOLDER_SUSPENDED = "holder-suspended"
    PLACE_UNSAFE = "place-unsafe"


class OrderedBy(StrEnum):
    """On whose order a child is taken over (CUS-TAKEOVER)."""

    REFERRAL_AUTHORITY = "referral-authority"
    COURT = "court"


class ResolvedBy(StrEnum):
    """What the resolution of a dispute about custody rests on (CUS-MOVE, network)."""

    RECORDS = "records"
    BOTH_HEARD = "both-sides-heard"
    PERSON_SEEN = "person-seen"
    COURT = "court"


class DeathCause(StrEnum):
    """What is known of a death; the certificate is a sealed document (network)."""

    ILLNESS = "illness"
    ACCIDENT = "accident"
    VIOLENCE = "violence"
    UNKNOWN = "unknown"


class Exit(StrEnum):
    """How care or a case ends: after follow-up, or by an exit that a second agency signs (C009-FOLLOWUP, ¶111)."""

    FOLLOW_UP_DONE = "follow-up-done"
    OWN_WORD = "own-word"
    DIED = "died"
    UNTRACEABLE = "untraceable"
    FAMILY_REFUSES = "family-refuses-visits"
    ADULT_DECLINES = "adult-declines"
    DUPLICATE = "duplicate"
    TAKEN_OVER_ABROAD = "taken-over-abroad"
    NOT_A_VICTIM_SERVED = "not-a-victim-served"


class CorrectionReason(StrEnum):
    """Why an event does not count as it stands (network)."""

    ENTERED_IN_ERROR = "entered-in-error"
    WRONG_CASE = "wrong-case"
    WRONG_TIME = "wrong-time"
    WRONG_CODE = "wrong-code"
    MISDIRECTED_IDENTITY = "misdirected-identity"
