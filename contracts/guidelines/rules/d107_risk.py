"""D107-RISK: police assess the risk before a child is moved, or say which emergency made that impossible."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ...decision import Deadline, Problem
from ._rule import Rule

RULE = Rule(
    "D107-RISK",
    "Police assess risk before they move a child; in an emergency the move goes with a reason, the assessment follows.",
    "Decision 107; OPSC ¶113.2",
    "text",
    "refuse; deadline",
    instrument="kh-decision-107",
)


def d107_risk(police: bool, child: bool, assessment: str | None, emergency: object | None, on: date) -> Problem | None:
    """An offer by a criminal justice agency. `assessment` is the id of an accepted `intake.risk-assessed`."""
    if not police or not child or not RULE.bites(on) or assessment is not None or emergency is not None:
        return None
    return RULE.problem(
        "data.risk_assessment",
        "police move a child only after its risk has been assessed",
        "name the risk assessment, or the emergency in 'emergency_reason'",
    )


def d107_risk_deadline(move: str, since: datetime, child: bool, owed_by: str) -> Deadline | None:
    """The end of the time in which the assessment that an emergency put off is made up for. `move` is its event."""
    if not child or not RULE.bites(since.date()):
        return None
    time = RULE.time("emergency-assessment", since.date())
    return Deadline(RULE.id, move, since + timedelta(hours=time.hours), owed_by, time.verified)
