"""CUS-TAKEOVER: the referral authority or a court takes a child over from a holder that endangers it, at once."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Breach, Problem
from ._rule import Rule

RULE = Rule(
    "CUS-TAKEOVER",
    "The referral authority, or a court by an order that it countersigns, takes a child from a holder that endangers"
    " it: without that holder's consent, and at once.",
    "network, after UNIAP area 5",
    "inferred",
    "breach",
    policy=True,
)


def cus_takeover(authority: bool) -> Problem | None:
    """Who takes a person over is the referral authority of their country, or brings a court's order that it signs."""
    if authority:
        return None
    return RULE.problem(
        "source",
        "only the referral authority or a court takes a person over",
        "name the number of the court's order in data.paper, and have the referral authority sign the same bytes",
        "dispute",
    )


def cus_takeover_from(named: str, to: str, holders: Collection[str]) -> Breach | None:
    """The one that endangers the person has them, or answers for them, and does not get them back by it.

    `holders` are those who answer and the one who cares. The take-over holds all the same: the person is moved.
    """
    if named in holders and named != to:
        return None
    return Breach(RULE.id, "breach", "the person was not taken from one that has them or answers for them")
