"""The network's code lists for a finding's life: what its owner replies, what became of it, why it is reopened."""

from __future__ import annotations

from enum import StrEnum


class FindingReply(StrEnum):
    """What the agency that a finding is about says of it: its right of reply (network)."""

    ADMITTED = "admitted"
    EXPLAINED = "explained"
    DISPUTED = "disputed"


class FindingGround(StrEnum):
    """What an agency explains or disputes a finding by (network)."""

    NETWORK_DOWN = "network-down"
    NO_TRANSPORT = "no-transport"
    ENTERED_FROM_PAPER = "entered-from-paper"
    EMERGENCY = "emergency"
    CHILDS_SAFETY = "childs-safety"
    WRONG_CODE = "wrong-code"
    WRONG_TIME = "wrong-time"
    NOT_OURS = "not-ours"
    DONE_AND_NOT_TOLD = "done-and-not-told"


class FindingOutcome(StrEnum):
    """What became of a finding (network). `upheld` alone goes against the agency that it is about."""

    REMEDIED = "remedied"
    JUSTIFIED = "justified"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


class ReopenReason(StrEnum):
    """Why a finding that was resolved is looked at again (network)."""

    NEW_EVIDENCE = "new-evidence"
    NOT_REMEDIED = "not-remedied"
    JUDGED_IN_ERROR = "judged-in-error"
