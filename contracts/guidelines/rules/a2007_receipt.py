"""A2007-RECEIPT: every handover is released and received by name of both agencies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ...decision import WARNING, Breach, Problem
from ._rule import Rule

RULE = Rule(
    "A2007-RECEIPT",
    "Every handover between agencies is released and received by the names of both.",
    "UNIAP area 5; OPSC ¶100",
    "title",
    "refuse",
    instrument="kh-agreement-2007",
)


def a2007_receipt(
    field: str, named: str, other: str | None, on: date, countries: Collection[str] = ()
) -> Problem | Breach | None:
    """The other side that a release or a receipt names is the other side of the offer.

    `countries` are those of both sides. Between Cambodia and Thailand a draft asked for it before the agreement did.
    """
    if named == other:
        return None
    if RULE.warns(on, countries):
        return Breach(
            RULE.id, WARNING, "this is not the other side of the offer, and a draft of the two countries asks for it"
        )
    if not RULE.bites(on):
        return None
    return RULE.problem(
        field, "this is not the other side of the offer", "name the agency that stands on the other side", "dispute"
    )
