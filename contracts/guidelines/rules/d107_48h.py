"""D107-48H: a child is not kept at a police post over 48 hours, all consecutive posts together."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...decision import Deadline, Problem
from ._rule import Rule

RULE = Rule(
    "D107-48H",
    "A child is not kept at a police post over 48 hours, counted from arrival at any post, over consecutive posts.",
    "Decision 107; OPSC ¶113.2",
    "text",
    "deadline; breach",
    instrument="kh-decision-107",
)
ALLOWED = timedelta(hours=48)


def d107_48h(since: datetime | None, cause: str | None, child: bool, carer: str | None) -> Deadline | None:
    """The end of the 48 hours. `since` is the arrival at the first of consecutive posts, None away from any."""
    if since is None or cause is None or not child or not RULE.bites(since.date()):
        return None
    return Deadline(RULE.id, cause, since + ALLOWED, carer, verified=True)


def d107_48h_stay(arrived: datetime, left: datetime) -> Problem | None:
    """A child has left the posts: after how long, counted from its arrival as the first report tells it."""
    if left - arrived <= ALLOWED or not RULE.bites(arrived.date()):
        return None
    return RULE.problem(
        "time", "the child was at a police post for over 48 hours", "bring a child to a safe place within 48 hours"
    )
