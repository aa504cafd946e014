"""CUS-ONE: one agency answers for a person, and one cares for them, at any instant until closure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ...codes import Person
from ...decision import Problem
from ..corridors import limit
from ._rule import Rule

RULE = Rule(
    id="CUS-ONE",
    asks="until closure exactly one agency is responsible and exactly one carer cares; from a report to the first of "
    "them no longer than the network allows",
    source="network: CUS-ONE",
    basis="policy",
    effect="dispute where two claim a person; breach where nobody answered in time",
)


def cus_one(holders: Collection[str], claimant: str) -> Problem | None:
    """Somebody opens custody of a person for whom another agency answers already."""
    if not holders or claimant in holders:
        return None
    return RULE.problem(
        "data.holder",
        f"{', '.join(sorted(holders))} answers for this person already",
        "receive the person by a handover, or have the referral authority resolve who answers",
    )


def opened_in_time(person: Person, reported: datetime, opened: datetime) -> Problem | None:
    """From a report to the first agency that answers for a child: a named deadline (hours; no source states it)."""
    allowed = limit("report_to_custody_hours").time
    if person is not Person.CHILD or opened - reported <= allowed:
        return None
    return RULE.problem(
        "time",
        f"nobody answered for the child within {allowed} of the report",
        "open custody as soon as somebody has the child in hand",
    )
