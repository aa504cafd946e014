"""CUS-TIME: times within a chain never go back, and a late report is marked late, never dropped."""

from __future__ import annotations

from datetime import datetime

from ...decision import Breach, Problem
from ..corridors import limit
from ._rule import Rule

RULE = Rule(
    id="CUS-TIME",
    asks="times within a chain never go back; what is reported later than the corridor allows is marked late",
    source="network: CUS-TIME",
    basis="policy",
    effect="a mark: late; a proposal from the future is refused",
)


def cus_time(time: datetime, boundary: datetime | None) -> Breach | None:
    """Something happened before what the chain had come to; its interval begins at the boundary all the same."""
    if boundary is None or time >= boundary:
        return None
    return Breach(RULE.id, "late", "this happened before what the chain has recorded already")


def late(time: datetime, accepted: datetime, corridor: str | None) -> Breach | None:
    """It is told later than the corridor allows (an office was offline)."""
    if accepted - time <= limit("late_after_hours", corridor).time:
        return None
    return Breach(RULE.id, "late", "this reached the network later than the corridor allows")


def ahead(time: datetime, accepted: datetime) -> Problem | None:
    """It is said to have happened after the instant at which it was judged."""
    if time - accepted <= limit("ahead_minutes").time:
        return None
    return RULE.problem("time", "this lies in the future", "say when it happened; set the clock of the sending system")
