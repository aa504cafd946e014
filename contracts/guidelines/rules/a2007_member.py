"""A2007-MEMBER: a child may be offered to a non-state provider only while its agreement covers child shelter."""

from __future__ import annotations

from datetime import date

from ...codes import Person
from ...decision import Problem
from ...directory import Directory
from ...steps import Service
from ..corridors import HOME
from ._rule import Rule

RULE = Rule(
    id="A2007-MEMBER",
    asks="a non-state provider in Cambodia is offered a child only while its agreement with social affairs covers "
    "child shelter",
    source="OPSC ¶24(m), ¶108",
    basis="title",
    effect="policy: refuse the offer",
    instrument="kh-agreement-2007",
)


def a2007_member(directory: Directory, to: str, person: Person, on: date) -> Problem | None:
    """A child is offered to `to` on a day. Organs of a state, and agencies of other countries, need no agreement."""
    agency = directory.agencies.get(to)
    if agency is None or agency.state or agency.country != HOME or person is not Person.CHILD or not RULE.bites(on):
        return None
    if directory.agreement_covers(to, Service.CHILD_SHELTER, on):
        return None
    return RULE.problem(
        "data.to",
        f"no agreement of {to} with social affairs covers child shelter on {on}",
        "offer the child to a state agency, or to a provider whose agreement covers child-shelter on that day",
    )
