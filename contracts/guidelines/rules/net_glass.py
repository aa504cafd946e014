"""NET-GLASS: in an emergency an agency opens the facts of a case at once, and a second one judges it within a day."""

from __future__ import annotations

from datetime import datetime

from ...decision import Breach, Deadline, Problem
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "NET-GLASS",
    "In an emergency an agency opens the facts of a case at once, for a reason; a second agency judges that within 24"
    " hours.",
    "network, after UNIAP area 3",
    "network",
    "deadline; breach",
    policy=True,
)


def net_glass(protects: bool, reviews: bool, condemned: bool) -> Problem | None:
    """Whether the case opens: an agency that protects people says it, names a second one that may judge it, and has
    not been condemned for it in this case before. What does not open a case is on record all the same.
    """
    if not protects or condemned:
        return RULE.problem(
            "source",
            "this agency does not open the case: it protects nobody by its mandate, or was condemned for it before",
            "ask the agency that answers for the person, or the referral authority",
            "dispute",
        )
    if not reviews:
        return RULE.problem(
            "data.reviewer",
            "this agency does not judge it: it is the same one, or neither an authority nor oversight",
            "name another agency that is an authority or has oversight",
            "dispute",
        )
    return None


def net_glass_judged(named: str, by: str, judged: bool) -> Problem | None:
    """A judgement is of the one who opened the case, and is given once."""
    if named == by and not judged:
        return None
    return RULE.problem(
        "data.glass",
        "this was judged already, or is not what that agency did",
        "name the agency that opened the case, and judge it once",
    )


def net_glass_condemned(condemned: bool) -> Breach | None:
    """What the reviewer condemns is a finding."""
    return Breach(RULE.id, "breach", "the case was opened without need") if condemned else None


def net_glass_deadline(glass: str, at: datetime, reviewer: str) -> Deadline:
    """By when the second agency has judged."""
    allowed = limit("glass_review_hours")
    return Deadline(RULE.id, glass, at + allowed.time, reviewer, verified=allowed.verified)
