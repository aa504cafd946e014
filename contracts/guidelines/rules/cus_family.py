"""CUS-FAMILY: a child goes to its family only where that was found safe, and nobody there exploited it."""

from __future__ import annotations

from collections.abc import Collection

from ...codes import Caretaker, PlaceKind, Purpose
from ...decision import Problem
from ...steps import FamilyOutcome, Risk
from ._rule import Rule

RULE = Rule(
    "CUS-FAMILY",
    "Entrusting to a family needs an assessment with outcome safe; an unresolved Familial exploitation blocks it.",
    "CRF; OPSC ¶111",
    "inferred",
    "refuse; breach",
    policy=True,
)
FAMILY = frozenset({Caretaker.PARENT, Caretaker.KIN})
SAFE = frozenset({FamilyOutcome.SAFE, FamilyOutcome.SAFE_WITH_SUPPORT})


def cus_family_asks(child: bool, purpose: Purpose, place_kind: PlaceKind) -> bool:
    """Whether an offer is the way to a family: one for reintegration, unless it leads to a home that is no family."""
    homes = (PlaceKind.GROUP_HOME, PlaceKind.FOSTER_HOME)
    return child and purpose is Purpose.REINTEGRATION and place_kind not in homes


def cus_family_named(assessment: str | None) -> Problem | None:
    """A child on its way to a family goes by an assessment that is named."""
    if assessment is not None:
        return None
    return RULE.problem(
        "data.assessment",
        "a child goes to a family only after that has been assessed",
        "name the accepted repatriation.family-assessed that found it safe",
        "unproven",
    )


def cus_family_missing() -> Problem:
    """The assessment that is named has not been accepted, and the wait for it is over."""
    return RULE.problem(
        "data.assessment",
        "this assessment of a family has not been accepted",
        "send repatriation.family-assessed first",
        "unproven",
    )


def cus_family(outcome: str, assessed: str, to: str | None, risks: Collection[str]) -> Problem | None:
    """The named assessment: its outcome, whom it assessed, to whom the child goes (None: to be seen), and its risks."""
    if outcome not in SAFE or Risk.FAMILY_INVOLVED in risks:
        return RULE.problem(
            "data.assessment",
            "this family was not found safe",
            "find another home, or assess the family again once it is safe",
        )
    if assessed not in FAMILY or (to is not None and assessed != to):
        return RULE.problem(
            "data.assessment", "another family was assessed than the child goes to", "assess the one it goes to"
        )
    return None


def cus_family_involved(familial: bool, resolved: bool) -> Problem | None:
    """`familial`: an accepted screening or identification says that family exploited the child.

    `resolved`: a later identification says otherwise, or the best interests were determined on this very assessment.
    """
    if not familial or resolved:
        return None
    return RULE.problem(
        "data.assessment",
        "somebody of the family exploited this child, and that is not resolved",
        "determine the best interests on this assessment, or find another home",
    )
