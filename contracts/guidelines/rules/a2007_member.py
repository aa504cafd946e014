"""A2007-MEMBER: a non-state provider in Cambodia is offered a child only while its agreement covers child shelter."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ...directory import Directory
from ._rule import Rule

RULE = Rule(
    "A2007-MEMBER",
    "A non-state provider in Cambodia is offered a child only while its agreement with social affairs covers shelter.",
    "agreement of 2007-02-06; OPSC ¶24(m), ¶108",
    "title",
    "refuse",
    policy=True,
    instrument="kh-agreement-2007",
)
COVERS = "child-shelter"


def a2007_member(receiver: str, child: bool, on: date, directory: Directory) -> Problem | None:
    """The receiver of an offer on a day. State agencies and those of other countries need no such agreement."""
    entry = directory.agencies.get(receiver)
    if not child or entry is None or entry.state or entry.country != "KH" or not RULE.bites(on):
        return None
    if directory.agreement_covers(receiver, COVERS, on):
        return None
    return RULE.problem(
        "data.to",
        "no agreement of this provider that covers child shelter was in force on that day",
        "offer the child to a state agency, or to a provider whose agreement is in force",
    )
