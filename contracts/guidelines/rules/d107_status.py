"""D107-STATUS: a foreign child victim is no illegal immigrant: it gets a legal status quickly, and at no cost."""

from __future__ import annotations

from datetime import date, datetime

from ...decision import Deadline, Problem
from ...guidelines.corridors import HOME, limit
from ...steps import LegalStatus
from ._rule import Rule

RULE = Rule(
    "D107-STATUS",
    "A foreign child victim is not an illegal immigrant: it gets a legal status quickly, at no cost.",
    "Decision 107; OPSC ¶121",
    "text",
    "deadline; refuse",
    instrument="kh-decision-107",
)


def d107_status_foreign(found_country: str | None, nationality: str | None, status: str | None = None) -> bool:
    """Whether somebody is in Cambodia as a foreigner: by nationality, or where that is unknown by the status given."""
    if nationality is None:
        return found_country == HOME and status is not None and status != LegalStatus.NATIONAL
    return found_country == HOME and nationality != HOME


def d107_status_charge(charge: bool, foreign_child: bool, on: date) -> Problem | None:
    """A status that costs something is arranged for nobody who is a foreign child."""
    if not charge or not foreign_child or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.charge", "a foreign child's legal status costs nothing", "arrange the status without a charge"
    )


def d107_status_deadline(cause: str, since: datetime, owed_by: str) -> Deadline | None:
    """By when a foreign child has a status. `since`: it is identified and known to be foreign and a child."""
    if not RULE.bites(since.date()):
        return None
    allowed = limit("legal_status_hours")
    return Deadline(RULE.id, cause, since + allowed.time, owed_by, allowed.verified)
