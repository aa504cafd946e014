"""Who may decide for a person at the end of a case: those who took the person on, and the authorities.

Facts of custody that anybody could claim count for nothing here: an acceptance is a proposal, so it stands only where
the one who answers had offered; a chain counts where it rests on an accepted report, whose id those know who were told
of the case; a takeover where the referral authority says it.
"""

from __future__ import annotations

from datetime import date

from ..decision import Context, Park, Problem
from ..directory import Role
from ..guidelines.rules import network
from .base import park

ACCEPTED, OPENED, TAKEN_OVER = "custody.handover-accepted", "custody.opened", "custody.taken-over"
CUSTODY = frozenset({ACCEPTED, OPENED, TAKEN_OVER})
"""The events of custody by which an agency took somebody on."""
PART = CUSTODY | {"custody.emergency-placed", "referral.answered"}
OPENING = frozenset({"intake.report-received", "intake.glass-broken"})
"""The events by which an agency takes part in a case at all; those of intake apart, for it knows its own."""
AUTHORITIES: tuple[Role, ...] = ("referral-authority", "repatriation-authority")


def authority(context: Context, agency: str, on: date) -> bool:
    """Whether an agency refers people, or returns them, by its mandate of that day."""
    return any(context.directory.has_role(agency, role, on) for role in AUTHORITIES)


def took_on(context: Context, agency: str, report: str | None = None) -> bool:
    """Whether an agency has ever taken the person on. `report` is the case's own, where the caller knows it.

    It asks for what was accepted once, and never for what came after: so it does not hang on which service is faster.
    """
    for seen in context.seen.get("custody", ()):
        if seen.name == ACCEPTED and agency in (seen.actor, seen.data.get("on_behalf_of")):
            return True
        if seen.name == OPENED and seen.data["holder"] == agency:
            named = str(seen.data["from_report"])
            if named == report or context.find("intake.report-received", id=named) is not None:
                return True
        by_authority = context.directory.has_role(seen.actor, "referral-authority", seen.time.date())
        if seen.name == TAKEN_OVER and seen.data["to"] == agency and by_authority:
            return True
    return False


def takes_part(context: Context, agency: str, on: date, report: str | None = None) -> bool:
    """Whether an agency has anything to do with the case: it reported it, took the person on, accepted a service for
    them, was given them in an emergency, opened the case in one, or is an authority.
    """
    if authority(context, agency, on) or took_on(context, agency, report):
        return True
    seen = [item for family in ("intake", "referral", "custody") for item in context.seen.get(family, ())]
    return any(
        (item.name in ("intake.report-received", "intake.glass-broken") and item.actor == agency)
        or (item.name == "referral.answered" and item.actor == agency and item.data.get("answer") == "accepted")
        or (item.name == "custody.emergency-placed" and item.data["to"] == agency)
        for item in seen
    )


def decides(context: Context, may: bool, who: str) -> Park | Problem | None:
    """Nobody else says this: it waits for what would make the agency one of those who may, and is refused then."""
    if may:
        return None
    return park(context, ACCEPTED) or network.net_entitled(False, who)
