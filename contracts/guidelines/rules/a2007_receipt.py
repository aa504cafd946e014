"""A2007-RECEIPT: every handover is released and received by name of both agencies."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    id="A2007-RECEIPT",
    asks="a handover is released and received by name of both agencies, and both sides name the same two",
    source="UNIAP area 5; OPSC ¶100",
    basis="title",
    effect="dispute",
    instrument="kh-agreement-2007",
)


def a2007_receipt(field: str, offered: str, named: str, on: date) -> Problem | None:
    """A release or a receipt names another agency than the offer does."""
    if offered == named or not RULE.bites(on):
        return None
    return RULE.problem(
        field, f"the offer is between other agencies: it has {offered}, not {named}", f"name {offered}, or offer anew"
    )
