"""NET-TEMPORARY: a temporary placement says when it ends, and by then the person is back."""

from __future__ import annotations

from datetime import datetime

from ...codes import Purpose
from ...decision import Deadline, Problem
from ._rule import Rule

RULE = Rule(
    "NET-TEMPORARY",
    "A temporary placement says when it ends, and by then the person is back with who gave them.",
    "network",
    "network",
    "refuse; deadline",
    policy=True,
)


def net_temporary(purpose: Purpose, until: datetime | None, now: datetime) -> Problem | None:
    """An offer has an end if it is of a temporary placement, and one that is still to come."""
    temporary = purpose is Purpose.TEMPORARY_PLACEMENT
    if temporary != (until is not None):
        return RULE.problem(
            "data.until",
            "a temporary placement has an end, and no other handover has",
            "name the end in data.until, or another purpose",
        )
    if until is not None and until <= now:
        return RULE.problem("data.until", "this placement would end before it begins", "name an end that is to come")
    return None


def net_temporary_deadline(offer: str, until: datetime, keeper: str) -> Deadline:
    """The end of a temporary placement, which the two agreed: the keeper brings the person back."""
    return Deadline(RULE.id, offer, until, keeper, verified=False)
