"""CUS-GAP: a release without a receipt in time, a receipt without a release, two receipts, two conditions."""

from __future__ import annotations

from datetime import datetime

from ...codes import Condition
from ...decision import Deadline, Problem
from ..corridors import limit
from ._rule import Rule

RULE = Rule(
    id="CUS-GAP",
    asks="a release is followed by its receipt, and a receipt by its release, within the corridor's limit; one "
    "handover has one receipt, and both sides describe the same condition",
    source="network: CUS-GAP",
    basis="policy",
    effect="deadline; a finding when it passes; disputes",
)


def receipt_due(release: str, released: datetime, to: str, corridor: str | None) -> Deadline:
    """By when the receiver must have received what was released (`release` is that event's id)."""
    allowed = limit("receipt_hours", corridor)
    return Deadline(RULE.id, release, released + allowed.time, to, allowed.verified)


def release_due(receipt: str, received: datetime, by: str, corridor: str | None) -> Deadline:
    """By when the one that answered must have released what was received (`receipt` is that event's id)."""
    allowed = limit("release_hours", corridor)
    return Deadline(RULE.id, receipt, received + allowed.time, by, allowed.verified)


def cus_gap(deadline: Deadline, happened: datetime) -> Problem | None:
    """The other side of a handover came, but after its deadline."""
    if happened <= deadline.due:
        return None
    return RULE.problem(
        "time", "the other side of this handover was due before", "receive and release a person at the same moment"
    )


def received_twice(receiver: str | None, again: str) -> Problem | None:
    """A handover has been received already, by `receiver`."""
    if receiver is None:
        return None
    return RULE.problem(
        "data.handover",
        f"{receiver} has received the person by this handover; {again} says so too",
        "correct the wrong receipt, or have the referral authority resolve it",
    )


def condition_differs(released: Condition | None, received: Condition | None) -> Problem | None:
    """The one side saw another condition than the other; what nobody assessed differs from nothing."""
    silent = (None, Condition.NOT_ASSESSED)
    if released in silent or received in silent or released == received:
        return None
    return RULE.problem(
        "data.condition",
        f"released as {released}, received as {received}",
        "both sides look at the person together and say the same, or say when it changed",
    )
