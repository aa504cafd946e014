"""NET-CONSENT: consent is given by who may give it; who had received under one taken back says what became of it."""

from __future__ import annotations

from datetime import datetime

from ...decision import Deadline, Problem
from ...guidelines.corridors import limit
from ...identifiers import derived_id
from ...steps_intake import ConsentGiver
from ._rule import Rule

RULE = Rule(
    "NET-CONSENT",
    "Who may be part of the exploitation consents to nothing; who had received under a consent says that it stopped.",
    "network, after CRF, reintegration",
    "network",
    "refuse; deadline",
    policy=True,
)
_FOR_A_CHILD = frozenset({ConsentGiver.CHILD, ConsentGiver.PARENT, ConsentGiver.GUARDIAN})


def net_consent(field: str, giver: str, familial: bool, adult: bool) -> Problem | None:
    """Who gives a consent or takes it back. `familial`: the family is suspected (HTCDS 2.0, Familial)."""
    if adult and giver in _FOR_A_CHILD:
        return RULE.problem(
            field, "an adult speaks for themself", "ask the person, or a representative if they cannot speak"
        )
    if familial and giver == ConsentGiver.PARENT:
        return RULE.problem(
            field,
            "a parent of a family that is suspected decides nothing for this child",
            "hear the child, and ask the guardian who acts for it",
        )
    return None


def net_consent_debt(withdrawal: str, at: datetime, agency: str) -> str:
    """What names one agency's debt: a withdrawal sets several deadlines at once, and each needs a cause of its own."""
    return derived_id(at, withdrawal, agency)


def net_consent_deadline(withdrawal: str, at: datetime, agency: str) -> Deadline:
    """By when an agency that had received says what became of it. No source states a time."""
    allowed = limit("acknowledgement_hours")
    return Deadline(
        RULE.id, net_consent_debt(withdrawal, at, agency), at + allowed.time, agency, verified=allowed.verified
    )
