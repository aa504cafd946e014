"""D107-RISK: the police assess risk before they move a child; in an emergency the assessment follows in 24 hours.

The assessment that an emergency puts off is an event of another family, so no deadline of the chain can be cleared by
it. It is judged by whoever sees both families, the audit, with `owed` and `unassessed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ...codes import EmergencyReason, Person
from ...decision import Deadline, Problem, Seen
from ..instruments import allowed
from ._rule import Rule

RULE = Rule(
    id="D107-RISK",
    asks="the police assess risk before moving a child; in an emergency the move goes with a reason, and the assessment "
    "is due in 24 hours",
    source="OPSC ¶113.2",
    basis="text",
    effect="refuse an offer of the police without either",
    instrument="kh-decision-107",
)


def d107_risk(
    person: Person, on: date, *, police: bool, assessed: bool, emergency: EmergencyReason | None
) -> Problem | None:
    """The police offer a child: on an assessment that has been accepted, or in an emergency that they name."""
    if not police or person is not Person.CHILD or not RULE.bites(on) or assessed or emergency is not None:
        return None
    return RULE.problem(
        "data.risk_assessment",
        "the police offer a child without an assessment of the risk of moving it",
        "name the intake.risk-assessed in data.risk_assessment, or say in data.emergency_reason why it must wait",
    )


def owed(offer: str, offered: datetime, by: str) -> Deadline:
    """By when the assessment must be made that an emergency offer put off."""
    permitted = allowed("kh-decision-107", "emergency-assessment")
    return Deadline(RULE.id, offer, offered + timedelta(hours=permitted.hours), by, permitted.verified)


def unassessed(deadline: Deadline, assessments: Iterable[Seen]) -> Problem | None:
    """None when one of these `intake.risk-assessed` names the emergency offer and was made in time."""
    if any(seen.data.get("offer") == deadline.cause and seen.time <= deadline.due for seen in assessments):
        return None
    return RULE.problem(
        "data.offer",
        "the assessment that the emergency put off was not made within 24 hours",
        "assess the risk and name the offer in data.offer of intake.risk-assessed",
    )
