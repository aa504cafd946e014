"""The network's code lists for consent, brothers and sisters, matching, and a case that is linked or goes on."""

from __future__ import annotations

from enum import StrEnum


class ConsentScope(StrEnum):
    """What a consent is for (network)."""

    IDENTITY_SHARING = "identity-sharing"
    SERVICES = "services"
    HEALTH_CARE = "health-care"
    FAMILY_TRACING = "family-tracing"
    RETURN = "return"
    TESTIMONY = "testimony"
    FOLLOW_UP = "follow-up"


class ConsentGiver(StrEnum):
    """Who consents, or takes a consent back (network); `self` is an adult."""

    CHILD = "child"
    SELF = "self"
    PARENT = "parent"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


class Withdrawn(StrEnum):
    """What an agency has done with what it had received under a consent that was taken back (network)."""

    DELETED = "deleted"
    LOCKED = "locked"
    KEPT_BY_LAW = "kept-by-law"


class SiblingsApart(StrEnum):
    """Why brothers and sisters who were found together are not cared for together (network)."""

    CHILD_WISHES_IT = "child-wishes-it"
    NOT_SAFE_TOGETHER = "not-safe-together"
    SPECIAL_CARE = "special-care-needed"
    NO_PLACE_TOGETHER = "no-place-together"
    OTHER_COUNTRY = "other-country"


class UnlinkReason(StrEnum):
    """Why a link between two cases does not hold (network)."""

    DIFFERENT_PERSONS = "different-persons"
    NOT_RELATED = "not-related"
    ENTERED_IN_ERROR = "entered-in-error"


class ReopenReason(StrEnum):
    """Why a closed case goes on (network; after return: CRF, reintegration)."""

    RE_TRAFFICKED = "re-trafficked"
    PERSON_ASKS = "person-asks"
    FOUND_AGAIN = "found-again"
    FAMILY_UNSAFE = "family-unsafe"
    NEW_EVIDENCE = "new-evidence"
    CLOSED_IN_ERROR = "closed-in-error"


class MatchAnswer(StrEnum):
    """Whether the referral authority's own database knows the person of a sealed query (network)."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
