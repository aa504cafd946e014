"""D107-48H: a child is not kept at a police post over 48 hours, all consecutive posts together."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...decision import Deadline
from ._rule import Rule

RULE = Rule(
    "D107-48H",
    "A child is not kept at a police post over 48 hours, counted from arrival at any post, over consecutive posts.",
    "Decision 107; OPSC ¶113.2",
    "text",
    "deadline; breach",
)
ALLOWED = timedelta(hours=48)


def d107_48h(since: datetime | None, cause: str | None, child: bool, carer: str | None) -> Deadline | None:
    """The end of the 48 hours. `since` is the arrival at the first of consecutive posts, None away from any."""
    if since is None or cause is None or not child:
        return None
    return Deadline(RULE.id, cause, since + ALLOWED, carer, verified=True)
