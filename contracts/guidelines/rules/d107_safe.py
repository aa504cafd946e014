"""D107-SAFE: a child is brought from where it was found to a safe place, in time."""

from __future__ import annotations

from datetime import datetime

from ...codes import PlaceKind
from ...decision import Deadline
from ..corridors import limit
from ._rule import Rule

RULE = Rule(
    "D107-SAFE",
    "A child is brought from where it was found to a safe place, including referral to social services.",
    "Decision 107; OPSC ¶113.2",
    "text",
    "deadline; breach",
    instrument="kh-decision-107",
)
UNSAFE = frozenset(
    {
        PlaceKind.POLICE_POST,
        PlaceKind.DETENTION_FACILITY,
        PlaceKind.BORDER_POST,
        PlaceKind.COURT,
        PlaceKind.VEHICLE,
        PlaceKind.STREET,
        PlaceKind.UNKNOWN,
    }
)
"""Where a child is found, passes through, or is questioned, and nobody is there to look after it.

The text names the police post and the detention facility (¶113.2); the others are the network's reading of "from where
found". An office counts as safe: referral to social services is an end that the text itself names.
"""


def d107_safe(
    since: datetime | None, cause: str | None, child: bool, posts_alone: bool, owed_by: str | None
) -> Deadline | None:
    """The end of the time to a safe place. `since` is the arrival at the first of consecutive unsafe places.

    A stay at police posts alone (`posts_alone`) has a limit that the text itself states: D107-48H counts it, and it is
    not called twice.
    """
    if since is None or cause is None or not child or posts_alone or not RULE.bites(since.date()):
        return None
    allowed = limit("safe_place_hours")
    return Deadline(RULE.id, cause, since + allowed.time, owed_by, allowed.verified)
