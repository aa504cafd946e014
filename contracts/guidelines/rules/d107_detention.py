"""D107-DETENTION: a child is never kept in a detention facility."""

from __future__ import annotations

from datetime import date

from ...codes import PlaceKind
from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    "D107-DETENTION",
    "A child is never kept in a detention facility.",
    "Decision 107; OPSC ¶113.2",
    "text",
    "refuse",
    instrument="kh-decision-107",
)


def d107_detention(place_kind: PlaceKind, child: bool, on: date) -> Problem | None:
    """The kind of place to which an offer would bring a child, or in which a fact says that it is."""
    if place_kind is not PlaceKind.DETENTION_FACILITY or not child or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.place_kind", "a child is never kept in a detention facility", "bring the child to a safe place"
    )
