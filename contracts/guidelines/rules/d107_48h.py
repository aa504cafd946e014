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


def _allowed(since: datetime) -> timedelta:
    """How long by the texts in force when it began; the shortest where several say it (48 hours, Decision 107)."""
    return timedelta(hours=RULE.time("police-post", since.date()).hours)


def d107_48h(since: datetime | None, cause: str | None, child: bool, carer: str | None) -> Deadline | None:
    """The end of the 48 hours. `since` is the arrival at the first of consecutive posts, None away from any."""
    if since is None or cause is None or not child or not RULE.bites(since.date()):
        return None
    verified = RULE.time("police-post", since.date()).verified
    return Deadline(RULE.id, cause, since + _allowed(since), carer, verified)


def d107_48h_over(since: datetime, left: datetime) -> bool:
    """Whether somebody was at the posts for longer than the texts allow."""
    return RULE.bites(since.date()) and left - since > _allowed(since)


def d107_48h_stay(arrived: datetime, left: datetime) -> Problem | None:
    """A child has left the posts: after how long, counted from its arrival as the first report tells it."""
    if not d107_48h_over(arrived, left):
        return None
    return RULE.problem(
        "time", "the child was at a police post for over 48 hours", "bring a child to a safe place within 48 hours"
    )
