"""CUS-HOLDER: only the responsible agency offers and releases; only the named receiver accepts and receives."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    "CUS-HOLDER",
    "Only the responsible agency offers and releases; only the receiver that it names accepts and receives.",
    "network, after UNIAP area 5",
    "inferred",
    "refuse",
)


def cus_holder_gives(actor: str, responsible: Collection[str]) -> Problem | None:
    """Who gives a person on must answer for them."""
    if actor in responsible:
        return None
    return RULE.problem(
        "source", "only the agency that answers for this person may say this", "ask the responsible agency", "dispute"
    )


def cus_holder_alone(entitled: bool) -> Problem | None:
    """What is said of a person without an offer: by who answers for them, of what happened at hand by the carer too."""
    if entitled:
        return None
    return RULE.problem(
        "source", "only who answers or cares for this person may say this", "tell the responsible agency", "dispute"
    )


def cus_holder_speaks(may: bool) -> Problem | None:
    """One that cannot sign is spoken for by whoever brought the person to it, and by nobody who comes along."""
    if may:
        return None
    return RULE.problem(
        "data.on_behalf_of",
        "another agency speaks for this one in this case",
        "ask that agency, or the referral authority, to say it",
        "dispute",
    )


def cus_holder_takes(actor: str, named: str | None) -> Problem | None:
    """Who takes a person must be the receiver that the offer names."""
    if actor == named:
        return None
    return RULE.problem(
        "source", "only the receiver that the offer names may say this", "ask the holder for an offer to you", "dispute"
    )


def cus_holder_stands_by(answers: bool) -> Problem | None:
    """Nobody accepts an offer of one that does not answer for the person any more."""
    if answers:
        return None
    return RULE.problem(
        "data.handover", "the one that offered no longer answers for this person", "ask the responsible agency"
    )
