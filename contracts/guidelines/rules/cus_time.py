"""CUS-TIME: times within a chain never go back; what is reported late is marked late, and never dropped."""

from __future__ import annotations

from datetime import datetime

from ...decision import Breach, Problem
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "CUS-TIME",
    "Times within a chain never go back; a late report is marked late, never dropped; paper says how precise it is.",
    "network, after OPSC ¶12",
    "inferred",
    "breach mark",
)


def cus_time_order(time: datetime, boundary: datetime | None) -> Breach | None:
    """A step of a chain is not before the last one."""
    if boundary is None or time >= boundary:
        return None
    return Breach(RULE.id, "breach", "this happened, by its time, before the last step of the chain")


def cus_time_late(time: datetime, accepted: datetime, corridor: str | None = None) -> Breach | None:
    """What happened is reported within the time that the corridor allows, and not before it happened."""
    if accepted - time > limit("late_after_hours", corridor).time:
        return Breach(RULE.id, "late", "this was reported late")
    if time - accepted > limit("ahead_minutes", corridor).time:
        return Breach(RULE.id, "breach", "this has, by its time, not happened yet")
    return None


def cus_time_proposal(
    time: datetime, accepted: datetime, countersigned: bool, corridor: str | None = None
) -> Problem | None:
    """A proposal is of its day: the time that it names decides by which text it is judged."""
    off = cus_time_late(time, accepted, corridor)
    if off is None or (off.code == "late" and countersigned):
        return None
    return RULE.problem(
        "time",
        "this proposal's time is further from now than may be",
        "propose it as of now, or have a second agency sign the same bytes (header countersignature)",
    )


def cus_time_claim() -> Problem:
    """What is claimed has happened; of who may say it, a clock that is fast is believed and marked."""
    return RULE.problem(
        "time", "this has, by its time, not happened yet, and it is disputed", "send it with the time when it happened"
    )
