"""CUS-GAP: a release without a receipt in time is overdue; a second receipt, or another condition, is a dispute."""

from __future__ import annotations

from datetime import datetime

from ...decision import Breach, Deadline
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "CUS-GAP",
    "A release has its receipt in time; one handover is received once, in the condition in which it was released.",
    "network, after UNIAP area 5",
    "inferred",
    "deadline; finding",
)


def cus_gap_deadline(offer: str, released_at: datetime, receiver: str, corridor: str | None) -> Deadline:
    """A release whose receipt has not come: the receiver says that it has the person."""
    allowed = limit("receipt_hours", corridor)
    return Deadline(RULE.id, offer, released_at + allowed.time, receiver, allowed.verified)


def cus_gap_second_receipt(received: bool) -> Breach | None:
    """One handover is received once."""
    return Breach(RULE.id, "dispute", "this handover has been received already") if received else None


def cus_gap_one_sided(standing: str | None) -> Breach | None:
    """One side of a handover cannot sign: a member attests it, which is less than a receipt, and no dispute."""
    if standing != "external":
        return None
    return Breach(RULE.id, "one-sided", "one side of this handover is attested by another agency")


def cus_gap_condition(released: str | None, received: str | None) -> Breach | None:
    """Both sides saw the person in the same condition; 'not-assessed' contradicts nothing."""
    if released is None or received is None or "not-assessed" in (released, received) or released == received:
        return None
    return Breach(RULE.id, "dispute", "the condition at receipt is not the one at release")
