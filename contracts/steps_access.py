"""The network's code lists for who is kept out of a case, and who opens one at once."""

from __future__ import annotations

from enum import StrEnum


class ShutOutReason(StrEnum):
    """Why an agency is shut out of a case (network)."""

    ACCUSED = "accused"
    STAFF_ACCUSED = "staff-accused"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    LEAK = "leak"


class LiftReason(StrEnum):
    """Why an agency is let back into a case (network)."""

    CLEARED = "cleared"
    STAFF_REMOVED = "staff-removed"
    ORDERED_IN_ERROR = "ordered-in-error"


class GlassReason(StrEnum):
    """Why somebody cannot wait for a role in a case (network)."""

    LIFE_IN_DANGER = "life-in-danger"
    MEDICAL_EMERGENCY = "medical-emergency"
    MISSING = "missing"
    CARER_NOT_REACHED = "carer-not-reached"


class GlassReview(StrEnum):
    """What the second agency finds (network)."""

    UPHELD = "upheld"
    CONDEMNED = "condemned"
